"""The cells of a column, checked: the rules of a form, taken once a column, and each distinct cell parsed once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import String

from app.models.base import Field
from app.models.rules import RuleError
from app.models.words import _
from app.services import masks, records
from app.services.exchange.links import Names
from app.services.values import parser_of

NUMBERS = {bool, int, float}
ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
                    "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!", "#ERROR!"])  # pasted and in a .csv they come as text too
UNKEPT = "#无结果"  # sheet/faulty.py hands this over for a formula whose value was not kept
_FAULTY = ERRORS | {UNKEPT}
# Text that neither the parser nor the form changes: no space, no invisible or full-width letter, no "1.5e+17".
PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff、，。（）()\-.#/·]+")


class Checked:
    """Cell → its checked value, or the RuleError that says what is wrong with it (handed back, not raised)."""

    def __init__(self, one: Field) -> None:
        self.one, self.failed = one, False
        self._parse, self._check = parser_of(one), records.value_check(one)
        self._known: dict[Any, Any] = {}
        self._asked: Sequence[Any] | None = None  # the last cells, and what came of them
        self._found: Sequence[Any] = ()

    def of(self, raws: Sequence[Any]) -> Sequence[Any]:
        """The outcome of each cell. A column is asked for twice, for who is meant and for what is written, and checked once."""
        if raws is not self._asked:
            self._found, self._asked = self._of(raws), raws
        return self._found

    def _of(self, raws: Sequence[Any]) -> Sequence[Any]:
        if NUMBERS & set(map(type, raws)):
            return [self._one((type(raw), raw), raw) for raw in raws]  # 1, 1.0 and True would count as one
        known, new = self._known, set(raws) - self._known.keys()
        if None in new:  # beside texts, which then go together
            new.remove(None)
            known[None] = self._outcome(self._read, None)
        plain = self._as_it_stands(new)
        sound = self._sound(new) if plain else ()
        if not known and len(sound) == len(new):
            return raws  # most often so: each cell is its own outcome
        known.update(zip(sound, sound, strict=True))
        new -= known.keys()
        known.update(zip(new, self._outcomes(self.one.rule if plain and self.one.rule else self._read, new), strict=True))
        return [*map(known.__getitem__, raws)]

    def _one(self, key: Any, raw: Any) -> Any:
        if key not in self._known:
            self._known[key] = self._outcome(self._read, raw)
        return self._known[key]

    def _sound(self, raws: set[Any]) -> Collection[Any]:
        """Those of these texts that are known to hold at one go."""
        if self.one.rule is None:
            return raws
        sift = getattr(self.one.rule, "sift", None)
        return sift(raws) if sift else ()

    def _outcomes(self, check: Callable[[Any], Any], raws: set[Any]) -> list[Any]:
        """What most often is all right at one go, else one by one."""
        try:
            return [*map(check, raws)]
        except RuleError:
            return [self._outcome(check, raw) for raw in raws]

    def _as_it_stands(self, raws: set[Any]) -> bool:
        """Whether all of these are texts in which parser and form find nothing to clean or to refuse, but for the rule."""
        one = self.one
        if one.choices or one.target or not isinstance(one.type, String) or not raws or set(map(type, raws)) != {str}:
            return False
        most = None if one.secret else one.type.length
        text = "".join(raws)
        return _FAULTY.isdisjoint(raws) and bool(PLAIN.fullmatch(text)) and (not most or len(max(raws, key=len)) <= most)

    def _read(self, raw: Any) -> Any:
        _refuse(raw)
        return self._check(self._parse(raw))

    def _outcome(self, check: Callable[[Any], Any], raw: Any) -> Any:
        try:
            return check(raw)
        except RuleError as wrong:
            self.failed = True
            return wrong


class Linked(Checked):
    """The same of a link, whose cells are names; within a school where the database ties the link to it."""

    def __init__(self, one: Field, names: Names) -> None:
        super().__init__(one)
        self._names = names

    def within(self, raws: Sequence[Any], schools: Sequence[int | None]) -> list[Any]:
        """The outcome of each cell in a row of this school."""
        known, keys = self._known, [*zip(raws, map(type, raws), schools, strict=True)]
        for key in set(keys) - known.keys():
            known[key] = self._outcome(self._resolve, key)
        return [*map(known.__getitem__, keys)]

    def _resolve(self, key: tuple[Any, type, int | None]) -> Any:
        _refuse(key[0])
        return self._check(self._names.resolve(self.one, key[0], key[2]))


def covered(raw: Any) -> bool:
    """Whether a cell is a covered text that came back."""
    return isinstance(raw, str) and raw.strip().startswith(masks.DOTS)


def _refuse(raw: Any) -> None:
    """RuleError for what says nothing of a value."""
    if covered(raw):
        raise RuleError(_("这是遮盖后的内容，新增时请填写完整内容"))
    if raw == UNKEPT:
        raise RuleError(_("单元格是公式，文件里没有它的计算结果，请改成内容或清空"))
    if raw in ERRORS:
        raise RuleError(_("单元格是错误值 %(error)s，请改成内容或清空"), error=raw)
