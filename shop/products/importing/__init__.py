"""Catalogues of other shops, read from files and written in batches (docs/importing.md).

source.py        the file: UTF-8 lines, bounded
formats.py       which format it is, and who reads it
shopify.py  nexus_csv.py  nexus_json.py     a file becomes the one shape of catalogue.py
checking.py      what is refused before the database is asked
existing.py      what the shop has of a batch already
changes.py       what a product of the file changes
categories.py    paths of names become categories
writing.py       a batch in the database, all or nothing per product
pictures.py      --download-images
report.py        what came of it
running.py       all of the above, in order
uploads.py       what sellers send to /api/vendor/import/
"""
