"""A form as it is used: the county's own copy where there is one, else the common one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import roles
from app.models.forms import Form, FormColumn
from app.models.org import Area
from app.services import scope
from app.services.forms import sources
from app.services.scope import Asker

FIGURES, PAGE = "figures", "page"  # kinds (models/codes.py); the third lists rows
PART = "／"  # parts the lines of a heading of several rows


@dataclass(frozen=True)
class Column:
    """One column: its heading from the top down, and what stands in it."""

    path: tuple[str, ...]
    source: str
    width: int
    totalled: bool = False


@dataclass(frozen=True)
class Declared:
    """A form with its shown columns in order; fields as in models/forms.py."""

    id: int
    key: str
    title: str
    kind: str
    period: str
    subject: str
    which: str
    day: str
    sorted_by: tuple[str, ...]
    unit: str
    portrait: bool
    signers: tuple[str, ...]
    note: str
    columns: tuple[Column, ...]

    @property
    def depth(self) -> int:
        """How many rows the heading takes."""
        return max(len(column.path) for column in self.columns)


def may(asker: Asker, form: Form | Declared) -> bool:
    """Whether the asker may take the form out; who gets counts only takes no form that names anybody."""
    if form.kind == FIGURES:
        return asker.may("export", "Statistics")
    return asker.role not in roles.COUNTS_ONLY and bool(form.subject) and asker.may("export", str(form.subject))


def forms(session: Session, asker: Asker) -> list[Declared]:
    """The forms that the asker may take out, one of each key, in the order of the common ones."""
    return _nearest(session, asker, _usable())


def find(session: Session, asker: Asker, key: str) -> Declared | None:
    """The form of a key as it holds for the asker; None where there is none for these eyes."""
    return next(iter(_nearest(session, asker, _usable().where(Form.key == key))), None)


def _usable() -> Select[Form, str]:
    """Forms with the path of their place. A copy that shows no column is passed over: the next one above it is used."""
    shown = select(FormColumn.id).where(FormColumn.form_id == Form.id, FormColumn.shown).exists()
    return select(Form, Area.path).outerjoin(Area, Area.id == Form.area_id).where(shown).order_by(Form.id)


def _nearest(session: Session, asker: Asker, query: Select[Form, str]) -> list[Declared]:
    """Of each key the copy of the nearest place above the asker; in two statements, however many forms."""
    with scope.everything(session):
        nearest: dict[str, tuple[int, Form]] = {}
        for form, path in session.execute(query):
            length = len(path or "")
            if asker.path.startswith(path or "") and length >= nearest.get(form.key, (0, form))[0]:
                nearest[form.key] = (length, form)
        chosen = [form for _length, form in nearest.values() if may(asker, form)]
        wanted = (select(FormColumn).where(FormColumn.form_id.in_([form.id for form in chosen]), FormColumn.shown)
                         .order_by(FormColumn.position, FormColumn.id))
        columns: dict[int, list[Column]] = {form.id: [] for form in chosen}
        subjects = {form.id: form.subject for form in chosen}
        for one in session.scalars(wanted):
            columns[one.form_id].append(_column(one, subjects[one.form_id]))
        return [_declared(form, columns[form.id]) for form in chosen]


def _declared(form: Form, columns: list[Column]) -> Declared:
    return Declared(form.id, form.key, form.title, form.kind, form.period, form.subject or "", form.which or "", form.day or "",
                    tuple((form.sorted_by or "").split()), form.unit or "", form.portrait,
                    tuple(part for part in form.signers.split("、") if part), form.note or "", tuple(columns))


def _column(one: FormColumn, subject: str | None) -> Column:
    """``subject``: of rows; a form of figures has none, and totals of its own."""
    return Column(_parts(one.label), one.source, one.width, one.totalled and (subject is None or sources.addable(subject, one.source)))


def _parts(label: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in label.split(PART) if part.strip()) or (label,)
