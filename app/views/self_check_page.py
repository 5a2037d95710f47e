"""What the pages of a self-check show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.panel import files
from app.services import clock
from app.services.inspection_sheet import Line
from app.services.self_check import SelfCheck
from app.views import sent_tick, sheet_page, visit_figures, visit_words


def address(pk: int) -> sheet_page.Address:
    return partial(url_for, "SelfCheckPages.sheet", pk=pk)


def head(check: SelfCheck) -> dict[str, Any]:
    """What the top and the bottom bar of every page say."""
    due = check.place.self_due_on
    return {"title": _("自查"), "pk": check.place.id, "name": check.sheet.inspection.name, "due": due.isoformat() if due else "",
            "days": (due - clock.today()).days if due else 0, "notice_url": url_for("CampaignSchoolView.notice", pk=check.place.id),
            **sheet_page.counts(check.sheet)}


def sheet_context(check: SelfCheck, shown: sheet_page.Shown, back: sent_tick.Back | None = None) -> SimpleNamespace:
    """A section, or what is searched; ``back``: a tick that was not taken."""
    pk, seen = check.place.id, sheet_page.seen(check.sheet, shown)
    photos = sheet_page.photos_of(seen)
    cards = [card(pk, line, photos.get(line.item.id, [])) for line in seen]
    sent_tick.give_back(cards, seen, back, _("同事"))
    return SimpleNamespace(**head(check), **sheet_page.around(check.sheet, shown, address(pk)), words=words(), cards=cards, scripted=True)


def words() -> dict[str, Any]:
    """What the script says, in the reader's language."""
    return {
        "sending": _("发送中…"), "received": _("已收到 {at}"), "unsent": _("没有发出去，点这里重试"), "expired": _("登录已过期。请另开一页登录，再点这里重试"),
        "refused": _("没有保存"), "cleared": _("已清除"), "tickFirst": _("请先选结果"), "attached": _("附件已保存。"), "remove": _("删除"),
        "removeAsk": _("删除这个附件？"), "someone": _("同事"), **visit_words.clash(), "numbers": _("不要在备注里写身份证号、电话、住址")}


def card(pk: int, line: Line, photos: Sequence[Any]) -> SimpleNamespace:
    """The visit's card, ticked by the school: no reason is asked where records say otherwise."""
    proof = visit_figures.proof(line.evidence, None)
    if proof is not None:
        proof.against = []
    ticked = sheet_page.ticked(line.own)
    return SimpleNamespace(
        **sheet_page.asked_of(line.item), **ticked, base={key: ticked[key] for key in ("result", "remark")}, proof=proof, then=None, own=None, papers=True,
        url=url_for("SelfCheckPages.answer", pk=pk, code=line.item.code, section=line.item.section.code),
        photos=[files.shown(one, removable=True) for one in photos])


def submit_context(check: SelfCheck, message: str) -> SimpleNamespace:
    """What lacks before it is sent; ``message``: why it was not sent."""
    pk = check.place.id
    return SimpleNamespace(**head(check), message=message, missing=sheet_page.missing(check.sheet, address(pk)), action=url_for("SelfCheckPages.submit", pk=pk))


def done_context(check: SelfCheck, why: str) -> SimpleNamespace:
    """The self-check to read, once nothing can be written any more."""
    photos = sheet_page.photos_of([line for part in check.sheet.parts for line in part.lines])
    at = check.place.self_submitted_at
    return SimpleNamespace(
        **head(check), why=why, submitted=at is not None, at=clock.local(at).strftime("%Y-%m-%d %H:%M") if at else "",
        parts=[(part.section, [_said(line, photos.get(line.item.id, [])) for line in part.lines if line.applies]) for part in check.sheet.parts if part.total])


def _said(line: Line, photos: Sequence[Any]) -> tuple[Any, ...]:
    """Item, result, what it is called, remark, files."""
    remark = line.own.remark or "" if line.own is not None else ""
    return line.item, line.result, sheet_page.label(line.result) or _("未填"), remark, [files.shown(one) for one in photos]
