"""The tables that peers read, as SQLAlchemy models on whatever base a peer wants."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String
from sqlalchemy.orm import relationship

COLUMNS = ["name", "sex", "school_class", "left_behind", "special_group", "boarder", "last_talk_on", "last_visit_on", "last_contact_on"]
SIZE = 100
TEXTS = ("stage", "health", "illness", "guard_rating", "character", "journey", "file_state", "ethnic_group",
         "id_number_hash", "student_number_hash", "household_address_hash", "residence_hash")
DATES = ("birth_date", "filed_on")
YES_NO = ("rural", "alone")
REST = (*TEXTS, *DATES, *YES_NO)  # of an export's 30 columns; ciphers as their digests: texts of about the same length


def models(base: Any, *, whole: bool = False) -> tuple[Any, Any]:
    """The class of a school and the child, mapped on ``base``, with a list's columns or nearly all."""

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
        if whole:
            vars().update({**{name: Column(String(120)) for name in TEXTS}, **{name: Column(Date) for name in DATES},
                           **{name: Column(Boolean) for name in YES_NO}})

    return SchoolClass, Child
