"""The ID number of GB 11643: 6 division, 8 birth date, 3 sequence, 1 check character."""

import re
from datetime import date
from operator import mul

from app.models import clock
from app.models.rule import Rule, RuleError, compact
from app.models.words import _

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NOUGHTS = sum(_WEIGHTS) * ord("0")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_STORED_AS_NUMBER = re.compile(r"[0-9.]+E\+?[0-9]+|[0-9]{15,}\.0*")
_OLDEST_YEAR = 1800  # the example of the standard itself is of 1880


def check_digit(first17: str) -> str:
    """The 18th character of an ID number (GB 11643, ISO 7064 MOD 11-2)."""
    if len(first17) != len(_WEIGHTS) or not (first17.isascii() and first17.isdigit()):
        raise ValueError("17 digits are asked for")
    total = sum(map(mul, _WEIGHTS, first17.encode())) - _NOUGHTS
    return "10X98765432"[total % 11]


def birth_of(id_number: str) -> date:
    """Birth date in a structurally sound ID number; ValueError if no such day exists."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def sex_of(id_number: str) -> str:
    """Code of `codes.SEX`: m if the 17th digit is odd, f if it is even."""
    return "m" if int(id_number[16]) % 2 else "f"


def _lost_digits() -> RuleError:
    return RuleError(_("这个号码被存成了数字，末尾几位已经丢失，请把这一列设为“文本”格式后重新填写"))


def _check_birth_in(number: str) -> None:
    try:
        birth = birth_of(number)
    except ValueError:
        birth = date.min
    if birth.year < _OLDEST_YEAR:
        raise RuleError(_("身份证号里的出生日期不存在，请对照证件检查"))
    if birth > clock.today():
        raise RuleError(_("身份证号里的出生日期晚于今天，请对照证件检查"))


def _check_id_number(value: object) -> str:
    """GB 11643. The division code is not looked at: codes change, people keep theirs."""
    if not isinstance(value, str):
        raise _lost_digits()
    number = compact(value).upper()
    if _STORED_AS_NUMBER.fullmatch(number):
        raise _lost_digits()
    if not _ID_NUMBER.fullmatch(number):
        raise RuleError(_("身份证号应为 18 位：17 位数字加一位数字或 X"))
    if check_digit(number[:17]) != number[17]:
        # A spreadsheet keeps 15 digits of a number and fills up with noughts.
        wrong = RuleError(_("身份证号有误：最后一位校验不符，请对照证件检查"))
        raise _lost_digits() if number.endswith("000") else wrong
    _check_birth_in(number)
    return number


id_number = Rule("id_number", _check_id_number, _("18 位，末位可以是 X"))
