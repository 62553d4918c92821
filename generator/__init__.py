"""Who writes and who checks: models, the offline writer, the writing pipeline, checks, replies, retrieval.

Takes a brief and gives back a draft. Reads no settings, no database; never imports content_calendar.
"""
