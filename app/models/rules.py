"""Rules of single values: each gives the value back normalised or raises RuleError.

None and "" pass every rule: whether a value may be missing is said by the column.
Messages never repeat a refused value, which may be an ID number.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.models import clock
from app.models.id_number import birth_of, check_digit, id_number, sex_of, sound_numbers
from app.models.rule import Rule, RuleError, clean_text, compact
from app.models.words import _

__all__ = [
    "BORN", "SCHOOL_TYPES", "Rule", "RuleError", "age_between", "between", "birth_of", "check_digit",
    "clean_text", "division_code", "id_number", "max_length", "not_before", "not_before_birth", "not_in_future",
    "not_negative", "one_line", "password", "password_for", "past_years", "percent", "phone", "plate", "plausible_birth",
    "school_code", "school_year", "several", "sex_of", "student_number", "username", "within_years",
]


def _check_one_line(value: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in value):
        raise RuleError(_("只能写一行，请去掉换行和制表符"))
    return value


one_line = Rule("one_line", _check_one_line)


def max_length(limit: int) -> Rule:
    """At most `limit` characters (code points)."""

    def check(value: str) -> str:
        if len(value) > limit:
            raise RuleError(_("最多 %(limit)s 个字，现有 %(length)s 个"), limit=limit, length=len(value))
        return value

    return Rule(f"max_length({limit})", check, sift=lambda texts: [text for text in texts if len(text) <= limit])


_PARTED = re.compile(r"[、,，;；/／\s]+")


def several(*words: str, none: str = "") -> Rule:
    """Some of these words, parted by any usual sign; stored in their official order, joined by 、. ``none`` stands alone."""

    def check(value: str) -> str:
        said = {part for part in _PARTED.split(value) if part}
        if said == {none}:
            return none
        if none in said and said <= {none, *words}:
            raise RuleError(_("选了“无”就不能再选别的"))
        if not said <= set(words):
            raise RuleError(_("只能填：%(words)s"), words="、".join((*words, none) if none else words))
        return "、".join(word for word in words if word in said)

    return Rule(f"several({len(words)})", check)


def _check_student_number(value: object) -> str:
    number = compact(value).upper()
    if number.startswith("G"):
        return "G" + id_number.check(number[1:])
    if not re.fullmatch(r"[JL][0-9]{18}", number):
        raise RuleError(_("学籍号应为 19 位：G 加身份证号，或 J、L 加 18 位数字"))
    return number


def _sound_student_numbers(texts: Collection[str]) -> list[str]:
    return ["G" + number for number in sound_numbers([text[1:] for text in texts if text.startswith("G")])]


student_number = Rule("student_number", _check_student_number, _("19 位，以 G、J 或 L 开头"), _sound_student_numbers)


# --- codes, plates, phones -----------------------------------------------------

SCHOOL_TYPES = {
    "11": _("幼儿园"),
    "21": _("小学"),
    "31": _("初中"),
    "34": _("高中或完全中学"),
    "36": _("中等职业学校"),
    "51": _("特殊教育学校"),
}
"""First two digits of a school code. Not the whole standard: an unknown one is not refused."""


def _pattern(name: str, pattern: str, message: str, hint: str, drop: str = "") -> Rule:
    """A rule for a code: compact, upper case, without the characters of `drop`."""
    compiled = re.compile(pattern)
    dropped = str.maketrans("", "", drop)

    def check(value: object) -> str:
        code = compact(value).upper().translate(dropped)
        if not compiled.fullmatch(code):
            raise RuleError(message)
        return code

    return Rule(name, check, hint)


school_code = _pattern(
    "school_code",
    r"[1-5][1-9][1-9][0-9][0-9]{6}",
    _("学校标识码应为 10 位数字：类型 2 位、省 2 位、顺序号 6 位"),
    _("10 位数字"),
)

division_code = _pattern(
    "division_code",
    r"[1-9][0-9](?:[0-9]{2}){0,2}|[1-9][0-9]{8}(?:[0-9]{3})?",
    _("区划代码应为 2、4、6、9 或 12 位数字"),
    _("2、4、6、9 或 12 位数字"),
)

# 示 stands for no province: the fictional county of the demo.
plate = _pattern(
    "plate",
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新示][A-Z][A-Z0-9]{5,6}",
    _("车牌号应为省份简称、一个字母，再加 5 位（新能源车 6 位）字母或数字"),
    _("如 贵F12345"),
    drop="·•・‧∙.",
)

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[0-9]{10})")
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([1-9][0-9]{6,7})")


def _check_phone(value: object) -> str:
    digits = compact(value).translate(str.maketrans("", "", "-–—()"))
    if match := _MOBILE.fullmatch(digits):
        return match[1]
    if match := _LANDLINE.fullmatch(digits):
        return f"{match[1]}-{match[2]}"
    raise RuleError(_("电话应为 11 位手机号，或区号加座机号，如 0857-8234567"))


phone = Rule("phone", _check_phone, _("11 位手机号，或区号-座机号"))


# --- days and amounts ------------------------------------------------------------


def _check_not_in_future(value: date) -> date:
    day = clock.local(value).date() if isinstance(value, datetime) else value
    if day > clock.today():
        raise RuleError(_("日期不能晚于今天"))
    return value


not_in_future = Rule("not_in_future", _check_not_in_future)


def past_years(years: int) -> Rule:
    """A day of the past at most so many years back."""

    def check(day: date) -> date:
        return within_years(years)(not_in_future(day))

    return Rule(f"past_years({years})", check)


def within_years(years: int) -> Rule:
    """A day at most so many years before or after today: a slip of the pen in the year is told."""

    def check(day: date) -> date:
        today = clock.today()
        if not clock.add_months(today, -12 * years) <= day <= clock.add_months(today, 12 * years):
            raise RuleError(_("日期应在今天前后 %(years)s 年以内"), years=years)
        return day

    return Rule(f"within_years({years})", check)


_SCHOOL_YEAR = re.compile("(20[0-9]{2})[-‐‑–—―−~/至](20[0-9]{2})(?:学年(?:度)?)?")


def _check_school_year(value: object) -> str:
    """Two years that follow each other, however they are joined; as ``clock.school_year_of`` writes it."""
    match = _SCHOOL_YEAR.fullmatch(compact(value).replace("--", "-").replace("——", "—"))
    if not match or int(match[2]) != int(match[1]) + 1:
        raise RuleError(_("学年应写成 2026—2027学年，后一年比前一年大 1"))
    return f"{match[1]}—{match[2]}学年"


school_year = Rule("school_year", _check_school_year, _("例如 2026—2027学年"))


def age_between(low: int, high: int) -> Rule:
    """A birth date that makes somebody `low` to `high` full years old today."""

    def check(birth: date) -> date:
        if not low <= clock.age_on(birth, clock.today()) <= high:
            raise RuleError(_("按出生日期，年龄不在 %(low)s—%(high)s 岁之间"), low=low, high=high)
        return birth

    return Rule(f"age_between({low},{high})", check)


plausible_birth = age_between(0, 20)


def _number(value: object) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise RuleError(_("应填数字"))
    if not math.isfinite(value):
        raise RuleError(_("应填数字"))
    return value


def between(low: float, high: float) -> Rule:
    """A number from `low` to `high`, both allowed."""

    def check(value: object) -> int | float | Decimal:
        if not low <= _number(value) <= high:
            raise RuleError(_("应在 %(low)s—%(high)s 之间"), low=low, high=high)
        return _number(value)

    return Rule(f"between({low},{high})", check)


def _check_not_negative(value: object) -> int | float | Decimal:
    if _number(value) < 0:
        raise RuleError(_("不能小于 0"))
    return _number(value)


not_negative = Rule("not_negative", _check_not_negative)
percent = between(0, 100)


# --- accounts --------------------------------------------------------------------

_CLASSES = ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")
_SHORTEST_PASSWORD = 10


def _check_username(value: object) -> str:
    name = compact(value).lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,31}", name):
        raise RuleError(_("账号应为 3—32 位字母、数字、点、下划线或短横，以字母或数字开头"))
    return name


username = Rule("username", _check_username, _("3—32 位字母或数字"))


def password_for(account: str) -> Rule:
    """The rule for the password of `account`; the value is never changed."""

    def check(value: str) -> str:
        if len(value) < _SHORTEST_PASSWORD:
            raise RuleError(_("密码至少 %(least)s 位"), least=_SHORTEST_PASSWORD)
        if value.casefold() == account.casefold():
            raise RuleError(_("密码不能与账号相同"))
        if sum(bool(re.search(kind, value)) for kind in _CLASSES) < 2:
            raise RuleError(_("密码太简单，请至少混用大写字母、小写字母、数字、符号中的两种"))
        return value

    return Rule("password", check, _("至少 10 位，字母、数字、符号混用"))


password = password_for("")


def not_before(values: Mapping[str, Any], first: str, second: str, message: str, beside: str | None = None) -> dict[str, str]:
    """A problem when both are filled and ``second`` lies before ``first``; told at ``second``, or at the field ``beside`` which it is."""
    early, late = values.get(first), values.get(second)
    return {beside or second: message} if early is not None and late is not None and late < early else {}


BORN = "child.birth_date"  # among the values of a row of a child's file: when that child was born (services/births.py)


def not_before_birth(values: Mapping[str, Any], *days: str) -> dict[str, str]:
    """A problem at each of these days that lies before the birth of the row's child."""
    early = (not_before(values, BORN, day, _("不能早于孩子的出生日期")) for day in days)
    return {key: message for found in early for key, message in found.items()}
