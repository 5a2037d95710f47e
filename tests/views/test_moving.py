"""The page that moves a child: who has the button, the form, its messages, the history line; on desk and phone."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models.children import Child
from app.models.org import Member, School, SchoolClass
from app.services import clock, scope


@pytest.fixture
def known(app):
    """A child of the school account's school, and another school of the township with a class."""
    with app.app_context(), scope.everything(db.session()):
        here = db.session.scalar(select(Member.school_id).where(Member.username == "school"))
        area = select(School.area_id).where(School.id == here).scalar_subquery()
        row = db.session.scalars(select(Child).where(Child.school_id == here).order_by(Child.id)).first()
        other = db.session.scalars(select(School).where(School.area_id == area, School.id != here).order_by(School.id)).first()
        into = db.session.scalars(select(SchoolClass).where(SchoolClass.school_id == other.id).order_by(SchoolClass.id)).first()
        return SimpleNamespace(pk=row.id, name=row.name, version=row.version, here=here, there=other.id, school=other.name, into=into.id, room=into.name)


def school_of(app, pk):
    with app.app_context(), scope.everything(db.session()):
        return db.session.scalar(select(Child.school_id).where(Child.id == pk))


def form(known, **more):
    return {"school": known.there, "school_class": known.into, "moved_on": clock.today().isoformat(), "reason": "随父母到县城居住",
            "_version": known.version, **more}


@pytest.mark.parametrize(("account", "may"), [("township", True), ("county", True), ("school", False), ("teacher", False), ("inspector", False)])
def test_the_button_stands_for_the_offices_above(client_for, known, account, may):
    client = client_for(account)
    assert (f"/child/move/{known.pk}" in client.get(f"/child/show/{known.pk}").get_data(as_text=True)) is may
    assert client.get(f"/child/move/{known.pk}").status_code == (200 if may else 403)
    if not may:
        assert client.post(f"/child/move/{known.pk}", data=form(known)).status_code == 403


def test_a_refused_form_comes_back_as_typed(app, client_for, known):
    client, path = client_for("township"), f"/child/move/{known.pk}"
    for more, said in (({"school": known.here}, "已经在这所学校"), ({"moved_on": "2099-01-01"}, "不能晚于今天"), ({"reason": ""}, "请填写转学原因"),
                       ({"school": ""}, "请填写转入学校"), ({"moved_on": "x"}, "日期"), ({"_version": known.version + 7}, "别人刚刚改过")):
        answer = client.post(path, data=form(known, **more))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200 and said in page, said
        assert "随父母到县城居住" in page or "reason" in more
    assert school_of(app, known.pk) == known.here


def test_a_child_moves_and_its_history_tells_it(app, client_for, known):
    client, path = client_for("county"), f"/child/move/{known.pk}"
    assert client.post(path, data=form(known)).status_code == 302
    assert school_of(app, known.pk) == known.there and client_for("school").get(f"/child/show/{known.pk}").status_code == 404
    page = client_for("township").get(f"/child/history/{known.pk}").get_data(as_text=True)
    assert "转学原因" in page and "随父母到县城居住" in page and known.school in page
    assert client.post(path, data=form(known)).status_code == 200, "the form that was sent before does nothing again"
    with app.app_context(), scope.everything(db.session()):
        version = db.session.get(Child, known.pk).version
    assert client.post(path, data=form(known, school=known.here, school_class="", _version=version)).status_code == 302
    assert school_of(app, known.pk) == known.here


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_the_office_moves_a_child_by_hand(page_for, axe, known, device):
    page = page_for("township", device)
    page.goto(f"/child/show/{known.pk}")
    page.get_by_role("link", name="转学", exact=True).click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for key, text in (("school", known.school), ("school_class", known.room)):
        page.locator(f"#{key}").fill("")
        page.locator(f"#{key}").press_sequentially(text, delay=10)
        offered = page.locator(f"#{key}-list [role=option]:not([aria-disabled])")
        offered.filter(has_text=known.school).first.click()
    page.get_by_label("转学原因").fill("随父母居住")
    page.get_by_role("button", name="转学", exact=True).click()
    expect(page.locator(".say.success")).to_contain_text(f"已转到{known.school}")
