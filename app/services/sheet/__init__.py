"""Rows ↔ workbooks: writing (book, template, returned) and reading (read, header, cells).

Knows neither models nor pages: a table is a list of `Column`, a row a tuple.
"""
