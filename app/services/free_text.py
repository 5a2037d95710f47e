"""What in free text looks like the number of a person, a telephone or where somebody lives.

The rule itself, with the reason of each of its words, is static/js/offline/free_text.js: phone and server read the same rows. A test holds what each
makes of them against the other.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

_ROWS = Path(__file__).parents[1] / "static/js/offline/free_text.js"


def _patterns(rows: str) -> dict[str, str]:
    """The regular expressions by name, each with those above put in where it names them."""
    found: dict[str, str] = {}
    for name, pattern, _reason in json.loads(rows):
        found[name] = re.sub("<([A-Z_]+)>", lambda named: f"(?:{found[named[1]]})", pattern)
    return found


_PATTERNS = _patterns(_ROWS.read_text("utf-8").partition("export default ")[2].rstrip(";\n"))
NUMBERS, HOMES = re.compile(_PATTERNS["NUMBERS"]), re.compile(_PATTERNS["HOMES"])
# No number and no address has one of these in it. What a phone takes along is drawn already: looked at between them, most of a page is tags.
_STRETCH = re.compile('[^<>"]{3,}')


def covered(text: str, dots: str) -> str:
    """The text, or a drawn page, with such numbers and addresses replaced by the dots."""
    return _STRETCH.sub(lambda stretch: _covered(stretch[0], dots), text)


def _covered(text: str, dots: str) -> str:
    text = NUMBERS.sub(lambda found: _before(found) + dots, text)
    return text if text.isascii() else HOMES.sub(lambda found: found[1] or dots, text)  # an address begins with a Chinese character


def spans(text: str, dots: str) -> list[tuple[int, int]]:
    """Where what `covered` puts dots for begins and ends, in the order of the text."""
    return [(found.start() + start, found.start() + end) for found in _STRETCH.finditer(text) for start, end in _spans(found[0], dots)]


def _spans(text: str, dots: str) -> list[tuple[int, int]]:
    numbers = [(found.start() + len(_before(found)), found.end()) for found in NUMBERS.finditer(text)]
    marked, grown, ends = NUMBERS.sub(lambda number: _before(number) + dots, text), 0, list[tuple[int, int]]()
    for start, end in numbers:  # where a number ends in the marked text, and how much longer the text is up to there
        grown += end - start - len(dots)
        ends.append((end - grown, grown))
    homes = [found.span() for found in HOMES.finditer(marked) if not found[1]]
    longer = [next((more for end, more in reversed(ends) if end <= home[0]), 0) for home in homes]
    return sorted([*numbers, *((start + more, end + more) for (start, end), more in zip(homes, longer, strict=True))])


def _before(number: re.Match[str]) -> str:
    """What stands before a number and is left as it is: a letter, or what says that it is a telephone."""
    return number[1] or number[2] or ""
