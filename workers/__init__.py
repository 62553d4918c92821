"""Who does it on time: settings, Celery app, batches, dispatcher, channels.

The only floor besides desk that reads settings or the environment. Imports nothing of desk.
"""
