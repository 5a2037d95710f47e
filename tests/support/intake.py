"""What tests of imports ask for: rosters, plans, and what became of them."""

import secrets

from sqlalchemy import select

from app import roles
from app.models.org import SchoolClass
from app.panel.views_by_entity import VIEWS
from app.services import importing, scope

ACCOUNTS = ("admin", "county", "township", "school", "teacher")


def importable(account):
    return [name for name, verbs in roles.ROLES[account].items() if "i" in verbs]


def plan_of(session, entity, rows):
    return importing.read_plan(session, VIEWS[entity].model, VIEWS[entity].columns, rows)


def commit(session, entity, plan, token=""):
    return importing.commit(session, VIEWS[entity].model, plan, file_name="花名册.xlsx", token=token or secrets.token_urlsafe(24))


def outcome(plan):
    return dict(plan.counts())


def told(plan):
    return [(one.row + 1, one.label, one.value, str(one.error)) for one in plan.wrong]


def class_name(session):
    """A class that a teacher and the admin of the school both see as theirs."""
    who = scope.asker(session)
    ids = select(SchoolClass.id).where(SchoolClass.id.in_(who.class_ids)) if who.by_class else select(SchoolClass.id)
    return session.scalars(select(SchoolClass.name).where(SchoolClass.id.in_(ids)).order_by(SchoolClass.id).limit(1)).one()


def roster(session, *names):
    """A sheet of new children as a school would type it."""
    head = ["姓名*", "性别*", "出生日期*", "班级", "就学状态*", "现住址"]
    return [head, *([name, "女", "2016年3月2日", class_name(session), "小学", "示例村1组"] for name in names)]
