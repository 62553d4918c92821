"""Replies as the calendar knows them: a brand's sources as records, what was suggested, what became of it, and what is learned from it.

Nothing is composed here, and no customer's word is stored unmasked.
"""
