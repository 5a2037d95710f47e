"""The page of forms, the summary on the screen, and the workbooks behind the buttons."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models.children import Child
from app.models.forms import FormColumn
from app.models.org import Area
from app.services import clock, scope


def page_of(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.get_data(as_text=True).replace("&amp;", "&")


@pytest.mark.parametrize(("role", "forms", "shown"), [
    ("county", 9, 2), ("township", 8, 2), ("school", 8, 2), ("teacher", 3, 0), ("inspector", 1, 0), ("superior", 2, 2), ("admin", 0, 0)])
def test_each_role_is_offered_its_forms_and_gets_them(client_for, role, forms, shown):
    client = client_for(role)
    page = page_of(client, "/forms/")
    actions = re.findall(r'action="(/forms/[a-z]+\.xlsx)"', page)
    assert len(actions) == forms and page.count("formaction=") == shown
    for action in actions:
        answer = client.get(action)
        assert answer.status_code == 200 and answer.data[:2] == b"PK", action
        answer.close()


def test_each_cell_of_the_summary_leads_to_that_many_children(client_for):
    client = client_for("county")
    page = page_of(client, "/forms/summary/")
    cells = re.findall(r'<a href="(/child/list/\?m=[a-z0-9]+&p=[as][0-9]+)">([0-9,]+)</a>', page)
    assert len(cells) > 30
    for url, number in cells[::7]:
        assert f"{number} 条" in page_of(client, url), url


def test_a_place_below_is_shown_and_one_beside_is_not(client_for, app):
    with app.app_context(), scope.everything(db.session()):
        mine, other = db.session.scalars(select(Area.id).where(Area.level == "county").order_by(Area.id)).all()
    page = page_of(client_for("county"), "/forms/summary/")
    below = re.search(r'/forms/summary/\?p=(a[0-9]+)', page)
    assert below and "合计" in page_of(client_for("county"), f"/forms/summary/?p={below[1]}")
    for rest in ("/", ".xlsx"):
        for asked in (f"p=a{other}", "p=s99999", "p=x", "from=2020-01-02", "from=x", "child=1"):
            page_of(client_for("county"), f"/forms/summary{rest}?{asked}", 404)
    page_of(client_for("county"), "/forms/roster/", 404)
    page_of(client_for("school"), f"/forms/roster.xlsx?p=a{mine}", 404)


def test_a_summary_that_does_not_foot_is_not_released(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        counted = select(Child).where(Child.left_behind_civil != "0", Child.stage == "primary", Child.file_state == "open")
        child = db.session.scalars(counted.order_by(Child.id)).first()
        child_id, before, child.aid = child.id, child.aid, None
        db.session.commit()
    try:
        page = page_of(client_for("county"), "/forms/summary/")
        assert "还不能下载" in page and "1＝21＋22＋23＋24＋25" in page and "/forms/summary.xlsx" not in page
        assert re.search(r'<a href="/child/list/\?m=u4&p=a[0-9]+">1</a>', page)
        page_of(client_for("county"), "/forms/summary.xlsx", 409)
        told = page_of(client_for("superior"), "/forms/summary/")
        assert "没有核对平" in told or "还没有核对平" in told
        assert "1＝21" not in told and "<table" not in told
        page_of(client_for("superior"), "/forms/summary.xlsx", 409)
    finally:
        with app.app_context(), scope.everything(db.session()):
            db.session.get(Child, child_id).aid = before
            db.session.commit()


def test_the_form_of_one_child_is_a_button_of_its_record(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        child = db.session.scalars(select(Child).where(Child.left_behind != "0")).first()
        child_id, name = child.id, child.name
    page = page_of(client_for("county"), f"/child/show/{child_id}")
    url = f"/forms/registration.xlsx?child={child_id}"
    assert url in page and "家庭经济来源" in page
    sheet = openpyxl.load_workbook(io.BytesIO(client_for("county").get(url).data)).worksheets[0]
    assert name in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_a_county_copies_a_form_in_the_panel(client_for):
    client = client_for("county")
    made = client.post("/form/step/5/copy")
    assert made.status_code == 302
    url = made.location.split("?")[0]
    assert f'{url.replace("show", "edit")}"' in page_of(client, url) and "/form/edit/5" not in page_of(client, "/form/show/5")
    assert client.post("/form/edit/5", data={"title": "x"}).status_code in (403, 409)
    page_of(client_for("school"), "/form/list/", 403)


def test_the_page_of_a_past_month_says_of_which_day_its_children_are(client_for):
    client = client_for("township")
    past = clock.add_months(clock.today().replace(day=1), -1)
    assert "在册计" in page_of(client, f"/forms/care/?from={past.isoformat()}") and "在册计" not in page_of(client, "/forms/care/")


def test_a_county_that_hides_every_column_is_told_beside_the_field(app, client_for):
    client = client_for("county")
    made = client.post("/form/step/4/copy").location.split("?")[0]
    form_id = int(made.rsplit("/", 1)[1])
    with app.app_context(), scope.everything(db.session()):
        ids = db.session.scalars(select(FormColumn.id).where(FormColumn.form_id == form_id).order_by(FormColumn.position)).all()
    for column_id in ids:
        told = client.get(f"/api/v1/form_column/{column_id}").json
        answer = client.put(f"/api/v1/form_column/{column_id}", json={"shown": False, "version": told["version"]})
        assert answer.status_code == (200 if column_id != ids[-1] else 422), answer.json
    assert "至少要留一栏" in answer.json["errors"]["shown"]
    page = page_of(client, f"/form_column/edit/{ids[-1]}")
    fields = dict(re.findall(r'name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    refused = client.post(f"/form_column/edit/{ids[-1]}", data={key: value for key, value in fields.items() if key != "shown"})
    assert refused.status_code == 200 and "至少要留一栏" in refused.get_data(as_text=True)
    for url in ("/forms/", "/forms/pairing.xlsx"):
        assert client.get(url).status_code == 200
    with app.app_context(), scope.everything(db.session()):  # as it could be before
        db.session.execute(update(FormColumn.__table__).where(FormColumn.__table__.c.form_id == form_id).values(shown=False))
        db.session.commit()
    for role in ("county", "school"):
        for url in ("/forms/", "/forms/pairing.xlsx"):
            assert client_for(role).get(url).status_code == 200, (role, url)
