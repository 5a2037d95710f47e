"""The peer that does the work of a tick of ours, as one writes it by hand: Flask, SQLAlchemy's ORM, a tick a request, a commit a tick.

It leaves the same rows: the answer with its frozen figure, the history's line (by the same listener), the name of what was sent. It
holds the same against the tick: that the school lies below the inspector's area, that inspection and campaign are not over (the
inspection is kept so until the commit), that nobody is related to the school, that the school is asked the item, what another inspector
changed meanwhile, a reason where the records say otherwise; and tells the progress. The figure and the progress come from ours.
It does without: sessions that were ended, pages' permissions, words in two languages, what is refused told beside the field.
No listener of ours guards it (``unbound``), no statement is kept or shared, nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, jsonify, request, session
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, registry

import config
from app.extensions import db
from app.models import crypto
from app.models.base import utc_now
from app.models.campaign import Campaign, CampaignSchool, Recusal
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Inspection
from app.models.org import Area, Member, School, Staff
from app.models.visit_op import VISIT_OP
from app.services import inspection_sheet, scope, ticks
from app.services.conditions import applies
from benchmarks import row_by_row

FIELDS = ("result", "remark", "reason")


class Receipt:
    """The name of what was sent."""


registry().map_imperatively(Receipt, VISIT_OP)


def create_app() -> Flask:
    crypto.use_key(config.load()["DATA_KEY"])
    app = row_by_row.handler(db, Member, answer)
    app.before_request(lambda: scope.bind(db.session(), scope.SYSTEM))
    return app


def answer(pk: int) -> Response:
    """One tick taken, or said why not."""
    member = db.session.get(Member, session.get("member", 0), options=[joinedload(Member.area)]) or abort(403)
    if not member.active or member.role != "inspector" or member.area is None:
        abort(403)
    scope.bind(db.session(), scope.Asker(member.id, member.name, member.role, unbound=True))  # whom the history tells
    sent: dict[str, Any] = request.get_json()
    inspection = _inspection(member, pk) or abort(404)
    if inspection.state == "submitted" or _over(pk) or _related(member, inspection.school_id):
        abort(409)
    school, item = db.session.get(School, inspection.school_id), _item(inspection, sent["code"]) or abort(404)
    if not applies(item, school):
        abort(409)
    if db.session.get(Receipt, sent["id"]) is None:
        _take(member, inspection, school, item, sent)
    told = _progress(inspection)
    db.session.commit()
    return jsonify(progress=told)


def _inspection(member: Member, pk: int) -> Any:
    """The inspection, if its school lies below the member's area; kept as it is until the commit."""
    query = select(Inspection).join(School, School.id == Inspection.school_id).join(Area, Area.id == School.area_id)
    query = query.where(Inspection.id == pk, Area.path.startswith(member.area.path))
    return db.session.scalars(query.with_for_update(read=True, of=Inspection)).one_or_none()


def _over(pk: int) -> bool:
    query = select(CampaignSchool.id).join(Campaign, Campaign.id == CampaignSchool.campaign_id)
    return db.session.scalars(query.where(CampaignSchool.inspection_id == pk, Campaign.state == "closed")).first() is not None


def _related(member: Member, school_id: int) -> bool:
    """Whether the member stepped aside, or belongs to the school."""
    said = select(Recusal.id).where(Recusal.member_id == member.id, Recusal.school_id == school_id).exists()
    works = select(Staff.id).where(Staff.id == member.staff_id, Staff.school_id == school_id).exists()
    return member.school_id == school_id or bool(db.session.scalar(select(or_(said, works))))


def _item(inspection: Inspection, code: str) -> Any:
    query = select(ChecklistItem).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id)
    return db.session.scalars(query.where(ChecklistSection.template_id == inspection.template_id, ChecklistItem.code == code)).one_or_none()


def _take(member: Member, inspection: Inspection, school: School, item: ChecklistItem, sent: Mapping[str, Any]) -> None:
    """Write the tick and its receipt."""
    found = db.session.scalars(select(Answer).where(Answer.inspection_id == inspection.id, Answer.item_id == item.id)).one_or_none()
    said = {key: _merged(getattr(found, key, None) or "", sent["base"][key], sent["values"][key]) for key in FIELDS}
    figure = ticks.figures_of(db.session(), school, [item]).get(item.code)
    if figure is not None and ticks.speaks_against(figure["suggestion"], said["result"]) and not said["reason"]:
        abort(409)
    if found is None:
        found = Answer(school_id=inspection.school_id, inspection_id=inspection.id, item_id=item.id)
        db.session.add(found)
    for key, value in said.items():
        setattr(found, key, value or None)
    found.answered_at, found.frozen = utc_now(), figure
    if inspection.state == "planned":
        inspection.state = "open"
    moment = datetime.fromtimestamp(sent["at"] / 1000, UTC)
    receipt = Receipt()
    for key, value in {"op_id": sent["id"], "member_id": member.id, "inspection_id": inspection.id, "received_at": utc_now(), "told_at": moment,
                       "lag": round((utc_now() - moment).total_seconds())}.items():
        setattr(receipt, key, value)
    db.session.add(receipt)


def _merged(theirs: str, base: str, mine: str) -> str:
    """What the inspector changed, else what stands there; 409 where both changed it."""
    if mine != base and theirs not in (base, mine):
        abort(409)
    return theirs if mine == base else mine


def _progress(inspection: Inspection) -> Mapping[str, Any]:
    told = inspection_sheet.progress(db.session(), inspection)
    return {"answered": told.answered, "total": told.total, "fails": told.fails, "sections": told.sections}
