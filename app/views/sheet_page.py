"""What the pages of a checklist show alike, whoever ticks it: the inspector on a visit, or the school of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import abort, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.audit import Attachment
from app.models.campaign import SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection
from app.services import attachments, clock, history, inspection, piece_digests
from app.services.inspection_sheet import Line, Part, Sheet
from app.views import visit_words

Address = Callable[..., str]  # of the sheet: address(section=…, only=…, _anchor=…)
Tick = Answer | SelfAnswer


class Shown(NamedTuple):
    """What a page shows of a sheet: the codes of its sections, what is searched, "open" where only what is not ticked is wanted."""

    sections: Sequence[str]
    search: str
    only: str


def asked(sheet: Sheet) -> Shown:
    """What the address asks for."""
    search = request.args.get("q", "").strip()[:40]
    return Shown(_sections(sheet, request.args.get("section", ""), search), search, request.args.get("only", ""))


def _sections(sheet: Sheet, wanted: str, search: str) -> list[str]:
    """Where the search finds something, else the one that is asked for, else the first that is open."""
    if search:
        return [part.section.code for part in sheet.parts if any(_found(line, search) for line in part.lines)]
    known = [part.section.code for part in sheet.parts]
    if wanted in known:
        return [wanted]
    return [next((part.section.code for part in sheet.parts if part.answered < part.total), known[0])] if known else []


def _found(line: Line, search: str) -> bool:
    text = search.casefold()
    return line.applies and (line.item.code.casefold() == text or text in line.item.text.casefold() or text in (line.item.evidence_asked or "").casefold())


def with_evidence(sheet: Sheet, shown: Shown) -> Sheet:
    """The sheet with the figures of the sections that are shown."""
    return inspection.with_evidence(db.session(), sheet, [line.item.code for line in _lines(sheet, shown)])


def with_card(sheet: Sheet, code: str) -> Shown | None:
    """The section in which an item's card is drawn; None where it is not."""
    found = (part.section.code for part in sheet.parts for line in part.lines if line.item.code == code and line.applies)
    section = next(found, None)
    return Shown([section], "", "") if section is not None else None


def _lines(sheet: Sheet, shown: Shown) -> list[Line]:
    return [line for part in sheet.parts if part.section.code in shown.sections for line in part.lines]


def seen(sheet: Sheet, shown: Shown) -> list[Line]:
    """The lines whose cards are drawn."""
    return [line for line in _lines(sheet, shown)
            if line.applies and (not shown.search or _found(line, shown.search)) and (shown.only != "open" or not line.answered)]


def line_of(sheet: Sheet, code: str) -> tuple[Part, Line]:
    """An item with its section; 404 for one that the checklist lacks."""
    found = ((part, line) for part in sheet.parts for line in part.lines if line.item.code == code)
    return next(found, None) or abort(404)


# Round the cards -------------------------------------------------------------------------
def counts(sheet: Sheet) -> dict[str, Any]:
    """How far it is, for the top and the bottom bar."""
    return {"answered": sheet.answered, "total": sheet.total, "fails": sheet.fails, "percent": round(100 * sheet.answered / sheet.total) if sheet.total else 0}


def around(sheet: Sheet, shown: Shown, address: Address) -> dict[str, Any]:
    """The strip of sections, the tools above the cards and what stands below them."""
    parts, one = [part for part in sheet.parts if part.section.code in shown.sections], shown.sections and not shown.search
    return {"chips": [_chip(part, () if shown.search else shown.sections, shown.only, address) for part in sheet.parts],
            "section": parts[0].section if len(parts) == 1 and not shown.search else None, "search": shown.search, "only": shown.only,
            "left_out": [line.item for line in _lines(sheet, shown) if not line.applies and not shown.search], "ticks": visit_words.ticks(),
            "open_url": address(section=shown.sections[0] if one else None, only=None if shown.only == "open" else "open"),
            "next_url": next_url(sheet, address)}


def _chip(part: Part, on: Sequence[str], only: str, address: Address) -> SimpleNamespace:
    code = part.section.code
    return SimpleNamespace(code=code, name=_(part.section.name), answered=part.answered, total=part.total, on=code in on,
                           url=address(section=code, only=only or None))


def next_url(sheet: Sheet, address: Address) -> str | None:
    """The card of the first item that is not ticked."""
    return next((url for _section, items in missing(sheet, address) for _item, url in items), None)


def missing(sheet: Sheet, address: Address) -> list[tuple[ChecklistSection, list[tuple[ChecklistItem, str]]]]:
    """What is not ticked yet, section by section, with the card's address."""
    return [(part.section, [(line.item, address(section=part.section.code, _anchor=line.item.code))
                            for line in part.lines if line.applies and not line.answered]) for part in sheet.parts if part.answered < part.total]


# One card --------------------------------------------------------------------------------
def asked_of(item: ChecklistItem) -> dict[str, Any]:
    """What an item asks."""
    return {"code": item.code, "section": item.section.code, "text": _(item.text), "methods": " · ".join(_(method) for method in item.methods),
            "critical": item.critical, "asked": item.evidence_asked, "basis": item.basis}


def ticked(tick: Tick | None) -> dict[str, Any]:
    """A tick as its card and the script know it."""
    if tick is None:
        return {"result": "", "version": None, "remark": "", "reason": "", "at": "", "upload_url": "", "digests": {}}
    return {"result": tick.result or "", "version": tick.version, "remark": tick.remark or "", "reason": getattr(tick, "reason", None) or "",
            "at": _at(tick) if tick.result else "", "upload_url": url_for("Files.take", entity=type(tick).__name__, pk=tick.id),
            "digests": piece_digests.digests(tick)}


def theirs(tick: Tick | None) -> dict[str, Any]:
    """Another's tick, told to the one who came second."""
    changes = history.of_row(db.session(), tick, limit=1) if tick is not None else ()
    return {**ticked(tick), "who": changes[0].who if changes else "", "at": _at(tick), "label": label(tick.result if tick is not None else None)}


def label(result: str | None) -> str:
    return _(codes.RESULT[result]) if result else ""


def _at(tick: Tick | None) -> str:
    return clock.local(tick.answered_at).strftime("%H:%M") if tick is not None and tick.answered_at else ""


def photos_of(lines: Sequence[Line]) -> dict[int, list[Attachment]]:
    """Id of an item → the files of its tick; all ticks are of one kind."""
    ticks = {line.item.id: line.tick for line in lines if line.tick is not None}
    found = attachments.of_rows(db.session(), type(next(iter(ticks.values()))), [one.id for one in ticks.values()]) if ticks else {}
    return {item_id: found.get(one.id, []) for item_id, one in ticks.items()}
