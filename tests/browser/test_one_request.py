"""From a record's history to all that the same operation changed, on a desk and on a phone."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.children import Child
from app.models.org import Member
from app.services import history, records, scope
from tests.support.pages import suits_a_phone


@pytest.fixture
def child(app):
    """A child that an import changed together with 59 others."""
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        school = session.scalar(select(Member.school_id).where(Member.username == "school"))
        rows = session.scalars(select(Child).where(Child.school_id == school).order_by(Child.id).limit(60)).all()
        with history.told_as(session, "import", "together"):
            for row in rows:
                records.edit(session, row, {"character": f"活泼，爱画画（第{row.id}号）", "residence": f"清水镇柳河村{row.id}号"})
        session.commit()
        return rows[0].id


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_school_sees_what_an_import_did(page_for, axe, shot, child, device):
    page = page_for("school", device)
    page.goto(f"/child/history/{child}")
    shot(page, f"history-{device}")
    assert axe(page) == []
    page.get_by_role("link", name="同一次操作").first.click()
    page.wait_for_url("**/request/together")
    shot(page, f"request-{device}")
    assert axe(page) == [] and page.locator(".log>li").count() == 50
    if device == "phone":
        suits_a_phone(page)
    page.get_by_role("link", name="后面的改动").click()
    page.wait_for_url("**/request/together?*")
    assert page.locator(".log>li").count() == 10
    page.get_by_role("link", name="回到开头").click()
    page.locator(".log a").first.click()
    page.wait_for_url(f"**/child/show/{child}")
