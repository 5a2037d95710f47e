"""Add, change, delete and take back one row: the one way in for pages, API, imports and commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from typing import Any

from sqlalchemy import Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.models.base import Entity, Field, OfChild, fields_of, utc_now
from app.models.rules import RuleError, clean_text
from app.models.words import _
from app.services import belonging, births, choosing, earlier, history, masks, once, parts, scope, unique


class Forbidden(Exception):
    """The asker's role has no such verb on this entity."""


class Refused(Exception):
    """The values do not hold; ``errors`` maps field keys ("" for the whole row) to what is wrong. ``made``: id of what came of other words before."""

    def __init__(self, errors: dict[str, RuleError], made: int | None = None) -> None:
        super().__init__(", ".join(errors))
        self.errors, self.made = errors, made


class Conflict(Exception):
    """Someone else saved the row since it was read."""


def find(session: Session, model: type[Entity], row_id: int, *, trash: bool = False) -> Any:
    """The row, if it exists and lies within the scope of who asks; else None."""
    if not 0 < row_id < 2**31:
        return None
    query = select(model).where(model.id == row_id)
    with scope.trash(session) if trash else nullcontext():
        return session.scalars(query).one_or_none()


def editable(model: type[Entity]) -> dict[str, Field]:
    """Fields that people fill."""
    return {key: one for key, one in fields_of(model).items() if not one.read_only}


def check(session: Session, model: type[Entity], values: Mapping[str, Any], row: Entity | None = None) -> dict[str, Any]:
    """The values with every rule applied (links as ids); Refused names each wrong field.

    ``row`` is the row to change: fields that are not among the values keep theirs, and a value that it has already holds
    though today's rule would refuse it: a child grows older than the rule for new files lets it be.
    """
    fields, clean = editable(model), {}
    held = current(row) if row is not None else {}
    errors: dict[str, RuleError] = {}
    for key, one in fields.items():
        if key not in values and row is not None:
            continue
        try:
            clean[key] = check_value(one, values.get(key))
        except RuleError as wrong:
            if (value := values.get(key)) in (None, "") or key not in held or value != held[key]:
                errors[key] = wrong
    errors = errors or choosing.settle(session, model, clean, held)
    if clean and not errors:  # where people say nothing new, nothing can be wrong between the values
        whole = {**held, **clean}
        errors = {key: RuleError(text) for key, text in model.problems(births.beside(session, model, whole)).items()}
        errors = errors or belonging.strangers(session, model, whole, kept=row is not None) or unique.taken(session, model, clean, held, row)
        errors = errors or births.put_right(session, {row: clean}, hold=True)
    if errors:
        raise Refused(errors)
    return clean


def check_value(one: Field, value: Any) -> Any:
    """One value by its field's own rules; RuleError says what is wrong."""
    return value_check(one)(value)


@cache
def value_check(one: Field) -> Callable[[Any], Any]:
    """The function that holds values against a field's own rules; take it once for all rows."""
    long, rule, choices, secret = isinstance(one.type, Text), one.rule, one.choices, one.secret
    most = None if choices or secret else getattr(one.type, "length", None)

    def check_one(value: Any) -> Any:
        if isinstance(value, str):
            value = clean_text(value, long=long)
        if value is None or value == "":
            if one.required:
                raise RuleError(_("请填写%(label)s"), label=one.label)
            return one.default
        if choices and value not in choices:
            raise RuleError(_("请从列表中选择"))
        if secret and masks.DOTS in value:
            raise RuleError(_("请把这一栏整个重新填写，或保持原样"))
        if most and isinstance(value, str) and len(value) > most:
            raise RuleError(_("最多 %(most)s 个字"), most=most)
        return rule(value) if rule else value

    return check_one


def current(row: Entity) -> dict[str, Any]:
    """The row's values by field key; a link's value is its id."""
    return {key: getattr(row, one.column if one.target else key) for key, one in fields_of(type(row)).items()}


