"""Pieces as a table: written to a file, read from one, compared, and taken over all or none.

``reading`` makes rows of a file, ``foreign`` knows the columns of Etsy and Shopify,
``columns`` says what stands in each of ours, ``row_form`` judges one row as the piece's page
would, ``wanted`` is what a row asks for beside the piece's own columns, ``resource`` goes
through all rows, and ``writing`` makes a file again.
"""
