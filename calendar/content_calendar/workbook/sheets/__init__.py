"""One module per sheet of the workbook: its columns, how a row becomes data, how data is shown and written back.

No rule that compares rows or sheets (those are in ``checks``), no database.
"""
