"""Figures on the register itself: who keeps it, whether it is up to date and its numbers hold (A3, B1, B7, B11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.models import crypto, rules
from app.models.children import Child, ParentSpell
from app.models.org import Member
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Evidence, Figure, Params, Rows, among, evidence, ids
from app.services.evidence.judge import faults, faults_of
from app.services.evidence.period import last_birth, last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import look, tally

NUMBERS = (Child.id, Child.uid, Child.sex, Child.birth_date, Child.id_number_enc, Child.student_number_enc)


@evidence("active_accounts", label=_("学校管理账号"))
def active_accounts(at: Place, params: Params) -> Figure:
    """Accounts in use that keep the school's files. One or more proves no hand-over, so it suggests nothing."""
    of = (Member.school_id == at.school.id, Member.role == "school")
    found = yield tally(Member, *of, active=Member.active)
    text = _("学校有 %(active)s 个启用的管理账号，另有 %(off)s 个停用")
    said = {"active": found.active, "off": found.total - found.active}
    level, advice = ("ok", None) if found.active else ("bad", "fail")
    rows = Rows(Member, ids(Member, *of, Member.active), found.active)
    return Evidence(text, found.active, _("个"), found.active, None, None, level, advice, _("至少 1 个"), said, rows)


@evidence("roster_updated_in_time", label=_("花名册更新"), within_days=30)
def roster_updated_in_time(at: Place, params: Params) -> Evidence:
    """Days from the first day of term to the last update of the roster (S2).

    Only the last update is known: one after the limit may have followed one in time, so it suggests "partly".
    """
    updated, first, within = at.school.roster_updated_on, at.term.first, params["within_days"]
    said = {"within": within, "updated": updated.isoformat() if updated else "", "first": first.isoformat(),
            "days": (updated - first).days if updated else 0}
    level, advice, text = _roster(updated, first, within, at.on)
    days = said["days"] if updated and updated >= first else None
    return Evidence(text, days, _("天"), None, None, None, level, advice, _("开学后 %(within)s 天以内"), said)


def _roster(updated: date | None, first: date, within: int, on: date) -> tuple[str, str | None, str]:
    """Level, suggestion and text."""
    limit = first + timedelta(within)
    if updated is None or updated < first:
        text = _("本学期（%(first)s 开学）花名册还没有更新，上次更新：%(updated)s") if updated else _("花名册没有更新记录")
        return ("bad", "fail", text) if on > limit else ("warn", None, text)
    text = _("花名册于 %(updated)s 更新，在开学后第 %(days)s 天")
    return ("ok", "pass", text) if updated <= limit else ("warn", "partly", text)


@evidence("number_checks", label=_("身份证号和学籍号"), id_number_length=18, student_number_length=19)
def number_checks(at: Place, params: Params) -> Figure:
    """Left-behind children whose ID or student number fails its check (GB 11643; student record indicators).

    An ID number must also agree with the birth date and the sex on file. No two children share a
    number: the database refuses it.
    """
    children = yield look(select(*NUMBERS).where(*group.left_behind(at.school)))
    numbered = [child for child in children if child.id_number_enc or child.student_number_enc]
    wrong = [child.id for child in numbered if not _sound(child, params)]
    return faults(len(wrong), len(numbered), unit=_("人"), rows=among(Child, wrong),
                  suggestion=None if wrong == [] and len(numbered) < len(children) else "",
                  text=_("已登记号码的 %(total)s 人中，%(bad)s 人的号码校验不通过；另有 %(missing)s 人未登记号码；没有重号"),
                  empty=_("留守儿童都没有登记身份证号和学籍号") if children else group.NO_CHILDREN,
                  threshold=_("全部通过校验，不重号"), missing=len(children) - len(numbered))


def _sound(child: Any, params: Mapping[str, Any]) -> bool:
    try:
        number = _opened(child.id_number_enc, "child.id_number", child.uid)
        student = _opened(child.student_number_enc, "child.student_number", child.uid)
        rules.id_number(number)
        rules.student_number(student)
    except (rules.RuleError, crypto.SealBroken):
        return False
    if student is not None and len(student) != params["student_number_length"]:
        return False
    return number is None or (len(number) == params["id_number_length"] and rules.birth_of(number) == child.birth_date
                              and rules.sex_of(number) == child.sex)


def _opened(sealed: bytes | None, place: str, uid: str) -> str | None:
    return crypto.unseal(sealed, place, uid) if sealed else None


@evidence("changes_overdue", label=_("变动未办理"), max_days=30, max_age_years=16)
def changes_overdue(at: Place, params: Params) -> Figure:
    """Open files that should have been changed over ``max_days`` ago: grown too old, or the parents came home.

    Whether a child left for another school is not known before the school enters it.
    """
    since = last_days(at.on, params["max_days"])
    grown = and_(Child.left_behind != "0", Child.birth_date <= last_birth(params["max_age_years"], since - timedelta(1)))
    away = ParentSpell.state == "away"
    home = and_(Child.left_behind == "0", group.spell_of(away, ParentSpell.until < since),
                ~group.spell_of(away, or_(ParentSpell.until.is_(None), ParentSpell.until >= since)))
    return faults_of(Child, group.on_file(at.school), or_(grown, home), unit=_("人"), empty=_("学校没有在册儿童档案"),
                     text=_("在册 %(total)s 人中，%(bad)s 人满 %(age)s 周岁或父母返乡已超过 %(days)s 天，档案还没有变更"),
                     threshold=_("变动后 %(days)s 天以内办理"), age=params["max_age_years"], days=params["max_days"])
