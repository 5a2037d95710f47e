"""The handler that ours is held against: Flask, SQLAlchemy's ORM, one answer a request, and nothing that nobody would leave out.

Session cookie, CSRF token, the inspector's own inspection, the item by its code, insert or update, commit. No figure of the
school's records and none kept, no history, no merging with another inspector, no name of what was sent: it does less.
Same database, same tables, same settings of each connection.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, jsonify, request, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash

# Nothing of app/ is imported: that would put the scope and the history on this session too.
PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "cache_size=-32000", "temp_store=MEMORY")


class Base(DeclarativeBase):
    pass


class Row(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime | None]


class Member(Row):
    __tablename__ = "member"
    username: Mapped[str]
    password: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]


class Inspection(Row):
    __tablename__ = "inspection"
    school_id: Mapped[int]
    template_id: Mapped[int]
    inspector_id: Mapped[int]
    state: Mapped[str]


class Section(Row):
    __tablename__ = "checklist_section"
    template_id: Mapped[int]


class Item(Row):
    __tablename__ = "checklist_item"
    section_id: Mapped[int]
    code: Mapped[str]


class Answer(Row):
    __tablename__ = "answer"
    uid: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    school_id: Mapped[int]
    inspection_id: Mapped[int]
    item_id: Mapped[int]
    result: Mapped[str | None]
    remark: Mapped[str | None]
    reason: Mapped[str | None]
    answered_at: Mapped[datetime | None]


db = SQLAlchemy(model_class=Base)


def create_app() -> Flask:
    return handler(db, Member, answer)


def handler(database: SQLAlchemy, members: type, take: Callable[[int], Response]) -> Flask:
    """An app on $DATABASE_URL into which these members log in; it takes their ticks by ``take``."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="of no use" * 4, SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"])
    database.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        prepare(database.engine)
    app.add_url_rule("/login/", "form", form)
    app.add_url_rule("/login/", "log_in", lambda: log_in(database, members), methods=["POST"])
    app.add_url_rule("/visit/along", "along", along)
    app.add_url_rule("/visit/<int:pk>/answer", "answer", take, methods=["POST"])
    return app


def prepare(engine: Engine) -> None:
    """As app/services/transactions.py: a writer takes SQLite's lock at once, so that it cannot fail half-way."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def form() -> str:
    return f'<input name="csrf_token" value="{generate_csrf()}">'


def log_in(database: SQLAlchemy, members: Any) -> tuple[str, int]:
    member = database.session.scalars(select(members).where(members.username == request.form["username"])).one()
    if not check_password_hash(member.password, request.form["password"]):
        abort(403)
    session["member"] = member.id
    return "", 302


def along() -> Response:
    return jsonify(csrf=generate_csrf())


def answer(pk: int) -> Response:
    """One answer stored."""
    member = db.session.get(Member, session.get("member", 0)) or abort(403)
    sent: dict[str, Any] = request.get_json()
    inspection = db.session.get(Inspection, pk) or abort(404)
    if not member.active or inspection.inspector_id != member.id or inspection.state == "submitted":
        abort(403)
    query = select(Item).join(Section, Section.id == Item.section_id)
    item = db.session.scalars(query.where(Section.template_id == inspection.template_id, Item.code == sent["code"])).first() or abort(404)
    found = db.session.scalars(select(Answer).where(Answer.inspection_id == pk, Answer.item_id == item.id, Answer.deleted_at.is_(None))).first()
    moment = datetime.utcnow()  # noqa: DTZ003 - the columns hold UTC without a zone
    if found is None:
        found = Answer(uid=os.urandom(16).hex(), version=0, created_at=moment, school_id=inspection.school_id, inspection_id=pk, item_id=item.id)
        db.session.add(found)
    found.version, found.updated_at, found.answered_at = found.version + 1, moment, moment
    found.result, found.remark, found.reason = sent["result"], sent["remark"], sent["reason"]
    if inspection.state == "planned":
        inspection.state = "open"
    db.session.commit()
    return jsonify(id=found.id, version=found.version)
