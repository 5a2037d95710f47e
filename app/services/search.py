"""Find children by any part of the name, its pinyin or its initials; or by a whole number.

A part of a name is the beginning of one of its keys, so one B-tree range answers on both engines. A page takes up
``MOST`` keys at most and says so (``cut``): who gets more types one character more. What leaves as a workbook or to a
machine takes up all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from app.models.base import Entity, OfChild, fields_of
from app.models.children import Child, ChildKey
from app.models.crypto import digest
from app.services import masks, pinyin
from app.services.scope import Asker

MOST = 500  # sorting more takes longer than all the rest of a page
KEYS_OF_ONE = 20  # a child has fewer that answer to one text
NUMBER_LENGTH = 15  # from here on a text of digits is a whole ID or student number


def children(text: str, most: int | None = None) -> Select[Any]:
    """Ids of the children whose name or number answers to the text, within the asker's scope; of the first ``most`` keys if given."""
    query = pinyin.normalise_query(text)
    if len(query) >= NUMBER_LENGTH and any(c.isdigit() for c in query):
        return _by_number(query.upper())
    low, high = pinyin.prefix_range(query)
    return select(ChildKey.child_id).where(ChildKey.key >= low, ChildKey.key < high).limit(most)


def cut(session: Session, model: type[Entity], text: str, found: int) -> bool:
    """Whether more answers to the text than the first ``MOST`` keys, where one key more brought ``found`` rows."""
    if model is Child and found > MOST:
        return True
    if model is not Child and not issubclass(model, OfChild):
        return False
    return session.execute(children(text).offset(MOST).limit(1), execution_options={"in_order": True}).first() is not None


def _by_number(number: str) -> Select[Any]:
    return select(Child.id).where(or_(
        Child.id_number_hash == digest(number, "child.id_number"),
        Child.student_number_hash == digest(number, "child.student_number")))


def condition(asker: Asker, model: type[Entity], text: str, columns: list[str], most: int | None = None) -> Any:
    """The condition of a list's quick search: the child's name where there is one, else parts of ``columns``.

    What the asker sees only in part is not looked through: a hit would tell what stands there.
    """
    if model is Child:
        return Child.id.in_(children(text, most))
    if issubclass(model, OfChild):
        return model.child_id.in_(children(text, most))  # type: ignore[attr-defined]
    fields = fields_of(model)
    plain = [getattr(model, key) for key in columns if not fields[key].secret and not masks.masked(asker, model, fields[key])]
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(false(), *(column.ilike(f"%{escaped}%", escape="\\") for column in plain))
