"""Figures on the people of the school (F4, F5, G1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.org import School, Staff
from app.models.safety import ResponsibilityLetter
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Evidence, evidence, untrue
from app.services.evidence.judge import faults_of, share_of
from app.services.evidence.period import last_days

TEACHING = ("class_teacher", "teacher", "counsellor")
NO_STAFF = _("没有登记在岗教职工")


@evidence("teachers_without_certificate", label=_("教师资格证"), target_percent=100)
def teachers_without_certificate(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Teachers at work with a teaching certificate (compulsory education 30). Heads count only when they hold a teacher's post."""
    return share_of(session, Staff, (*group.staff_at_work(school), Staff.post.in_(TEACHING)), group.filled(Staff.certificate_no),
                    target=params["target_percent"], text=_("在岗教师 %(total)s 人，有资格证 %(good)s 人，无证 %(bad)s 人"),
                    empty=_("没有登记在岗教师"))


@evidence("staff_record_checks", label=_("违法犯罪记录查询"), max_age_days=365)
def staff_record_checks(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Staff at work never checked, or longer ago than allowed (minors' protection 62; preschool 44)."""
    recent = Staff.record_checked_on >= last_days(on, params["max_age_days"])
    return faults_of(session, Staff, group.staff_at_work(school), untrue(recent), unit=_("人"), empty=NO_STAFF,
                     text=_("在岗教职工 %(total)s 人，从未查询或已超过 %(days)s 天的 %(bad)s 人"),
                     threshold=_("人人在 %(days)s 天内查询过"), days=params["max_age_days"])


def signed(school: School, level: str, name: Any, on: date) -> Any:
    """People whose name stands under a letter of the level that holds. Letters know the signer by name only."""
    letter = ResponsibilityLetter
    return name.in_(select(letter.signer).where(letter.school_id == school.id, group.valid_letter(level, on)))


@evidence("post_letters", label=_("岗位责任书"), target_percent=100)
def post_letters(session: Session, school: School, on: date, params: Mapping[str, Any]) -> Evidence:
    """Staff at work who signed a letter of their post (S0 plan 4)."""
    return share_of(session, Staff, group.staff_at_work(school), signed(school, "school_post", Staff.name, on),
                    target=params["target_percent"], empty=NO_STAFF,
                    text=_("在岗教职工 %(total)s 人，已签岗位安全责任书 %(good)s 人，未签 %(bad)s 人"))
