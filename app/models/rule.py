"""What a rule is, and how text is cleaned before anything is asked of it."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any


class RuleError(ValueError):
    """A value was refused: a Chinese msgid with %(name)s places, and what fills them."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True)
class Rule:
    """A named check; `hint` tells a form what to type. `a & b` applies a, then b.

    `sift` gives those of many texts that pass unchanged, where that is quicker to say of all than of each.
    """

    name: str
    check: Callable[[Any], Any]
    hint: str = ""
    sift: Callable[[Collection[str]], Collection[str]] | None = None

    def __call__(self, value: Any) -> Any:
        return value if value is None or value == "" else self.check(value)

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(f"{self.name}+{other.name}", lambda v: other(self(v)), self.hint or other.hint)


# Zero-width and direction marks, control characters but tab and newline, lone
# surrogates (no database takes them), U+FFFE and U+FFFF (no workbook takes them).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_BREAKS = re.compile("\r\n?|\x85|\u2028|\u2029")


def clean_text(value: str, *, long: bool = False) -> str:
    """`value` as it is stored: stripped, NFC, without characters that nobody sees.

    Long text keeps newlines and tabs; in short text they become a space.
    """
    text = _UNSEEN.sub("", _BREAKS.sub("\n", value))
    if not long:
        text = text.replace("\n", " ").replace("\t", " ")
    return unicodedata.normalize("NFC", text).strip()


def compact(value: object) -> str:
    """Half-width, without any white space; a whole number as its digits."""
    if type(value) is str and value.isascii() and value.isalnum():
        return value  # most codes and numbers, and quick
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "".join(_UNSEEN.sub("", unicodedata.normalize("NFKC", str(value))).split())
