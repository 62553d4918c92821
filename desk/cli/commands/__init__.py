"""One module per command; each offers a Click object named `command`. A new command is one new file here.

A module called `import_` is the command `import`; underscores become hyphens.
"""
