"""A list as a workbook: the rows in scope, filtered, in order, in constant memory, with a line in the access log."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.base import Entity, fields_of
from app.models.words import _
from app.services import clock, history, scope, transactions, withheld
from app.services.exchange.cells import keys_of
from app.services.exchange.raw import Raw
from app.services.records import Forbidden
from app.services.scope import Asker
from app.services.sheet.book import Press, Target


def export(session: Session, asker: Asker, model: type[Entity], columns: Sequence[str], target: Target, *,
           conditions: Sequence[Any] = (), order: str = "id", descending: bool = False, title: str = "", told: str = "") -> int:
    """Write the rows to ``target`` and return their number; ends the session's transaction.

    ``asker`` is who the session is bound to. ``columns`` are field keys, ``conditions`` SQL conditions,
    ``order`` a mapped column, ``told`` the filter in words. Forbidden without the verb.
    """
    allowed(asker, model)
    raw = Raw(session, asker, model, keys_of(model, columns))
    title = title or model.__label__
    with closing(Press(raw.cells, raw.width, title=title, sheet_name=title)) as press:
        rows = press.write(target, raw.chunks(conditions, ordered(model, order, descending)), lambda rows: subtitle(asker, rows, told, model))
    log(session, model, columns, rows)
    return rows


def allowed(asker: Asker, model: type[Entity]) -> None:
    """Forbidden without the verb."""
    if not asker.may("export", model):
        raise Forbidden(f"export {model.__name__}")


def ordered(model: type[Entity], order: str, descending: bool) -> list[Any]:
    """The columns to order by; the id makes every order a total one."""
    by = [model.id] if order == "id" else [getattr(model, order), model.id]
    return [part.desc() if descending else part.asc() for part in by]


def count(session: Session, model: type[Entity], conditions: Sequence[Any], most: int | None = None) -> int:
    """How many rows there will be; counting stops at ``most``."""
    some = select(model.id).where(*conditions, *withheld.conditions(scope.asker(session), model)).limit(most)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def subtitle(asker: Asker, rows: int, told: str, model: type[Entity] | None = None) -> str:
    """What was asked, what is left out, who took it out, when, how many rows."""
    when = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    left_out = withheld.told(asker, model) if model is not None else ""
    return f"{told or _('全部')}{f'（{left_out}）' if left_out else ''}　{_('导出人')}：{asker.name}　{_('时间')}：{when}　{rows} {_('条')}"


def log(session: Session, model: type[Entity], columns: Sequence[str], rows: int) -> None:
    """Say in the access log what went out; ends the session's transaction."""
    labels = "、".join(fields_of(model)[key].label for key in keys_of(model, columns))
    with transactions.writing(session):
        history.log_access(session, "export", model.__name__, rows=rows, columns=labels[:200])
