"""Numbers and words that a figure beside a tick is measured with: what each is called, and what may be put in.

Kept with a checklist item as ``{name: value}``; which of them a function takes is said where it is registered
(``services/evidence``). Whole numbers in the unit told; ``unit`` None: words that 、 sets apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, TypeDecorator

from app.models.rule import Rule, RuleError, clean_text
from app.models.words import _


@dataclass(frozen=True)
class Parameter:
    """What one is called; its unit; the least and the most that make sense."""

    label: str
    unit: str | None
    least: int = 1
    most: int = 999


_DAYS, _TIMES, _YEARS, _PEOPLE, _MONTH = _("天"), _("次"), _("岁"), _("人"), _("个月")
LONGEST_WORDS = 500  # characters

PARAMETERS: dict[str, Parameter] = {
    "activities_per_term": Parameter(_("每学期至少"), _TIMES, 0),
    "alone_under_years": Parameter(_("独自居住算无人监护，未满"), _YEARS, 1, 18),
    "attendants_per_run": Parameter(_("每趟照管员至少"), _PEOPLE, 0, 9),
    "away_months": Parameter(_("外出算留守，满"), _MONTH, 1, 24),
    "before_visit_days": Parameter(_("检查前多少天内录入的另算"), _DAYS, 0),
    "bulk_min_records": Parameter(_("集中录入至少"), _("条"), 2),
    "bulk_window_minutes": Parameter(_("集中录入的时间范围"), _("分钟"), 1, 1440),
    "checks": Parameter(_("出车前检查的项目"), _("项"), 1, 50),
    "clarities": Parameter(_("五个清楚中要求的前几项"), _("项"), 1, 5),
    "days_before_term": Parameter(_("开学前多少天起的计划算本学期"), _DAYS, 0),
    "dish_words": Parameter(_("高风险食品的字词"), None),
    "elderly_from_years": Parameter(_("监护人算高龄，满"), _YEARS, 50, 100),
    "first_report_month": Parameter(_("春季报表的月份"), _("月"), 1, 12),
    "hours_per_day": Parameter(_("每天值守"), _("小时"), 1, 24),
    "id_number_length": Parameter(_("身份证号的位数"), _("位"), 1, 40),
    "inform_within_days": Parameter(_("报告的期限"), _DAYS, 0),
    "interval_months": Parameter(_("每隔多久至少一次"), _MONTH, 1, 24),
    "kindergarten_interval_days": Parameter(_("幼儿园每隔多久至少一次"), _DAYS),
    "kindergarten_interval_months": Parameter(_("幼儿园每隔多久至少一次"), _MONTH, 1, 24),
    "large_from_pupils": Parameter(_("大校，学生从"), _PEOPLE, 1, 99999),
    "large_guards": Parameter(_("大校保安至少"), _PEOPLE, 0),
    "lessons_per_term": Parameter(_("每学期至少"), _("节"), 0),
    "max_age_days": Parameter(_("最长间隔"), _DAYS, 1, 3660),
    "max_age_years": Parameter(_("年龄上限"), _YEARS, 1, 100),
    "max_children_per_helper": Parameter(_("一人最多结对"), _PEOPLE),
    "max_days": Parameter(_("办理期限"), _DAYS, 0),
    "meetings_per_month": Parameter(_("每月至少"), _TIMES, 0),
    "meetings_per_term": Parameter(_("每学期至少"), _TIMES, 0),
    "middle_guards": Parameter(_("一般学校保安至少"), _PEOPLE, 0),
    "min_age_years": Parameter(_("年龄下限"), _YEARS, 0, 100),
    "min_grams": Parameter(_("每份留样至少"), _("克"), 1, 5000),
    "min_hours": Parameter(_("留样至少"), _("小时"), 1, 720),
    "min_managers": Parameter(_("食品安全管理员至少"), _PEOPLE, 0),
    "min_teachers": Parameter(_("心理教师至少"), _PEOPLE, 0),
    "monthly_due_day": Parameter(_("每月报送截止日"), _("日"), 1, 31),
    "openings_per_month": Parameter(_("每月开放至少"), _TIMES, 0),
    "parent_days": Parameter(_("与父母联系的最长间隔"), _DAYS),
    "patrols_per_day": Parameter(_("每天巡查至少"), _TIMES, 0),
    "pupils_per_seat": Parameter(_("每个蹲位最多"), _PEOPLE),
    "records_per_month": Parameter(_("每月记录至少"), _("条"), 0),
    "reports_per_month": Parameter(_("每月报告至少"), _TIMES, 0),
    "review_max_age_days": Parameter(_("审验的最长间隔"), _DAYS, 1, 3660),
    "ride_words": Parameter(_("非校车的字词"), None),
    "sample_children": Parameter(_("抽查儿童"), _PEOPLE),
    "sample_files": Parameter(_("抽查档案"), _("份")),
    "school_days": Parameter(_("任何联系的最长间隔"), _DAYS),
    "second_report_month": Parameter(_("秋季报表的月份"), _("月"), 1, 12),
    "sessions_per_term": Parameter(_("每学期至少"), _TIMES, 0),
    "small_guards": Parameter(_("小校保安至少"), _PEOPLE, 0),
    "small_under_pupils": Parameter(_("小校，学生少于"), _PEOPLE, 1, 99999),
    "step_guards": Parameter(_("大校每满一档再加保安"), _PEOPLE, 0),
    "step_pupils": Parameter(_("大校每一档的学生"), _PEOPLE, 1, 99999),
    "student_number_length": Parameter(_("学籍号的位数"), _("位"), 1, 40),
    "talks_per_month": Parameter(_("每月至少"), _TIMES, 0),
    "target_percent": Parameter(_("应达到"), "%", 1, 100),
    "times_per_term": Parameter(_("每学期至少"), _TIMES, 0),
    "unattended_under_years": Parameter(_("不得无人看护，未满"), _YEARS, 1, 18),
    "visits_per_term": Parameter(_("每学期至少"), _TIMES, 0),
    "within_days": Parameter(_("期限"), _DAYS, 0),
}


# The functions that compute a figure, filled where they are registered (services/evidence): name → label, name → what it takes.
FIGURES: dict[str, str] = {}
TAKES: dict[str, Mapping[str, Any]] = {}


class Parameters(TypeDecorator[dict[str, Any]]):
    """``{name: value}`` as JSON; pages, forms and the API read from the type what the values are."""

    impl = JSON
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)  # an item without any has none, whoever says so


def read(name: str, raw: Any) -> int | str:
    """One typed or sent value as it is kept; RuleError says what is wrong with it."""
    one = PARAMETERS[name]
    if one.unit is None:
        return _words(raw)
    text = clean_text(str(raw)).removesuffix(one.unit).strip()
    if isinstance(raw, bool) or not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise RuleError(_("应填整数"))
    if not one.least <= int(text) <= one.most:
        raise RuleError(_("应在 %(least)s 到 %(most)s 之间"), least=one.least, most=one.most)
    return int(text)


def _words(raw: Any) -> str:
    words = [word for word in clean_text(str(raw)).replace("，", "、").replace(",", "、").split("、") if word.strip()]
    if not words:
        raise RuleError(_("请填写至少一个词，多个用顿号隔开"))
    joined = "、".join(dict.fromkeys(word.strip() for word in words))
    if len(joined) > LONGEST_WORDS:
        raise RuleError(_("最多 %(most)s 个字"), most=LONGEST_WORDS)
    return joined


def _check(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict) or not set(values) <= set(PARAMETERS):
        raise RuleError(_("有系统不认识的参数"))
    found = {}
    for name, raw in values.items():
        try:
            found[name] = read(name, raw)
        except RuleError as wrong:
            raise RuleError(_("“%(name)s”：%(why)s"), name=PARAMETERS[name].label, why=wrong.message % wrong.params) from wrong
    return found


known = Rule("parameters", _check)


BETWEEN = "；"  # two of them


def told(values: Mapping[str, Any]) -> str:
    """All of them as one line of history, a sheet or a comparison."""
    return BETWEEN.join(f"{PARAMETERS[name].label} {amount(name, value)}" for name, value in sorted(values.items()) if name in PARAMETERS)


def amount(name: str, value: Any) -> str:
    """A value with its unit."""
    unit = PARAMETERS[name].unit
    return f"{value} {unit}" if unit else str(value)
