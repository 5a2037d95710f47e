"""What a school, its teachers and the keepers of the checklist open suits a phone: nothing sideways, nothing too small to hit."""

import re

import pytest
from sqlalchemy import select

from app.models.care import FamilyContact, Pairing, Talk
from app.models.children import Child
from app.models.inspection import ChecklistTemplate, Finding
from app.models.org import Member
from app.models.safety import Hazard
from tests.support.pages import NARROW
from tests.support.visiting import one

PAGES = {
    "school": ("/", "/quick/talk/", "/quick/home_visit/", "/child/list/", "/child/show/{child}", "/child/edit/{child}", "/child/delete/{child}", "/talk/list/",
               "/hazard/list/", "/hazard/add", "/hazard/show/{hazard}", "/pairing/show/{pairing}", "/talk/show/{talk}",
               "/family_contact/show/{family_contact}"),
    "county": ("/checklist_template/outline/{version}", "/finding/show/{finding}"),
    "teacher": ("/", "/quick/talk/", "/quick/home_visit/", "/child/list/"),
}

OWN = {"child": Child, "finding": Finding, "hazard": Hazard, "pairing": Pairing, "talk": Talk, "family_contact": FamilyContact}


@pytest.mark.parametrize("account", sorted(PAGES))
def test_daily_pages_suit_a_phone(app, page_for, shot, account):
    school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
    rows = {name: one(app, select(model.id).where(model.school_id == school).order_by(model.id)) for name, model in OWN.items()}
    version = one(app, select(ChecklistTemplate.id).order_by(ChecklistTemplate.id))
    page, wrong = page_for(account, "phone"), {}
    for path in PAGES[account]:
        address = path.format(version=version, **rows)
        page.goto(address)
        shot(page, f"{account}{re.sub('[/{}]+', '-', path).rstrip('-')}-phone")
        small = page.evaluate(NARROW)
        if small or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[address] = small or "sideways"
    assert wrong == {}
