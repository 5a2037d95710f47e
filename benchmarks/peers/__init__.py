"""Other people's list pages over the same rows, as they ship: own environment, own process.

Each shows the same columns, 100 rows a page, with a name search and a left-behind filter; none has
a scope, a trash or badges, so each does less than ours.
"""
