"""A demo county of one's own, in a database that support/memory.py makes."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.org import Member, School
from app.services import clock
from seeds.demo import make_demo

TODAY = date(2026, 5, 20)
CHILDREN, SCHOOLS = 300, 8


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
