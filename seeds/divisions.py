"""Real divisions of a city or a county, from divisions.csv (origin: seeds/README.md)."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.org import Area
from app.services import clock
from seeds.bulk import Bulk

FILE = Path(__file__).with_name("divisions.csv")
ROOT = "/"


class UnknownDivision(ValueError):
    """The file holds no place of this code; ``known`` are the codes of its cities."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(code)
        self.known = known


def load_divisions(session: Session, code: str) -> int:
    """Areas at, below and above ``code`` that are not there yet; returns how many were made. The caller commits."""
    lines = _chosen(code)
    bulk = Bulk(session, Random(code), clock.now())
    area = Area.__table__
    there = session.execute(select(area.c.code, area.c.id, area.c.path).where(area.c.deleted_at.is_(None)))
    places = {row.code: (row.id, row.path) for row in there}
    made = 0
    for line in lines:
        if line["code"] in places:
            continue
        parent_id, above = places.get(line["parent"], (None, ROOT))
        row = bulk.add(Area, code=line["code"], name=line["name"], level=line["level"], parent_id=parent_id,
                       path=f"{above}{line['code']}/")
        places[row["code"]] = row["id"], row["path"]
        made += 1
    bulk.finish()
    return made


def _chosen(code: str) -> list[dict[str, str]]:
    """Lines of the file for the places at, below and above ``code``, parents first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    if code not in {line["code"] for line in lines}:
        raise UnknownDivision(code, [line["code"] for line in lines if line["level"] == "city"])
    chosen = [line for line in lines if line["code"].startswith(code) or code.startswith(line["code"])]
    return sorted(chosen, key=lambda line: len(line["code"]))
