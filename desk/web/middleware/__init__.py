"""Pure ASGI middlewares around every request: headers, cross-site refusal, body limit, request log.

Each is one small class; none knows of pages, users or the database.
"""
