"""Who is at the door and what they may do: users, passwords, sessions, one-time links, tokens, roles.

Plain functions over the tables in content_calendar.tables.people; knows nothing of HTTP or of pages.
"""
