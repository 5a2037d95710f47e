"""What the pages of a self-check show."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.campaign import SelfAnswer
from app.models.inspection import ChecklistItem, ChecklistSection
from app.panel import files
from app.services import attachments, clock
from app.services.inspection_sheet import Line
from app.services.self_check import SelfCheck, answered, said
from app.views import visit_figures, visit_page, visit_words


def label(result: str | None) -> str:
    return _(codes.RESULT[result]) if result else ""


def head(check: SelfCheck) -> dict[str, Any]:
    """What the top and the bottom bar of every page say."""
    lines = [line for part in check.sheet.parts for line in part.lines]
    done, total, due = answered(lines), check.total, check.place.self_due_on
    return {"title": _("自查"), "pk": check.place.id, "name": check.sheet.inspection.name, "answered": done, "total": total,
            "due": due.isoformat() if due else "", "days": (due - clock.today()).days if due else 0,
            "fails": sum(said(line) == "fail" for line in lines), "percent": round(100 * done / total) if total else 0,
            "notice_url": url_for("CampaignSchoolView.notice", pk=check.place.id)}


def sections_to_show(check: SelfCheck, wanted: str, search: str) -> list[str]:
    """Codes of the sections whose cards are shown: where the search finds something, else the one that is asked for, else the first open one."""
    parts = check.sheet.parts
    if search:
        return [part.section.code for part in parts if any(visit_page.found(line, search) for line in part.lines)]
    known = [part.section.code for part in parts]
    if wanted in known:
        return [wanted]
    return [next((part.section.code for part in parts if answered(part.lines) < part.total), known[0])] if known else []


def sheet_context(check: SelfCheck, shown: Sequence[str], search: str, only: str) -> SimpleNamespace:
    parts = [part for part in check.sheet.parts if part.section.code in shown]
    lines = [line for part in parts for line in part.lines]
    seen = [line for line in lines if line.applies and (not search or visit_page.found(line, search)) and (only != "open" or not said(line))]
    photos = attachments.of_rows(db.session(), SelfAnswer, [line.own.id for line in seen if line.own])
    pk = check.place.id
    return SimpleNamespace(
        **head(check), section=parts[0].section if len(parts) == 1 and not search else None, search=search, only=only, ticks=visit_words.ticks(),
        words=words(), cards=[card(pk, line, photos.get(line.own.id, []) if line.own else []) for line in seen],
        chips=[_chip(pk, part.section, part.lines, shown if not search else (), only) for part in check.sheet.parts],
        left_out=[line.item for line in lines if not line.applies and not search], next_url=next_url(check),
        open_url=url_for("SelfCheckPages.sheet", pk=pk, section=shown[0] if shown and not search else None, only=None if only == "open" else "open"))


def words() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "sending": _("发送中…"), "received": _("已收到 {at}"), "unsent": _("没有发出去，点这里重试"), "expired": _("登录已过期。请另开一页登录，再点这里重试"),
        "refused": _("没有保存"), "cleared": _("已清除"), "tickFirst": _("请先选结果"), "attached": _("附件已保存。"), "remove": _("删除"),
        "removeAsk": _("删除这个附件？"), "taken": _("{who} {at} 已填“{theirs}”。改成您填的“{mine}”吗？"), "someone": _("同事"), "emptyTick": _("未填")}


def _chip(pk: int, section: ChecklistSection, lines: Sequence[Line], shown: Sequence[str], only: str) -> SimpleNamespace:
    return SimpleNamespace(code=section.code, name=_(section.name), answered=answered(lines), total=sum(line.applies for line in lines),
                           on=section.code in shown, url=url_for("SelfCheckPages.sheet", pk=pk, section=section.code, only=only or None))


def next_url(check: SelfCheck) -> str | None:
    found = (url_for("SelfCheckPages.sheet", pk=check.place.id, section=part.section.code, _anchor=line.item.code)
             for part in check.sheet.parts for line in part.lines if line.applies and not said(line))
    return next(found, None)


def card(pk: int, line: Line, photos: Sequence[Any]) -> SimpleNamespace:
    """The visit's card, ticked by the school: no reason is asked where records say otherwise."""
    item, proof = line.item, visit_figures.proof(line.evidence, None)
    if proof is not None:
        proof.against = []
    return SimpleNamespace(
        code=item.code, section=item.section.code, text=_(item.text), methods=" · ".join(_(method) for method in item.methods), critical=item.critical,
        asked=item.evidence_asked, basis=item.basis, proof=proof, then=None, own=None, papers=True, url=url_for("SelfCheckPages.answer", pk=pk, code=item.code),
        **ticked(line.own), photos=[files.shown(one, removable=True) for one in photos])


def ticked(own: SelfAnswer | None) -> dict[str, Any]:
    if own is None:
        return {"result": "", "version": None, "remark": "", "reason": "", "at": "", "upload_url": ""}
    return {"result": own.result or "", "version": own.version, "remark": own.remark or "", "reason": "",
            "at": clock.local(own.answered_at).strftime("%H:%M") if own.answered_at and own.result else "",
            "upload_url": url_for("Files.take", entity="SelfAnswer", pk=own.id)}


def missing(check: SelfCheck) -> list[tuple[ChecklistSection, list[tuple[ChecklistItem, str]]]]:
    """What is not ticked yet, section by section, with the card's address."""
    return [(part.section, [(line.item, url_for("SelfCheckPages.sheet", pk=check.place.id, section=part.section.code, _anchor=line.item.code))
                            for line in part.lines if line.applies and not said(line)])
            for part in check.sheet.parts if answered(part.lines) < part.total]


def done_context(check: SelfCheck, why: str) -> SimpleNamespace:
    """The self-check to read, once nothing can be written any more."""
    lines = [line for part in check.sheet.parts for line in part.lines]
    photos = attachments.of_rows(db.session(), SelfAnswer, [line.own.id for line in lines if line.own])
    at = check.place.self_submitted_at
    return SimpleNamespace(
        **head(check), why=why, submitted=at is not None, at=clock.local(at).strftime("%Y-%m-%d %H:%M") if at else "",
        parts=[(part.section, [(line.item, said(line), label(said(line)) or _("未填"), line.own.remark or "" if line.own else "",
                                [files.shown(one) for one in photos.get(line.own.id, [])] if line.own else []) for line in part.lines if line.applies])
               for part in check.sheet.parts if part.total])
