"""A large workbook by a school admin: the bar while the worker reads it, its errors, corrected, written; photos; on desk and phone."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.children import Child
from app.models.job import Job
from app.models.org import SchoolClass
from app.panel import intake_jobs
from tests.support.sheets import asked_by, workbook

JOB = Job.__table__
HEAD = ["姓名", "性别", "出生日期", "班级", "就学状态"]


@pytest.fixture
def work(app, monkeypatch):
    """Every file is large, and the worker sleeps; work() has it do the newest job."""
    monkeypatch.setattr(intake_jobs, "LARGE", 0)
    worker = app.extensions["worker"]
    monkeypatch.setattr(worker, "send", lambda _job: None)

    def done():
        with app.app_context():
            newest = db.session.scalar(select(func.max(JOB.c.id)))
            db.session.remove()
        worker.do(newest)

    return done


@pytest.fixture
def room(app):
    with asked_by(app, "school") as session:
        return session.scalars(select(SchoolClass.name).limit(1)).one()


def choose(page: Page, label: str, name: str, content: bytes) -> None:
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/import/job/*")


def halfway(app, page: Page, text: str) -> None:
    """The job as it stands in the middle, shown without a reload."""
    with app.app_context():
        db.session.execute(update(JOB).where(JOB.c.state == "queued").values(state="running", done=12_000, total=30_000))
        db.session.commit()
    page.get_by_text(text).wait_for()
    with app.app_context():
        db.session.execute(update(JOB).where(JOB.c.state == "running").values(state="queued"))
        db.session.commit()


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_school_watches_its_large_roster(app, page_for, look, work, room, device):
    names = [f"皇甫{device}{at}" for at in ("甲", "乙", "丙")]
    rows = [[name, "女", "2016-03-02", room, "小学"] for name in names]
    rows[1][2] = "2016-02-30"
    page = page_for("school", device)
    page.goto("/sheets/child/import")
    choose(page, "表格文件", "花名册.xlsx", workbook([HEAD, *rows]))
    halfway(app, page, "12,000 / 30,000 行")
    expect(page.locator("progress")).to_have_attribute("value", "12000")
    look(page, f"import-waiting-{device}")
    work()
    expect(page.locator(".tally.bad b")).to_have_text("1")
    expect(page.get_by_text("没有“2016-02-30”这一天")).to_be_visible()
    page.get_by_role("link", name="下载标错的表格").click()
    page.get_by_role("button", name="开始生成").click()
    work()
    page.goto("/downloads/")
    look(page, f"downloads-import-{device}")
    with page.expect_download() as download:
        page.locator(".jobs a.btn.pri").first.click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    assert "2016-02-30" in book.active["C3"].comment.text

    book.active["C3"] = "2016-02-29"
    corrected = BytesIO()
    book.save(corrected)
    page.goto("/sheets/child/import")
    choose(page, "表格文件", "花名册.xlsx", corrected.getvalue())
    work()
    expect(page.locator(".tally.ok b")).to_have_text("3")
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_url("**/import/job/*")
    work()
    page.wait_for_url("**/sheets/batches")
    expect(page.locator(".say.success")).to_contain_text("新增 3 条")
    with asked_by(app, "school") as session:
        assert session.scalar(select(func.count(Child.id)).where(Child.name.in_(names))) == 3


def test_a_large_roster_is_cancelled(page_for, work, room):
    page = page_for("school", "phone")
    page.goto("/sheets/child/import")
    choose(page, "表格文件", "花名册.xlsx", workbook([HEAD, ["皇甫丁", "女", "2016-03-02", room, "小学"]]))
    page.get_by_role("button", name="取消").click()
    expect(page.locator(".say.danger")).to_contain_text("已取消，一条也没有写")


def test_photos_are_matched_by_the_worker(app, page_for, look, work):
    with asked_by(app, "school") as session:
        child = session.scalars(select(Child).where(Child.id_number_hash.is_not(None)).limit(1)).one()
        number, name = child.id_number, child.name
    picture, target = BytesIO(), BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "PNG")
    with ZipFile(target, "w") as package:
        package.writestr(f"{number}.png", picture.getvalue())
    page = page_for("school", "phone")
    page.goto("/photos/import")
    choose(page, "压缩包", "照片.zip", target.getvalue())
    work()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("button", name="写入对上的照片").click()
    page.wait_for_url("**/import/job/*")
    work()
    page.wait_for_url("**/sheets/batches")
    look(page, "batches-phone")
    page.get_by_role("link", name="撤销导入").first.click()
    page.get_by_role("button", name="撤销导入").click()
    page.wait_for_url("**/downloads/")  # the worker sleeps longer than anybody waits
    work()
    page.goto("/downloads/")
    with page.expect_download() as download:
        page.locator(".jobs a.btn.pri").first.click()
    assert "已撤销 1 条" in download.value.path().read_text("utf-8-sig")
