"""What people make the desk do where more than one floor has a part: checking an edit, writing again, many at once.

Pages and API share these; each takes its session or runtime and returns plain data.
"""
