"""One module per resource, each with its `router`. A new resource is one new file here.

Routes only translate: query and act functions do the work.
"""
