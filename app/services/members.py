"""Accounts: who may appoint whom and where, passwords, log-ins. Pages, API and imports all meet these rules.

The rules stand on the session (``before_flush``), so that no way in goes round them. Passwords and
counters are written past the ORM: they are no fields, have no history, and a log-in must not make the
form of a colleague stale.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import Session

from app import roles
from app.models import codes, rules
from app.models.audit import AccessLog
from app.models.base import utc_now
from app.models.org import Area, Member, School, Staff
from app.models.rule import compact
from app.models.rules import RuleError
from app.models.words import _
from app.services import history, keys, records, scope

AT_SCHOOL = ("school", "teacher")
LEVEL = {"county": "county", "township": "township"}  # role → level of the area it belongs to
# Without 0 O 1 l I, because it is read out or copied by hand.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LAST_LOGINS = 10


def appointable(who: scope.Asker) -> dict[str, str]:
    """Role → label of those that who asks may give."""
    return {role: codes.ROLE[role] for role in roles.MAY_APPOINT.get(who.role, ())}


def manages(who: scope.Asker, member: Member) -> bool:
    """Whether who asks may change this account: a role below, and never the own."""
    return who.unbound or (member.id != who.member_id and member.role in appointable(who))


def placed(session: Session, values: Mapping[str, Any], row: Member | None = None) -> dict[str, Any]:
    """The values with the area that the school lies in."""
    found, who = dict(values), scope.asker(session)
    if row is None and who.school_id is not None:
        found["school"] = who.school_id
    school_id = found.get("school", row.school_id if row is not None else None)
    area_id = session.scalar(select(School.area_id).where(School.id == school_id)) if school_id else None
    return {**found, "area": area_id} if area_id else found


@event.listens_for(Session, "before_flush")
def _guard(session: Session, *_args: Any) -> None:
    """Hold every written account against the rules; Refused says which field is wrong."""
    changed = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Member)]
    if not changed or (who := scope.asker(session)).unbound:
        return
    with session.no_autoflush:
        for row in changed:
            if row in session.dirty and not session.is_modified(row):
                continue
            errors = _role_errors(session, who, row) or (_place_errors(session, row) if _placed_anew(row) else {})
            if errors:
                raise records.Refused(errors)
            if inspect(row).attrs.active.history.deleted or inspect(row).attrs.deleted_at.history.has_changes():
                _end_access(session, row)


def switch_off(session: Session, row: Member) -> None:
    """Nobody logs in with it, and who has goes on no more."""
    row.active = False
    _end_access(session, row)


def _end_access(session: Session, row: Member) -> None:
    """Sessions and keys of before do not live again when the account is switched on or taken back."""
    row.session_stamp = secrets.token_hex(16)
    keys.revoke_all(session, row.id)


def _placed_anew(row: Member) -> bool:
    """An account whose teacher has left can still be switched off or deleted; to switch it on it must be right again."""
    state: Any = inspect(row)
    touched = any(state.attrs[column].history.has_changes() for column in ("role", "area_id", "school_id", "staff_id"))
    return not state.persistent or touched or bool(row.active and state.attrs.active.history.has_changes())


def _role_errors(session: Session, who: scope.Asker, row: Member) -> dict[str, RuleError]:
    if row.id is not None and row.id == who.member_id:
        return {"": RuleError(_("不能修改自己的账号，请联系上一级管理员"))}
    if row.role not in appointable(who) or _role_before(session, row) not in {*appointable(who), None}:
        return {"role": RuleError(_("您不能任免这个角色"))}
    return {}


def _role_before(session: Session, row: Member) -> str | None:
    """As the database says: an attribute that was not loaded has forgotten its old value."""
    if not inspect(row).persistent:
        return None
    table = Member.__table__
    return session.scalar(select(table.c.role).where(table.c.id == row.id))


def _place_errors(session: Session, row: Member) -> dict[str, RuleError]:
    """Whether role and place belong together. Whether the place is in scope is said in scope.py."""
    with scope.everything(session):
        if row.role in AT_SCHOOL:
            return _school_errors(session, row)
        if row.school_id or row.staff_id:
            return {"school" if row.school_id else "staff": RuleError(_("这个角色不属于学校，请留空"))}
        level = session.scalar(select(Area.level).where(Area.id == row.area_id))
    if row.role in LEVEL and level != LEVEL[row.role]:
        return {"area": RuleError(_("这个角色的区域应选%(level)s一级"), level=codes.AREA_LEVEL[LEVEL[row.role]])}
    return {}


def _school_errors(session: Session, row: Member) -> dict[str, RuleError]:
    if row.school_id is None:
        return {"school": RuleError(_("学校管理员和班主任要选学校"))}
    if session.scalar(select(School.area_id).where(School.id == row.school_id)) != row.area_id:
        return {"area": RuleError(_("区域应是学校所在的区域"))}
    if row.role == "teacher" and row.staff_id is None:
        return {"staff": RuleError(_("班主任要选教职工，账号才看得到本人任教的班"))}
    if row.staff_id and _held_at(session, row.staff_id) != row.school_id:
        return {"staff": RuleError(_("这位教职工不在所选学校"))}
    return {}


def _held_at(session: Session, staff_id: int) -> int | None:
    """The school of a colleague, who goes to no other one before this transaction ends: whoever takes them there finds the account, and switches it off."""
    return session.scalar(select(Staff.school_id).where(Staff.id == staff_id).with_for_update(read=True))


def make_admin(session: Session, username: str, name: str, area_code: str | None, hashed: str) -> Member:
    """The first account of a desk, made by who keeps the machine; one that is an admin already gets the password anew.

    Refused without an area, with a bad name, or where the account is somebody else's. ``session`` is the system's.
    """
    member = session.scalars(select(Member).where(Member.username == compact(username).lower())).one_or_none()
    if member is None:
        area = _area_of_admin(session, area_code)
        member = records.add(session, Member, {"username": username, "name": name, "role": "admin", "area": area.id, "active": True})
        session.flush()
    elif member.role != "admin":
        raise records.Refused({"username": RuleError(_("已有这个账号，且不是系统管理员"))})
    reset_password(session, member, hashed)
    return member


def _area_of_admin(session: Session, code: str | None) -> Area:
    """The area with this code, or the only one at the top."""
    which = Area.code == code if code else Area.parent_id.is_(None)
    found = session.scalars(select(Area).where(which).limit(2)).all()
    if len(found) != 1:
        raise records.Refused({"area": RuleError(_("请先载入区划（flask seed divisions），并用 --area 写明区划代码"))})
    return found[0]


# Passwords and log-ins --------------------------------------------------------------------
def new_password() -> str:
    """Twelve letters and digits, about 69 bits; ends in both kinds, so that the rule for passwords holds."""
    return "".join(secrets.choice(LETTERS) for _place in range(9)) + "".join(secrets.choice(part) for part in ("abcdefghjk", "ABCDEFGHJK", "23456789"))


def reset_password(session: Session, member: Member, hashed: str) -> None:
    """Give an account a first password: its sessions and keys end, and it must choose its own at the next log-in."""
    if not manages(scope.asker(session), member):
        raise records.Forbidden("password")
    _write(session, member, password=hashed, session_stamp=secrets.token_hex(16), must_change_password=True, failed_logins=0, locked_until=None)
    keys.revoke_all(session, member.id)
    history.log_access(session, "password", "Member", row=member)


def unlock(session: Session, member: Member) -> None:
    """Let an account try again before its lock ends."""
    if not manages(scope.asker(session), member):
        raise records.Forbidden("unlock")
    _write(session, member, failed_logins=0, locked_until=None)


def own_password_errors(member: Member, new: str, again: str, *, old_is_right: bool, same: bool) -> dict[str, RuleError]:
    """What is wrong with a change of the own password."""
    if not old_is_right:
        return {"old": RuleError(_("原密码不对"))}
    try:
        rules.password_for(member.username).check(new)
    except RuleError as wrong:
        return {"new": wrong}
    if same:
        return {"new": RuleError(_("新密码不能与原密码相同"))}
    return {} if new == again else {"again": RuleError(_("两次输入的新密码不一致"))}


def set_own_password(session: Session, member: Member, hashed: str) -> int:
    """Take the new password; all sessions end, the caller keeps its own by logging in anew. All keys end: returns how many."""
    _write(session, member, password=hashed, session_stamp=secrets.token_hex(16), must_change_password=False)
    history.log_access(session, "password", "Member", row=member)
    return keys.revoke_all(session, member.id)


def locked(member: Member) -> bool:
    return member.locked_until is not None and member.locked_until > utc_now()


def count_login(session: Session, member: Member, right: bool, lock_after: int, lock_for: timedelta) -> None:
    """Remember a log-in that worked, or one that did not: after ``lock_after`` in a row the account rests."""
    if right:
        scope.bind(session, scope.asker_of(session, member))
        _write(session, member, failed_logins=0, locked_until=None, last_login=utc_now())
        history.log_access(session, "login", "Member", row=member)
        return
    with scope.everything(session):
        _write(session, member, failed_logins=Member.__table__.c.failed_logins + 1)
        if member.failed_logins >= lock_after:
            _write(session, member, failed_logins=0, locked_until=utc_now() + lock_for)
        history.log_access(session, "refused", "Member", row=member)


def last_logins(session: Session, member_id: int) -> Sequence[AccessLog]:
    """The newest log-ins of an account and those that failed."""
    with scope.everything(session):
        return session.scalars(select(AccessLog).where(
            AccessLog.entity == "Member", AccessLog.row_id == member_id, AccessLog.action.in_(("login", "refused", "password")))
            .order_by(AccessLog.id.desc()).limit(LAST_LOGINS)).all()


def _write(session: Session, member: Member, **values: Any) -> None:
    table = Member.__table__
    session.execute(update(table).where(table.c.id == member.id).values(**values))
    session.refresh(member, list(values))
