"""What is learned from people: edits kept as pairs, house notes and who accepted them, the words behind a version.

Keeps and finds; what counts as a habit is the generator's business. Nothing here commits or reads a clock.
"""
