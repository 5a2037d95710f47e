"""What is asked for: a row deep in each account's list, and parts of its name to search by."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.models.children import Child
from app.models.org import Member
from app.services import pinyin, scope
from benchmarks import data

ROLES = ("county", "township", "school")
DEPTH = 0.95  # of the list, in its order
SIZE = 100


@dataclass(frozen=True)
class Case:
    """One account's questions. ``page`` is the number of the deep page for those that count pages, from 1."""

    children: int
    deep_id: int
    page: int
    name: str
    pinyin: str
    initials: str


def cases(children: int) -> dict[str, Case]:
    """Role → its case; looked up once and kept beside the database."""
    kept = data.folder_of(children) / "cases.json"
    if not kept.exists():
        data.settings(children)
        with create_app().app_context():
            kept.write_text(json.dumps({role: asdict(_case(role)) for role in ROLES}))
    return {role: Case(**found) for role, found in json.loads(kept.read_text()).items()}


def _case(role: str) -> Case:
    session = db.session()
    with scope.everything(session):
        member = session.scalars(select(Member).where(Member.username == role)).one()
    scope.bind(session, scope.asker_of(session, member))
    count = session.scalar(select(func.count(Child.id))) or 0
    deep = int(count * DEPTH)
    row = session.execute(select(Child.id, Child.name).order_by(Child.pinyin, Child.id).offset(deep).limit(1)).one()
    return Case(count, row.id, deep // SIZE + 1, row.name[-2:], pinyin.full(row.name), pinyin.initials(row.name))
