"""Real divisions of a city or a county, from divisions.csv (origin: seeds/README.md)."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.org import Area
from app.services import history

FILE = Path(__file__).with_name("divisions.csv")


class UnknownDivision(ValueError):
    """The file holds no place of this code; ``known`` are the codes of its cities."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(code)
        self.known = known


def load_divisions(session: Session, code: str) -> int:
    """Areas at, below and above ``code`` that are not there yet, told in the history; returns how many were made.

    The caller commits.
    """
    there = {area.code: area for area in session.scalars(select(Area))}
    made = 0
    with history.told_as(session, "add"):
        for _level, lines in groupby(_chosen(code), key=lambda line: len(line["code"])):
            new = [_area(line, there.get(line["parent"])) for line in lines if line["code"] not in there]
            session.add_all(new)
            session.flush()  # those below need the ids of these
            there.update({area.code: area for area in new})
            made += len(new)
    return made


def _area(line: dict[str, str], parent: Area | None) -> Area:
    # The parent both ways: its id for the path, itself so that the history names it.
    return Area(code=line["code"], name=line["name"], level=line["level"], parent_id=parent.id if parent else None, parent=parent)


def _chosen(code: str) -> list[dict[str, str]]:
    """Lines of the file for the places at, below and above ``code``, parents first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    if code not in {line["code"] for line in lines}:
        raise UnknownDivision(code, [line["code"] for line in lines if line["level"] == "city"])
    chosen = [line for line in lines if line["code"].startswith(code) or code.startswith(line["code"])]
    return sorted(chosen, key=lambda line: len(line["code"]))