def assign(row: Entity, clean: Mapping[str, Any]) -> None:
    """Set checked values on a row."""
    fields = fields_of(type(row))
    for key, value in clean.items():
        setattr(row, fields[key].column if fields[key].target else key, value)


def add(session: Session, model: type[Entity], values: Mapping[str, Any], token: str | None = None,
        own: Mapping[str, Any] | None = None) -> Any:
    """A new row; a token that was already used gives back the row it made. ``own``: columns that a service sets by itself, past forms and rules."""
    who = scope.asker(session)
    _allow(who, "write", model)
    if token and (made := made_by(session, model, token)):
        return made
    clean = check(session, model, _placed(who, model, values))
    row = model()
    assign(row, clean)
    _set(row, own)
    session.add(row)
    _flush(session)
    if token:
        once.keep(session, token, row)
        _flush(session)
    return row


def _set(row: Entity, own: Mapping[str, Any] | None) -> None:
    for column, value in (own or {}).items():
        setattr(row, column, value)


def _placed(who: scope.Asker, model: type[Entity], values: Mapping[str, Any]) -> dict[str, Any]:
    """Who belongs to one school need not say which."""
    placed = dict(values)
    if "school" in fields_of(model) and who.school_id is not None and not placed.get("school"):
        placed["school"] = who.school_id
    if issubclass(model, OfChild):
        placed.setdefault("school", 0)  # filled from the child before the flush
    return placed


def made_by(session: Session, model: type[Entity], token: str) -> Any:
    """The row that a form with this token made already; None for a new token. Refused where that row was deleted since, or said something else."""
    known = once.made(session, model, token)
    made = find(session, model, known.row_id) if known else None
    if known and made and once.said_otherwise(known, token):
        raise Refused({"": RuleError(_("这一份已经保存过，内容与这次的不同；这次的没有保存"))}, made.id)
    if known and made is None:
        raise Refused({"": RuleError(_("这份表单已经保存过，那条记录后来被删除了；需要时请到回收站恢复"))})
    return made


def edit(session: Session, row: Entity, values: Mapping[str, Any], version: int | None = None,
         own: Mapping[str, Any] | None = None, verb: str = "write") -> Any:
    """Change a row; ``version`` is the one its form was made from (None: not compared), ``own`` as in ``add``, ``verb`` what the role must have."""
    _allow(scope.asker(session), verb, type(row))
    if version is not None and version != row.version:
        raise Conflict
    clean = check(session, type(row), values, row)
    _hold(session, row, clean)
    assign(row, clean)
    _set(row, own)
    _flush(session)
    return row


def says(model: type[Entity], rule: str) -> bool:
    """Whether an entity has an own ``problems`` or ``kept``: who reads rows only to ask it need not where it has none."""
    return getattr(model, rule).__func__ is not getattr(Entity, rule).__func__


