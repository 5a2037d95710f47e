"""Signs or official words that stand together in one short text, in their order: 查算; 打工收入、其他."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import String, TypeDecorator

from app.models.rule import Rule, RuleError
from app.models.words import _

# How an item is checked; the signs of an item stand together: 查算.
METHOD = {"查": _("查资料"), "看": _("看现场"), "访": _("访谈"), "算": _("算数据"), "抽": _("抽查")}

class Letters(TypeDecorator[str]):
    """Some of these signs; a form offers each with its word."""

    impl = String
    cache_ok = True

    def __init__(self, words: Mapping[str, str], length: int) -> None:
        super().__init__(length)
        self.words = tuple(words.items())


JOINT = "、"
LISTED = "，用顿号隔开："  # what stands before the words in the note of a sheet's column; sheets are Chinese whoever reads them


class Several(String):
    """Some of these official words joined by 、; each is its own code, and a form offers it in the reader's language.

    No word is part of another.
    """

    def __init__(self, words: tuple[str, ...], length: int) -> None:
        super().__init__(length)
        self.words = words


def letters_of(words: Mapping[str, str]) -> Rule:
    """Only these signs, each once, in the order they were given."""

    def check(value: str) -> str:
        if not set(value) <= set(words):
            raise RuleError(_("只能填：%(words)s"), words="".join(words))
        return "".join(dict.fromkeys(value))

    return Rule(f"letters_of({''.join(words)})", check)
