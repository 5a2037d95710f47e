"""The tables that peers read, as SQLAlchemy models on whatever base a peer wants."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String
from sqlalchemy.orm import relationship

COLUMNS = ["name", "sex", "school_class", "left_behind", "special_group", "boarder", "last_talk_on", "last_visit_on", "last_contact_on"]
SIZE = 100


def models(base: Any) -> tuple[Any, Any]:
    """The class of a school and the child, mapped on ``base``."""

    class SchoolClass(base):
        __tablename__ = "school_class"
        id = Column(Integer, primary_key=True)
        name = Column(String(40))

        def __str__(self) -> str:
            return self.name

        __repr__ = __str__

    class Child(base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        name, pinyin, special_group = Column(String(40)), Column(String(80)), Column(String(20))
        sex, left_behind = Column(String(1)), Column(String(1))
        school_class_id = Column(Integer, ForeignKey("school_class.id"))
        school_class = relationship(SchoolClass)
        boarder = Column(Boolean)
        last_talk_on, last_visit_on, last_contact_on = Column(Date), Column(Date), Column(Date)

    return SchoolClass, Child
