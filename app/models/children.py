"""The child, who guards it, and where its parents are."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models import codes, rules
from app.models.base import INTERNAL, PERSONAL, Entity, OfChild, OfSchool, field, link, secret
from app.models.letters import Several
from app.models.org import LIVE, live
from app.models.words import _

KEY = String(80, collation="C").with_variant(String(80, collation="BINARY"), "sqlite")


class Child(Entity, OfSchool):
    """One child's file: the official registration form (农村留守儿童登记表), and the contact card."""

    __tablename__ = "child"
    __label__ = _("儿童档案")
    __title__ = "name"
    __indexed__ = ("school",)
    __released__ = ("file_state", "moved_out")
    __table_args__ = (
        Index("ux_child_id_number", "id_number_hash", unique=True, **live("file_state <> 'moved_out'")),
        Index("ux_child_student_number", "student_number_hash", unique=True, **live("file_state <> 'moved_out'")),
        # Who is looked up by a number may have given it up.
        Index("ix_child_id_number", "id_number_hash", **LIVE),
        Index("ix_child_student_number", "student_number_hash", **LIVE),
        # Every order that a list offers, over the whole county and within one school.
        Index("ix_child_pinyin", "pinyin", "id", **LIVE),
        # Of all rows, so that it also serves the foreign key; and SQLite counts and sorts some schools' children by it without a look at their rows.
        Index("ix_child_school_pinyin", "school_id", "deleted_at", "pinyin", "id"),
        Index("ix_child_birth", "birth_date", "id", **LIVE),
        Index("ix_child_school_birth", "school_id", "birth_date", "id", **LIVE),
        Index("ix_child_left_behind", "left_behind", "pinyin", "id", **LIVE),
    )
    name: Mapped[str] = field(_("姓名"), String(40), PERSONAL)
    sex: Mapped[str] = field(_("性别"), String(1), PERSONAL, choices=codes.SEX)
    birth_date: Mapped[date] = field(_("出生日期"), Date, PERSONAL, rule=rules.plausible_birth)
    ethnic_group: Mapped[str | None] = field(_("民族"), String(20), PERSONAL)
    id_number = secret(_("身份证号"), rule=rules.id_number, unique=True)
    student_number = secret(_("学籍号"), rule=rules.student_number, unique=True)
    school_class = link(_("班级"), "SchoolClass", same_school=True, required=False)
    stage: Mapped[str] = field(_("就学状态"), String(20), PERSONAL, choices=codes.STAGE)
    boarder: Mapped[bool] = field(_("寄宿"), Boolean, INTERNAL, default=False)
    rural: Mapped[bool] = field(_("农村户籍"), Boolean, INTERNAL, default=True)
    registered: Mapped[str | None] = field(_("已登记户口"), String(3), PERSONAL, choices=codes.REGISTERED)
    household_address = secret(_("户籍地址"), rule=rules.max_length(120))
    residence = secret(_("现住址"), rule=rules.max_length(120))
    health: Mapped[str] = field(_("健康状况"), String(10), PERSONAL, choices=codes.HEALTH, default="healthy")
    disability_kind: Mapped[str | None] = field(_("残疾类别"), String(10), PERSONAL, choices=codes.DISABILITY)
    disability_grade: Mapped[str | None] = field(_("残疾等级"), String(1), PERSONAL, choices=codes.DISABILITY_GRADE)
    illness: Mapped[str | None] = field(_("残疾或疾病说明"), String(120), PERSONAL)
    special_group: Mapped[str | None] = field(_("重点对象"), String(20), PERSONAL, choices=codes.SPECIAL_GROUP)
    guard_rating: Mapped[str | None] = field(_("监护情况"), String(10), PERSONAL, choices=codes.GUARD_RATING)
    alone: Mapped[bool] = field(_("独自生活"), Boolean, PERSONAL, default=False, hint=_("身边没有成年人照看"))
    income: Mapped[str | None] = field(_("家庭经济来源"), Several(codes.INCOME, 40), PERSONAL, rule=rules.several(*codes.INCOME),
                                       hint=_("可填几项"))
    aid: Mapped[str | None] = field(_("救助帮扶"), Several((*codes.AID, codes.NO_AID), 40), PERSONAL,
                                    rule=rules.several(*codes.AID, none=codes.NO_AID), hint=_("可填几项；没有的填“无”"))
    character: Mapped[str | None] = field(_("性格爱好"), String(120), PERSONAL)
    journey: Mapped[str | None] = field(_("上学方式"), String(60), INTERNAL)
    file_state: Mapped[str] = field(_("档案状态"), String(10), INTERNAL, choices=codes.FILE_STATE, default="open")
    filed_on: Mapped[date | None] = field(_("建档日期"), Date, INTERNAL, rule=rules.not_in_future)
    # Derived, kept by services/derived.py, so that lists need no counting.
    left_behind: Mapped[str] = field(_("留守类型"), String(1), PERSONAL, choices=codes.LEFT_BEHIND, read_only=True, default="0")
    left_behind_civil: Mapped[str] = field(_("民政留守类型"), String(1), PERSONAL, choices=codes.LEFT_BEHIND, read_only=True, default="0",
                                           hint=_("不满十六周岁的农村儿童，父母都外出，或一方外出另一方无监护能力"))
    last_talk_on: Mapped[date | None] = field(_("最近谈心"), Date, INTERNAL, read_only=True)
    last_visit_on: Mapped[date | None] = field(_("最近家访"), Date, INTERNAL, read_only=True)
    last_contact_on: Mapped[date | None] = field(_("最近亲情联系"), Date, INTERNAL, read_only=True)
    pinyin: Mapped[str] = mapped_column(KEY, default="")

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """The ID number says birth date and sex (GB 11643); what it says must agree with the fields."""
        found = rules.not_before(values, "birth_date", "filed_on", _("不能早于孩子的出生日期"))
        number = values.get("id_number")
        if not number:
            return found
        born = rules.birth_of(number)
        if born is None:  # stored before today's rule, which tells the field; there is nothing to compare
            return found
        if born != values.get("birth_date"):
            found["birth_date"] = _("与身份证号中的出生日期不一致")
        if rules.sex_of(number) not in (None, values.get("sex")):
            found["sex"] = _("与身份证号中的性别不一致")
        return found


