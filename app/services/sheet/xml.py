"""Text as it stands in a sheet's XML, so that any string comes back the same.

ECMA-376 part 1, 22.9.2.19 (ST_Xstring): characters XML cannot hold are written `_xHHHH_`,
and a literal `_xHHHH_` gets its underscore written as `_x005F_`.
"""

import re

MAX_CELL = 32_767  # characters, Excel's own limit of one cell; counted in UTF-16 units
CUT_MARK = "…"
_LITERAL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A carriage return is legal XML, but every parser turns it into a line feed.
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f]")
# No characters at all: half a character, and two that Unicode keeps free.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def escape(value: object) -> str:
    """The text of a cell, cut to Excel's limit, as XML character data."""
    text = _LITERAL.sub("_x005F_", fit(str(value)))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def fit(text: str) -> str:
    """The text as a cell can hold it: what is no character replaced, cut with a mark if too long."""
    text = _NO_CHARACTER.sub("\ufffd", text)
    if len(text) <= MAX_CELL // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= MAX_CELL * 2:
        return text
    kept = units[: (MAX_CELL - len(CUT_MARK)) * 2]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK
