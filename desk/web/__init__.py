"""The web desk: server-rendered pages, their templates, styles and small scripts, and the application itself.

Pages decide nothing: they read through desk.queries and act through the floors below.
"""
