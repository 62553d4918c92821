"""The product's figures, one script per bar; each prints what it measured beside a peer. Not timed tests.

Nothing here is imported by the product.
"""
