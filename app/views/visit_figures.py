"""A figure in words and numbers: live beside an item, or frozen with its tick."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from app.services import clock
from app.services.evidence import Evidence
from app.services.inspection import against


def told(text: str, params: Mapping[str, Any]) -> str:
    """A message of the evidence in the reader's language."""
    return _(text) % dict(params) if text else ""


def number(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def size(unit: str, value: float | None, numerator: int | None, denominator: int | None) -> tuple[str, str]:
    """What stands large, and what small behind it: part of a whole with its percent, else a count with its unit."""
    if unit == "%" and denominator:
        return f"{number(numerator)} / {number(denominator)}", f"{number(value)}%"
    if value is None:
        return "", ""
    return f"{number(value)} {_(unit)}" if unit else number(value), ""


def advice(suggestion: str | None, level: str) -> str:
    """What the records say of the item, in a word or two."""
    words = {"pass": _("记录达标"), "partly": _("记录部分达标"), "fail": _("记录未达标")}
    return words.get(suggestion or "", _("没有记录") if level == "none" else _("由督导员判断"))


def proof(made: Evidence | None, rows_url: str | None) -> SimpleNamespace | None:
    """The live evidence box of an item."""
    if made is None:
        return None
    big, small = size(made.unit, made.value, made.numerator, made.denominator)
    behind = made.rows.total if made.rows and rows_url else 0
    return SimpleNamespace(
        label=_(made.label), big=big, small=small, percent=made.percent if made.unit == "%" else None,
        level=made.level if made.level != "none" else "", text=told(made.text, made.params), rule=told(made.threshold, made.params),
        asof=clock.local(made.asof).strftime("%H:%M"), advice=advice(made.suggestion, made.level),
        tone={"pass": "ok", "partly": "warn", "fail": "bad"}.get(made.suggestion or "", ""),
        rows_url=rows_url if behind else None, rows=behind,
        against=against(made.suggestion))


def frozen(kept: Mapping[str, Any] | None) -> SimpleNamespace | None:
    """The evidence as it stood at the tick."""
    if not kept or "msgid" not in kept:
        return None
    big, small = size(kept["unit"], kept["value"], kept["numerator"], kept["denominator"])
    at = clock.local(datetime.fromisoformat(kept["at"]))
    version = kept.get("version")  # ticks of earlier days do not say it
    return SimpleNamespace(big=big, small=small, text=told(kept["msgid"], kept["params"]), at=at.strftime("%m-%d %H:%M"),
                           version_text=_("算法第 %(number)s 版", number=version) if version else "",
                           tone={"pass": "ok", "partly": "warn", "fail": "bad"}.get(kept["suggestion"] or "", ""))
