"""The self-checks of a campaign before the visits, for who prepares them: how far each school is, and one school's beside its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.panel import files
from app.panel.books import send_tabs
from app.panel.security import asker
from app.services import clock, inspection, records, self_check_states
from app.services.inspection_sheet import Line
from app.services.self_check import SelfCheck
from app.services.self_check_states import BEGUN, LATE, NONE, ORDER, SENT, State
from app.services.sheet.book import Tab
from app.services.sheet.column import Column
from app.views import sheet_page, visit_figures

TONE = {LATE: "bad", NONE: "warn", BEGUN: "", SENT: "ok"}


def hold() -> None:
    """What a school says of itself is for itself, its inspectors and its county office. Raises records.Forbidden."""
    if not asker().may("read", SelfAnswer):
        raise records.Forbidden("read self-checks")


def label(state: str) -> str:
    return {LATE: _("自查逾期"), NONE: _("未开始"), BEGUN: _("填写中"), SENT: _("已提交")}[state]


def page(row: Campaign, back_url: str, book_url: str | None) -> str:
    found = self_check_states.states(db.session(), row)
    counts = Counter(one.state for one in found)
    shown = SimpleNamespace(title=_("自查情况"), name=row.name, back_url=back_url, book_url=book_url, count=len(found),
                            figures=[(label(state), counts[state], TONE[state]) for state in ORDER], schools=[_school(one) for one in found])
    return render_template("campaign/self_checks.html", page=shown)


def _school(one: State) -> dict[str, Any]:
    return {"name": one.name, "url": url_for("CampaignSchoolView.self_check", pk=one.place_id), "label": label(one.state), "tone": TONE[one.state],
            "far": f"{one.answered} / {one.total}", "due": one.due_on or "—", "planned": one.planned_on,
            "note": _("逾期 %(days)s 天", days=one.days) if one.days else _at(one.sent_at) if one.sent_at else ""}


def _at(moment: Any) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def book(row: Campaign) -> Response:
    found = self_check_states.states(db.session(), row)
    columns = [Column("name", _("学校"), "text", width=26), Column("state", _("状态"), "text", width=10), Column("answered", _("已填"), "int"),
               Column("total", _("应填"), "int"), Column("due", _("自查截止日期"), "date"), Column("days", _("逾期天数"), "int"),
               Column("sent", _("自查提交时间"), "datetime"), Column("planned", _("检查日期"), "date")]
    name = _("%(name)s自查情况.xlsx", name=row.name)
    subtitle = _("共 %(count)s 所", count=len(found))
    return send_tabs(name, [Tab(_("自查情况"), row.name, subtitle, columns, list(_rows(found)))], row, len(found))


def _rows(found: Sequence[State]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        sent = clock.local(one.sent_at) if one.sent_at else None
        yield (one.name, label(one.state), one.answered, one.total, one.due_on, one.days or None, sent, one.planned_on)


def one_school(check: SelfCheck, back_url: str) -> str:
    """What a school has ticked of itself so far, beside what its records say now; nothing can be written here."""
    codes = [line.item.code for part in check.sheet.parts for line in part.lines]
    sheet, place = inspection.with_evidence(db.session(), check.sheet, codes), check.place
    photos = sheet_page.photos_of([line for part in sheet.parts for line in part.lines])
    parts = [(part.section, [_line(line, photos.get(line.item.id, [])) for line in part.lines if line.applies]) for part in sheet.parts if part.total]
    shown = SimpleNamespace(
        title=_("自查与记录"), school=sheet.school.name, name=sheet.inspection.name, back_url=back_url, parts=parts, **_far(place), answered=sheet.answered,
        total=sheet.total, against=sum(one["against"] for _section, lines in parts for one in lines),
        report_url=url_for("VisitReport.report", pk=sheet.inspection.id) if sheet.inspection.state == "submitted" else None)
    return render_template("campaign/self_check.html", page=shown)


def _far(place: CampaignSchool) -> dict[str, Any]:
    if place.self_submitted_at is not None:
        return {"state": _("%(at)s 已提交", at=_at(place.self_submitted_at)), "tone": TONE[SENT]}
    late = place.self_due_on is not None and place.self_due_on < clock.today()
    return {"state": label(LATE) if late else _("未提交，%(day)s 截止", day=place.self_due_on), "tone": TONE[LATE if late else NONE]}


def _line(line: Line, photos: Sequence[Any]) -> dict[str, Any]:
    proof, own = visit_figures.proof(line.evidence, None), line.own
    return {"item": line.item, "result": line.result, "label": sheet_page.label(line.result) or _("未填"), "proof": proof,
            "against": proof is not None and line.result in proof.against, "remark": (own.remark or "") if own is not None else "",
            "photos": [files.shown(one) for one in photos]}
