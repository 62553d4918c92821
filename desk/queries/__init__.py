"""What the desk's pages and API show, read in a constant number of statements and given as plain dataclasses.

Nothing here changes a row, renders a page or knows of HTTP.
"""
