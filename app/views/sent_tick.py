"""A tick that a page sent: what was said, the way back to its card, and what the card shows where it was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.panel.address import whole
from app.services.inspection_sheet import Line
from app.views import sheet_page, visit_words


class Back(NamedTuple):
    """What a plain form said of an item, and why it was not taken. ``clash``: another has ticked it meanwhile."""

    code: str
    said: Mapping[str, Any]
    message: str
    clash: bool = False


def said(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Result (None: take it back), remark and reason (None: none), and the version that was looked at."""
    result = str(sent.get("result") or "")
    return {"result": None if result in ("", "clear") else result, "remark": str(sent.get("remark") or "").strip() or None,
            "reason": str(sent.get("reason") or "").strip() or None, "seen_version": whole(str(sent.get("version") or ""))}


def base(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Result and remark that a tick was made from, as the script or a plain form says them."""
    found = sent.get("base")
    return {key: found.get(key) if isinstance(found, dict) else sent.get(f"base_{key}") for key in ("result", "remark")}


def to_card(endpoint: str, pk: int, code: str, message: str = "") -> Response:
    """A form without a script goes back to where it was sent, and so does who loads its answer anew; ``message`` says what was wrong where its card cannot."""
    if message:
        flash(message, "danger")
    return redirect(url_for(endpoint, pk=pk, section=request.args.get("section"), _anchor=code))


def give_back(cards: Sequence[SimpleNamespace], lines: Sequence[Line], back: Back | None, someone: str) -> None:
    """Write on its card what was typed, beside what the other has; ``someone``: who that is, where it is not known."""
    for card, line in zip(cards, lines, strict=True):
        if back is None or card.code != back.code:
            continue
        words = visit_words.clash()
        theirs = sheet_page.theirs(line.tick)
        title = words["theirs"].format(who=theirs["who"] or someone, at=theirs["at"])
        sides = [(title, _rows(words, theirs))] if back.clash else []
        card.remark, card.reason = back.said["remark"] or "", back.said["reason"] or ""
        card.back = SimpleNamespace(message=back.message, result=back.said["result"] or "", sides=[*sides, (words["mine"], _rows(words, back.said))])


def _rows(words: Mapping[str, Any], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The result, and what was written beside it."""
    texts = [(words["fields"][key], values[key]) for key in ("remark", "reason") if values[key]]
    return [(words["fields"]["result"], words["ticks"].get(values["result"], words["emptyTick"])), *texts]
