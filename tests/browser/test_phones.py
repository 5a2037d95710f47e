"""What a school, its teachers and the keepers of the checklist open suits a phone: nothing sideways, nothing too small to hit."""

import re

import pytest
from sqlalchemy import select

from app.models.children import Child
from app.models.inspection import ChecklistTemplate
from app.models.org import Member
from tests.support.pages import NARROW
from tests.support.visiting import one

PAGES = {
    "school": ("/", "/quick/talk/", "/quick/home_visit/", "/child/list/", "/child/show/{child}", "/child/edit/{child}", "/child/delete/{child}", "/talk/list/",
               "/hazard/list/", "/hazard/add"),
    "county": ("/checklist_template/outline/{version}",),
    "teacher": ("/", "/quick/talk/", "/quick/home_visit/", "/child/list/"),
}


@pytest.mark.parametrize("account", sorted(PAGES))
def test_daily_pages_suit_a_phone(app, page_for, shot, account):
    school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
    child = one(app, select(Child.id).where(Child.school_id == school).order_by(Child.id))
    version = one(app, select(ChecklistTemplate.id).order_by(ChecklistTemplate.id))
    page, wrong = page_for(account, "phone"), {}
    for path in PAGES[account]:
        address = path.format(child=child, version=version)
        page.goto(address)
        shot(page, f"{account}{re.sub('[/{}]+', '-', path).rstrip('-')}-phone")
        small = page.evaluate(NARROW)
        if small or page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[address] = small or "sideways"
    assert wrong == {}