def held(who: scope.Asker, model: type[Entity], read: Callable[[], Mapping[str, Any]], changes: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Why nobody may change a row so, or (None) put it away, by field; empty where one may. ``read`` gives its values, where the entity keeps any."""
    if who.unbound or not says(model, "kept"):
        return {}
    before = read()
    return model.kept(before, {**before, **changes} if changes is not None else None)


def _hold(session: Session, row: Entity, changes: Mapping[str, Any] | None = None) -> None:
    if why := held(scope.asker(session), type(row), partial(current, row), changes):
        raise Refused({key: RuleError(text) for key, text in why.items()})


def delete(session: Session, *rows: Entity) -> None:
    """Put rows, and what is part of them, into the trash: 30 days to take them back.

    Refused while other records lean on them: nobody's work disappears with a colleague's account.
    """
    for model in {type(row) for row in rows}:
        _allow(scope.asker(session), "delete", model)
    whole = [*rows, *parts.of(session, rows)]
    if leaning := parts.leaning(session, whole):
        raise Refused({"": RuleError(_("还有 %(count)s 条%(label)s与它相连，不能删除；可以改为停用、离岗或结束"), count=leaning[0], label=leaning[1])})
    for one in whole:
        _hold(session, one)
    with history.told_as(session, "delete"):
        moment = utc_now()
        for one in whole:
            one.deleted_at = moment
        _flush(session)


def restore(session: Session, row: Entity, values: Mapping[str, Any] | None = None, version: int | None = None) -> list[parts.Lost]:
    """Take a row back from the trash, with what went there with it; gives the links that were emptied, as what they led to is in the trash.

    ``values``: what is put right of the row as it comes, ``version`` as in ``edit``; Conflict where it came back since.
    """
    for verb in ("delete", "write") if values else ("delete",):
        _allow(scope.asker(session), verb, type(row))
    if values and row.deleted_at is None or version not in (None, row.version):
        raise Conflict
    if label := parts.gone(session, row):
        raise Refused({"": RuleError(_("它所属的%(label)s也已删除，请先恢复那一条"), label=label)})
    with scope.trash(session), history.told_as(session, "restore"), session.no_autoflush:  # one line of history for all of it
        if values:
            clean = check(session, type(row), values, row)
            _hold(session, row, clean)
            assign(row, clean)
        back = parts.coming(session, row)
        if early := births.early(session, dict.fromkeys(back), hold=True):
            raise Refused(early)
        lost = parts.take_back(session, back)
        if needed := next((one for one in lost if one.field.required), None):
            raise Refused({"": RuleError(_("它的%(label)s%(name)s也已删除，请先恢复那一条"), label=needed.field.label, name=needed.called)})
        _flush(session)
    return lost


def revert(session: Session, row: Entity, change: Any) -> None:
    """Set a row back to what it was before ``change``."""
    revert_all(session, {row: change})


def revert_all(session: Session, before: Mapping[Any, Any], action: str = "restore", verb: str = "write") -> None:
    """Set rows back, each to what it was before a change; the history tells it as ``action``; ``verb`` is what the role must have. All or none."""
    for model in {type(row) for row in before}:
        _allow(scope.asker(session), verb, model)
    changes = {row: earlier.values(session, row, change) for row, change in before.items()}
    if wrong := against(session, changes, hold=True):
        raise Refused(wrong)
    with history.told_as(session, action):
        for row, values in changes.items():
            earlier.put(row, values)
        _flush(session)


def against(session: Session, changes: Mapping[Any, Mapping[str, Any]], *, hold: bool = False) -> dict[str, RuleError]:
    """Why rows do not go back, each to these earlier values, by field; ``hold`` as in births.py, for who writes them then."""
    who, wrong = scope.asker(session), dict[str, RuleError]()
    for row, values in changes.items():
        kept = held(who, type(row), partial(current, row), values)
        wrong |= ({key: RuleError(text) for key, text in kept.items()} or belonging.strangers(session, type(row), {**current(row), **values}, kept=True))
    return wrong or births.put_right(session, changes, hold=hold) or births.early(session, changes, hold=hold)


def _allow(who: scope.Asker, verb: str, model: type[Entity]) -> None:
    if not who.may(verb, model):
        raise Forbidden(f"{verb} {model.__name__}")


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Hold back the flushes of what is added and edited inside: many rows in one, at the end.

    Much faster; but what is refused at the end names no row, and unique values are not held against rows of the same block.
    """
    session.info["together"] = True
    try:
        with session.no_autoflush:
            yield
    finally:
        del session.info["together"]
    _flush(session)


def _flush(session: Session) -> None:
    """Flush; what the database or the scope refuses becomes a message beside a field."""
    if session.info.get("together"):
        return
    try:
        session.flush()
    except StaleDataError as stale:
        raise Conflict from stale
    except scope.OutOfScope as out:
        raise Refused({out.key: RuleError(_("找不到这一项，或不在您的管辖范围"))}) from out
    except IntegrityError as broken:
        raise Refused({"": RuleError(_("与已有记录冲突，未保存，请核对后重试"))}) from broken
