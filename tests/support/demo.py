"""A demo county of one's own on SQLite in memory, without an application."""

from datetime import date

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import Session

from app.models import crypto
from app.models.base import Entity
from app.models.org import Member, School
from app.services import clock, scope
from seeds.demo import make_demo

TODAY = date(2026, 5, 20)
CHILDREN, SCHOOLS = 300, 8


def database() -> Session:
    """An empty database, asked by the system."""
    crypto.use_key(b"k" * 32)
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    Entity.metadata.create_all(engine)
    session = Session(engine)
    scope.bind(session, scope.SYSTEM)
    return session


def county(session: Session, **wishes) -> dict:
    """Make a county there; ``wishes`` are arguments of make_demo."""
    with clock.freeze(TODAY):
        return make_demo(session, **{"children": CHILDREN, "schools": SCHOOLS, "seed": 3, "today": TODAY,
                                     "hash_method": "pbkdf2:sha256:1000", **wishes})


def count(session: Session, model: type, *conditions) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions))


def school_of(session: Session, username: str) -> School:
    """The school of a demo account: "school" is the demo school, "school2" the one beside it."""
    return session.scalars(select(School).join(Member, Member.school_id == School.id).where(Member.username == username)).one()
