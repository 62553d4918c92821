"""What goes out, when, to whom, and who allowed it: tables, workbook, plan, review, ledger.

Knows prompts (the brief) and nothing else of ours; reads no settings, no clock of its own: both come as arguments.
"""
