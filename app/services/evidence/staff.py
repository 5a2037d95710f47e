"""Figures on the people of the school (D10, F3, F4, F5, G1, H4)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.org import School, Staff
from app.models.safety import ResponsibilityLetter
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import faults_of, nothing, reached, share_of
from app.services.evidence.period import last_days
from app.services.evidence.place import Place
from app.services.evidence.reads import tally

TEACHING = ("class_teacher", "teacher", "counsellor")
NO_STAFF = _("没有登记在岗教职工")


@evidence("teachers_without_certificate", label=_("教师资格证"), target_percent=100)
def teachers_without_certificate(at: Place, params: Params) -> Figure:
    """Teachers at work with a teaching certificate (compulsory education 30). Heads count only when they hold a teacher's post."""
    return share_of(Staff, (*group.staff_at_work(at.school), Staff.post.in_(TEACHING)), group.filled(Staff.certificate_no),
                    target=params["target_percent"], text=_("在岗教师 %(total)s 人，有资格证 %(good)s 人，无证 %(bad)s 人"),
                    empty=_("没有登记在岗教师"))


@evidence("staff_record_checks", label=_("违法犯罪记录查询"), max_age_days=365)
def staff_record_checks(at: Place, params: Params) -> Figure:
    """Staff at work never checked, or longer ago than allowed (minors' protection 62; preschool 44)."""
    recent = Staff.record_checked_on >= last_days(at.on, params["max_age_days"])
    return faults_of(Staff, group.staff_at_work(at.school), untrue(recent), unit=_("人"), empty=NO_STAFF,
                     text=_("在岗教职工 %(total)s 人，从未查询或已超过 %(days)s 天的 %(bad)s 人"),
                     threshold=_("人人在 %(days)s 天内查询过"), days=params["max_age_days"])


def signed(school: School, level: str, name: Any, on: date) -> Any:
    """People whose name stands under a letter of the level that holds. Letters know the signer by name only."""
    letter = ResponsibilityLetter
    return name.in_(select(letter.signer).where(letter.school_id == school.id, group.valid_letter(level, on)))


@evidence("post_letters", label=_("岗位责任书"), target_percent=100)
def post_letters(at: Place, params: Params) -> Figure:
    """Staff at work who signed a letter of their post (S0 plan 4)."""
    return share_of(Staff, group.staff_at_work(at.school), signed(at.school, "school_post", Staff.name, at.on),
                    target=params["target_percent"], empty=NO_STAFF,
                    text=_("在岗教职工 %(total)s 人，已签岗位安全责任书 %(good)s 人，未签 %(bad)s 人"))


@evidence("staff_present", label=_("教职工到岗"), target_percent=100)
def staff_present(at: Place, params: Params) -> Figure:
    """Staff of the school who are at work (S0 plan 4); whether the others have leave stands in their papers."""
    return share_of(Staff, (Staff.school_id == at.school.id,), Staff.present, target=params["target_percent"],
                    text=_("教职工 %(total)s 人，在岗 %(good)s 人，不在岗 %(bad)s 人"), empty=_("没有登记教职工"))


def at_post(school: School, post: str) -> Generator[Any, Any, tuple[Any, Rows]]:
    """How many work at the school, of these how many (``there``) at a post, and who."""
    of, there = group.staff_at_work(school), Staff.post == post
    found = yield tally(Staff, *of, there=there)
    return found, Rows(Staff, ids(Staff, *of, there), found.there)


@evidence("counsellors", label=_("心理教师"), min_teachers=1)
def counsellors(at: Place, params: Params) -> Figure:
    """Counsellors at work (S0 plan 5; juvenile crime prevention 19). Whether the room is open is seen on the spot."""
    found, rows = yield from at_post(at.school, "counsellor")
    if not found.total:
        return nothing(NO_STAFF)
    return reached(found.there, params["min_teachers"], unit=_("人"), rows=rows, text=_("在岗心理教师 %(good)s 人，应有 %(needed)s 人"))


def guards_needed(pupils: int, params: Mapping[str, Any]) -> int:
    """Guards that a school of so many pupils must have (GB/T 29315)."""
    if pupils < params["small_under_pupils"]:
        return params["small_guards"]
    if pupils < params["large_from_pupils"]:
        return params["middle_guards"]
    steps = (pupils - params["large_from_pupils"]) // params["step_pupils"]
    return params["large_guards"] + steps * params["step_guards"]


@evidence("guards", label=_("保安配备"), small_under_pupils=100, small_guards=1, middle_guards=2, large_from_pupils=1000, large_guards=3,
          step_pupils=500, step_guards=1)
def guards(at: Place, params: Params) -> Figure:
    """Guards at work against the number that the pupils ask for (GB/T 29315)."""
    found, rows = yield from at_post(at.school, "guard")
    if not found.total:
        return nothing(NO_STAFF)
    return reached(found.there, guards_needed(at.school.pupils, params), unit=_("人"), rows=rows, pupils=at.school.pupils,
                   text=_("在校学生 %(pupils)s 人，应配保安 %(needed)s 人，在岗 %(good)s 人"))
