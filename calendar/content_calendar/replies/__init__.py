"""Replies as the calendar knows them: a brand's sources as records, what was suggested, and what became of it.

Nothing is composed here, and no customer's word is stored unmasked.
"""
