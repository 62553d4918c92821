"""`python -m desk.cli`: how the supervisor starts its children, whatever the command is called on this machine."""

from desk.cli.main import entry

entry()
