"""My downloads in the browser: the bar moves and the button comes without a reload, on a desk and on a phone."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app.extensions import db
from app.models.job import Job

JOB = Job.__table__


@pytest.fixture
def turn(app):
    """turn(state="running", …) changes all jobs; with nothing said it gives the newest."""

    def run(**values):
        with app.app_context():
            session = db.session()
            if values:
                session.execute(update(JOB).values(**values))
            found = session.execute(select(JOB).order_by(JOB.c.id.desc())).first()
            session.commit()
            return found

    return run


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_county_watches_its_bulk_export(app, page_for, turn, axe, shot, device):
    page = page_for("county", device)
    page.goto("/bulk/")
    page.select_option("#what", "Hazard")
    page.get_by_role("button", name="开始生成").click()
    page.wait_for_url("**/downloads/")
    page.get_by_role("link", name="下载", exact=False).first.wait_for()
    turn(state="running", done=12_000, total=260_000)
    page.reload()
    page.get_by_text("12,000 / 260,000 行").first.wait_for()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"downloads-{device}")
    turn(done=200_000)
    page.get_by_text("200,000 / 260,000 行").first.wait_for()
    assert page.locator("progress").first.evaluate("bar => bar.value") == 200_000
    turn(state="done", done=260_000)
    with page.expect_download() as begun:
        page.locator(".jobs a.btn").first.click()
    assert begun.value.suggested_filename.endswith(".zip")
    assert page.locator("progress").count() == 0 and page.get_by_text("已完成").count()


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_superior_takes_home_a_form_of_each_county(page_for, look, device):
    page = page_for("superior", device)
    page.goto("/forms/")
    look(page, f"forms-superior-{device}")
    page.get_by_role("link", name="按单位批量导出").click()
    page.select_option("#what", "form-care")
    page.select_option("#by", "county")
    look(page, f"bulk-superior-{device}")
    page.get_by_role("button", name="开始生成").click()
    page.wait_for_url("**/downloads/")
    look(page, f"downloads-superior-{device}")
    with page.expect_download() as begun:
        page.locator(".jobs a.btn.pri").first.click()
    with ZipFile(begun.value.path()) as package:
        names = package.namelist()
        sheet = load_workbook(BytesIO(package.read(names[0]))).worksheets[0]
    assert len(names) >= 1 and all(name.endswith("县.xlsx") for name in names)
    told = [cell.value for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, int)]
    assert all(number == 0 or number >= 5 for number in told)
