"""The command line `chongfen`: one file per command in commands/, loaded only when called.

Says things to people and programs; decides nothing the floors below could decide.
"""