class ChildKey(Entity, OfChild):
    """One search key of a child's name: a suffix of the name, of its pinyin or of its initials.

    Any part of a name is the beginning of one of its suffixes, so that one B-tree range finds it
    on both engines. Kept by services/derived.py.
    """

    __tablename__ = "child_key"
    __label__ = _("姓名检索")
    __table_args__ = (Index("ix_child_key", "key", "child_id"),
                      Index("ix_child_key_school", "school_id", "key", "child_id"))
    key: Mapped[str] = mapped_column(KEY)


class Guardian(Entity, OfChild):
    """A parent or an entrusted guardian of one child; the registration form asks for the grandparents too."""

    __tablename__ = "guardian"
    __label__ = _("监护人")
    __title__ = "name"
    name: Mapped[str] = field(_("姓名"), String(40), PERSONAL)
    rank: Mapped[str] = field(_("监护顺序"), String(10), PERSONAL, choices=codes.GUARDIAN_RANK)
    relation: Mapped[str] = field(_("与儿童关系"), String(24), PERSONAL, choices=codes.RELATION)
    birth_date: Mapped[date | None] = field(_("出生日期"), Date, PERSONAL, rule=rules.not_in_future)
    occupation: Mapped[str | None] = field(_("职业"), String(40), PERSONAL)
    workplace: Mapped[str | None] = field(_("工作地"), String(80), PERSONAL, hint=_("填到省、市"))
    id_number = secret(_("身份证号"), rule=rules.id_number)
    phone = secret(_("联系电话"), rule=rules.phone)
    address = secret(_("住址"), rule=rules.max_length(120))
    ability: Mapped[str | None] = field(_("照护能力"), String(10), PERSONAL, choices=codes.CARE_ABILITY)
    ill: Mapped[bool] = field(_("患病"), Boolean, PERSONAL, default=False)
    deceased: Mapped[bool] = field(_("已去世"), Boolean, PERSONAL, default=False, hint=_("登记表上划“—”"))


class ParentSpell(Entity, OfChild):
    """Where one parent was, from a day to a day: the status of the child is computed from these."""

    __tablename__ = "parent_spell"
    __label__ = _("父母去向")
    parent: Mapped[str] = field(_("父母"), String(10), PERSONAL, choices=codes.PARENT)
    state: Mapped[str] = field(_("去向"), String(10), PERSONAL, choices=codes.WHEREABOUTS)
    since: Mapped[date] = field(_("开始日期"), Date, PERSONAL, rule=rules.past_years(40))
    until: Mapped[date | None] = field(_("结束日期"), Date, PERSONAL, hint=_("至今则不填"))
    where_to: Mapped[str | None] = field(_("地点"), String(80), PERSONAL, hint=_("填到省、市"))
    able: Mapped[bool] = field(_("有监护能力"), Boolean, PERSONAL, default=True)
    unable_reason: Mapped[str | None] = field(_("无能力原因"), String(60), PERSONAL)
    notified: Mapped[bool] = field(_("已书面告知学校"), Boolean, INTERNAL, default=False)

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """Where a parent was may have begun before the child was born, but not ended."""
        return {**rules.not_before_birth(values, "until"),
                **rules.not_before(values, "since", "until", _("结束日期不能早于开始日期"))}
