"""The official forms as they are shipped: one declaration a file, taken into the database and renewed there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.forms import SIGNERS, Form, FormColumn
from app.services import clock
from seeds.bulk import Bulk

FOLDER = Path(__file__).parent
FORM, COLUMN = Form.__table__, FormColumn.__table__
WHOLE = ("key", "title", "kind", "period", "subject", "which", "day", "sorted_by", "unit", "portrait", "note")
FIXED = tuple(key for key in WHOLE if key != "key" and fields_of(Form)[key].read_only)  # what a place's copy cannot change
TOLD = ("position", "label", "source", "width", "totalled")


def load_forms(session: Session) -> list[str]:
    """Insert the common forms that are missing and return their keys; those there already become as they are shipped.

    A place's own copy keeps its title, note and columns; which rows or figures it shows was never its own choice and follows. The caller commits.
    """
    known: dict[str, int] = dict(session.execute(select(FORM.c.key, FORM.c.id).where(FORM.c.area_id.is_(None))).all())
    bulk = Bulk(session, Random(), datetime.combine(clock.today(), datetime.min.time(), UTC))
    shipped = declarations()
    for told in shipped:
        if told["key"] in known:
            _renew(session, bulk, known[told["key"]], told)
        else:
            form = bulk.add(Form, **_whole(told))
            _add_columns(bulk, form["id"], told)
    bulk.finish()
    return [told["key"] for told in shipped if told["key"] not in known]


def _renew(session: Session, bulk: Bulk, form_id: int, told: dict[str, Any]) -> None:
    whole = _whole(told)
    _set(session, whole, FORM.c.id == form_id)
    _set(session, {key: whole[key] for key in FIXED}, FORM.c.key == told["key"])
    stored = session.execute(select(*(COLUMN.c[key] for key in TOLD)).where(COLUMN.c.form_id == form_id).order_by(COLUMN.c.position)).all()
    if [tuple(row) for row in stored] != [tuple(row[key] for key in TOLD) for row in _columns(told)]:
        session.execute(delete(COLUMN).where(COLUMN.c.form_id == form_id))
        _add_columns(bulk, form_id, told)


def _set(session: Session, values: dict[str, Any], where: Any) -> None:
    """Write what is not so already."""
    other = or_(*(FORM.c[key].is_distinct_from(value) for key, value in values.items()))
    session.execute(update(FORM).where(where, other).values(**values))


def _whole(told: dict[str, Any]) -> dict[str, Any]:
    usual = {"portrait": False, "signers": SIGNERS}
    return {key: told.get(key, usual.get(key)) for key in (*WHOLE, "signers")}


def _add_columns(bulk: Bulk, form_id: int, told: dict[str, Any]) -> None:
    for row in _columns(told):
        bulk.add(FormColumn, form_id=form_id, **row)


def _columns(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place, (label, source, width, *total) in enumerate(told["columns"], start=1):
        yield dict(zip(TOLD, (10 * place, label, source, width, bool(total)), strict=True))


def declarations() -> list[dict[str, Any]]:
    """The files in the order of their names."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
