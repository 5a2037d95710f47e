"""A place's own copy of a form, and what holds of every copy: only its place changes it, and its columns can be filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.forms import Form, FormColumn
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope
from app.services.forms import sources, vocabulary

NOT_YOURS = _("这是通用表样或别处的表样，不能改；请先复制为本地表样")


def changeable(session: Session, form: Form | None) -> bool:
    """Whether the asker's place may change the form: its own copy, or any for the system itself."""
    who = scope.asker(session)
    return who.unbound or form is not None and form.area_id is not None and form.area_id == who.area_id and who.school_id is None


def copy(session: Session, form: Form, token: str | None = None) -> Form:
    """The asker's own copy of a form; the one that is there already. ``token``: of the page that asked."""
    area_id = scope.asker(session).area_id
    found = session.scalars(select(Form).where(Form.key == form.key, Form.area_id == area_id)).first()
    if found is not None:
        return found
    fixed = {key: getattr(form, key) for key, one in fields_of(Form).items() if one.read_only and not one.target}
    made: Form = records.add(session, Form, _open(form), token, own={**fixed, "area_id": area_id})
    for column in session.scalars(select(FormColumn).where(FormColumn.form_id == form.id).order_by(FormColumn.position, FormColumn.id)).all():
        records.add(session, FormColumn, {**_open(column), "form": made.id})
    return made


def _open(row: Any) -> dict[str, Any]:
    return {key: value for key, value in records.current(row).items() if not fields_of(type(row))[key].read_only}


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse a change of a form that is not the asker's, and a column that nothing could fill."""
    rows = [row for row in (*session.new, *session.deleted, *session.dirty)
            if isinstance(row, Form | FormColumn) and (row not in session.dirty or session.is_modified(row))]
    if not rows:
        return
    with session.no_autoflush, scope.trash(session):
        for row in rows:
            forms = [row] if isinstance(row, Form) else _forms(session, row)
            if not all(changeable(session, form) for form in forms):
                raise records.Refused({"": RuleError(NOT_YOURS)})
            if isinstance(row, FormColumn) and row not in session.deleted and forms[0] is not None:
                _check(forms[0], row)
        _keep_one(session, [row for row in rows if isinstance(row, FormColumn)])


def _check(form: Form, column: FormColumn) -> None:
    if not fills(form, column.source):
        raise records.Refused({"source": RuleError(_("这张表取不到这一项，请照着已有栏目填写"))})
    if column.totalled and form.subject and not sources.addable(form.subject, column.source):
        raise records.Refused({"totalled": RuleError(_("这一项取自关联的记录，同一个数会在几行里重复出现，不能合计"))})


def _keep_one(session: Session, changed: Sequence[FormColumn]) -> None:
    """Refuse what would leave a form without a column to show; a form that goes away takes all of them along."""
    for column in (one for one in changed if _leaves(session, one)):
        for form in _forms(session, column):
            if form is not None and form.deleted_at is None and form not in session.deleted and not _shows(session, form, changed):
                raise records.Refused({"shown": RuleError(_("至少要留一栏，不能全部隐藏或删除；不用这张本地表样的，请删除它"))})


def _leaves(session: Session, column: FormColumn) -> bool:
    """Whether it is shown no more, or not on the form where it was."""
    was: Any = inspect(column).attrs
    gone = column.deleted_at is not None and was.deleted_at.history.has_changes()
    return column in session.deleted or gone or was.shown.history.deleted == [True] or any(was.form_id.history.deleted or ())


def _shows(session: Session, form: Form, changed: Sequence[FormColumn]) -> bool:
    """Whether a column will be shown, of those that change now and those that do not."""
    if any(one.form_id == form.id and one.shown and one.deleted_at is None and one not in session.deleted for one in changed):
        return True
    others = select(FormColumn.id).where(FormColumn.form_id == form.id, FormColumn.shown, FormColumn.deleted_at.is_(None),
                                         FormColumn.id.not_in([one.id for one in changed if one.id is not None]))
    return session.scalar(others.limit(1)) is not None


def _forms(session: Session, column: FormColumn) -> list[Form | None]:
    """The form that a column hangs on now, and the one that it hung on before."""
    ids = [value for value in (column.form_id, *inspect(column).attrs.form_id.history.deleted) if value is not None]
    return [session.get(Form, one) for one in ids] or [column.form]


def fills(form: Form, source: str) -> bool:
    """Whether a column of this form can show the source."""
    return source in vocabulary.of(form.basis)
