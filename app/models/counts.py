"""What is counted of each school, so that a county is summed from 1,600 short rows and not from every child.

No entities: nobody reads or writes such a row as such, and it has no history. They are reached through
``School`` only, so that the rule of visible rows holds. No foreign key: a counter holds no school back
from being purged.
"""

from sqlalchemy import Column, Date, Float, Integer, String, Table

from app.models.base import Entity

MONTHS = 6  # of talks: talks_0 are those of the running month
# What services/counting.py counts in statements, and what it reckons from the spells of each child.
PLAIN = ("files", "left_behind", "one", "both", "boys", "girls", "boarders", "key", "filed", "talked", "visited", "contacted", "letters",
         "hazards", "overdue", "inspections", "scores", *(f"talks_{back}" for back in range(MONTHS)))
DEFINED = ("civil_affairs", "education", "half_year")


def _column(key: str) -> Column:
    return Column(key, Float if key == "scores" else Integer, nullable=False, server_default="0")


# One row a school. The days say for which day its figures were counted (most depend on today); none: not counted.
# ``stamp`` changes with every count: who counted slower than another does not write over it.
COUNT = Table("school_count", Entity.metadata,
              Column("school_id", Integer, primary_key=True, autoincrement=False), Column("stamp", String(32), nullable=False),
              Column("counted_on", Date), Column("defined_on", Date), *map(_column, (*PLAIN, *DEFINED)))

# A line for each flush that touched a school since it was counted. Lines are only added and taken away, so that
# writers never wait for each other, and who counts takes away no line of a transaction that was not to be seen yet.
TOUCHED = Table("school_touched", Entity.metadata,
                Column("id", Integer, primary_key=True), Column("school_id", Integer, nullable=False, index=True))
