"""What people touch: web desk, HTTP API, command line.

May import every floor below; nothing imports desk.
"""
