"""The rows of a form: those of its subject at the place and in the period, in order, some hundred at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import OfSchool
from app.models.care import Pairing
from app.models.children import Child
from app.models.safety import Hazard
from app.services import progress, scope
from app.services.forms import census, family
from app.services.forms.declaration import Declared
from app.services.forms.periods import Period
from app.services.forms.places import Place
from app.services.forms.sources import NUMBER, Rows

CHUNK = 500
# Named choices of rows, by what a form's ``which`` says.
WHICH: dict[str, Callable[[Period], list[Any]]] = {
    "left_behind": lambda _span: [Child.left_behind != "0", Child.file_state == "open"],
    "civil": lambda span: census.base(span.last),
    "open_file": lambda _span: [Child.file_state == "open"],
    "running": lambda span: [Pairing.started_on <= span.last, or_(Pairing.ended_on.is_(None), Pairing.ended_on >= span.first)],
    "in_hand": lambda span: [Hazard.found_on <= span.last, or_(Hazard.fixed_on.is_(None), Hazard.fixed_on >= span.first)]}


def conditions(form: Declared, place: Place, span: Period, child: int | None = None) -> list[Any]:
    """What a row must meet to stand on the form. ``child``: only that one, of a form of children."""
    model: Any = entities()[form.subject]
    found = WHICH[form.which](span) if form.which and child is None else []
    if issubclass(model, OfSchool):
        found.append(place.holds(model.school_id))
    if form.day:
        found += [getattr(model, form.day) >= span.first, getattr(model, form.day) <= span.last]
    return [*found, model.id == child] if child is not None else found


def count(session: Session, form: Declared, where: list[Any], most: int | None = None) -> int:
    """How many rows there will be; counting stops at ``most``."""
    some = select(entities()[form.subject].id).where(*where).limit(most)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def read(session: Session, form: Declared, where: list[Any], span: Period) -> Iterator[list[Any]]:
    """One list of values a row, one a column: text, number, date, or nothing."""
    asker, model = scope.asker(session), entities()[form.subject]
    told = [column.source for column in form.columns]
    own = [source for source in told if not _by_family(model, source) and source != NUMBER]
    rows = Rows(asker, model, own)
    readers = dict(zip(own, rows.readers, strict=True))
    order = [rows.column(source) for source in (*form.sorted_by, "id")]
    number = 0
    result = session.execute(rows.statement().where(*where).order_by(*order), execution_options={"yield_per": CHUNK})
    for chunk in result.partitions():
        families = family.Families(session, asker, [row[0] for row in chunk], span.last) if len(own) < len(set(told) - {NUMBER}) else None
        for row in chunk:
            number += 1
            yield [number if source == NUMBER else readers[source](row) if source in readers else families and families.value(row[0], source)
                   for source in told]
            progress.tell(session, 1)


def _by_family(model: Any, source: str) -> bool:
    return model is Child and (source in family.FACTS or source.partition(".")[0] in family.ROLES)
