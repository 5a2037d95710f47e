"""Each account at its main job, on the device that it works with. The inspector's is in test_inspection.py."""

from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models.id_number import check_digit
from app.models.inspection import ChecklistTemplate
from app.models.org import Member
from app.services import clock, scope


def choose(page: Page, key: str, text: str) -> None:
    """Look something up in a link field, and take what is offered first."""
    page.locator(f"#{key}").press_sequentially(text, delay=10)
    page.locator(f"#{key}-list [role=option]:not([aria-disabled])").first.click()


def sheet_of(page: Page, button: str):
    """The first sheet of the workbook that a button gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name=button, exact=True).click()
    return load_workbook(BytesIO(download.value.path().read_bytes()))


def test_teacher_enters_talks_on_one_page(page_for, look):
    page = page_for("teacher", "phone")
    page.goto("/")
    look(page, "home-teacher-phone")
    page.locator(".todo li", has_text="本月还没有谈心").get_by_role("link").click()
    look(page, "quick-talk-phone")
    lines = page.locator("fieldset.quick")
    before, name = lines.count(), lines.first.locator("legend a").inner_text()
    lines.first.get_by_label("谈心内容").fill("说到妈妈下周回来，很高兴。")
    if before > 1:
        lines.nth(1).get_by_label("谈心内容").fill("数学有进步。")
        lines.nth(1).get_by_label("谈心日期").fill("2099-01-01")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".say.success")).to_contain_text("已保存 1 条")
    expect(page.locator("fieldset.quick legend a", has_text=name)).to_have_count(0)
    if before > 1:
        wrong = page.locator("fieldset.quick").first
        expect(wrong.get_by_label("谈心内容")).to_have_value("数学有进步。")
        expect(wrong.locator(".err")).to_be_visible()
        look(page, "quick-talk-refused-phone")
        wrong.get_by_label("谈心日期").fill(clock.today().replace(day=1).isoformat())
        page.get_by_role("button", name="保存").click()
        expect(page.locator("fieldset.quick")).to_have_count(before - 2)
    page.goto(f"/child/list/?q={name}")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.locator(".tabs a", has_text="谈心记录").click()
    look(page, "child-talks-phone")
    page.locator(".cards tbody tr a").first.click()
    expect(page.locator(".facts")).to_contain_text("说到妈妈下周回来，很高兴。")


def test_school_makes_a_file_corrects_it_and_edits_a_guardian(page_for, look):
    first17 = "99010120160315002"
    number = first17 + check_digit(first17)
    page = page_for("school", "desk")
    page.goto("/child/list/")
    page.get_by_role("link", name="新建", exact=True).click()
    page.fill("#name", "季晓岚")
    page.select_option("#sex", "f")
    page.fill("#birth_date", "2016-03-15")
    page.fill("#id_number", number[:-1] + ("1" if number[-1] != "1" else "2"))
    page.select_option("#stage", "primary")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#id_number-err")).to_contain_text("身份证号有误")
    expect(page.locator("#name")).to_have_value("季晓岚")
    look(page, "child-form-refused-desk")
    page.fill("#id_number", number)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_have_text("季晓岚")
    look(page, "child-desk")
    page.goto("/child/list/")
    page.locator(".bar input[name=q]").fill("jxl")
    page.locator(".bar input[name=q]").press("Enter")
    expect(page.locator("tbody tr th").filter(has_text="季晓岚")).to_have_count(1)
    look(page, "child-list-initials-desk")

    page.goto("/guardian/list/")
    page.locator("tbody tr th a").first.click()
    page.get_by_role("link", name="修改", exact=True).click()
    page.fill("#workplace", "示例省示例市")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".facts")).to_contain_text("示例省示例市")
    look(page, "guardian-desk")


def test_township_reads_its_figures_and_reveals_with_a_reason(page_for, look):
    page = page_for("township", "desk")
    page.goto("/")
    look(page, "home-township-desk")
    page.get_by_role("link", name="统计表").click()
    for section in ("三种口径", "关爱", "安全与督导"):
        page.locator(".tabs").get_by_role("link", name=section).click()
        expect(page.locator(".sums tbody tr").last).to_contain_text("合计")
        look(page, f"statistics-{section}-desk")
    name = page.locator(".sums tbody th a").first.inner_text()
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(name)

    page.goto("/child/list/")
    page.locator("tbody th a").first.click()
    fact = page.locator(".facts div", has=page.locator("dt", has_text="身份证号"))
    masked = fact.locator("dd").inner_text()
    fact.get_by_role("link", name="查看全文").click()
    page.fill("#reason", "核实监护人外出情况")
    look(page, "reveal-desk")
    page.get_by_role("button", name="查看", exact=True).click()
    shown = page.locator(".shown").inner_text()
    assert len(shown) == 18 and shown[-4:] in masked and shown[:-4] not in masked


def name_of(app, query) -> str:
    with app.app_context(), scope.everything(db.session()):
        return db.session.scalars(query).first()


def test_county_makes_a_school_plans_an_inspection_and_exports(app, page_for, look):
    page = page_for("county", "desk")
    page.goto("/")
    look(page, "home-county-desk")
    page.goto("/school/add")
    page.fill("#name", "示范小学")
    page.fill("#code", "2199998888")
    page.select_option("#type", "primary")
    choose(page, "area", "乡")
    look(page, "school-form-desk")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".err")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("示范小学")

    page.goto("/inspection/add")
    choose(page, "school", "示范小学")
    if page.locator("#template").count():
        choose(page, "template", name_of(app, select(ChecklistTemplate.name)))
    page.fill("#name", "开学检查")
    page.fill("#planned_on", clock.today().isoformat())
    choose(page, "inspector", name_of(app, select(Member.name).where(Member.role == "inspector")))
    look(page, "inspection-form-desk")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_contain_text("开学检查")

    page.goto("/child/list/")
    total = int(page.locator(".head .dim").inner_text().split()[0].replace(",", ""))
    sheet = sheet_of(page, "导出").worksheets[0]
    names = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert len(names) == total > 0


def test_superior_takes_the_workbook_home(page_for, look):
    page = page_for("superior", "desk")
    page.goto("/")
    look(page, "home-superior-desk")
    page.get_by_role("link", name="统计表").click()
    look(page, "statistics-superior-desk")
    shown = [row.inner_text().split("\t") for row in page.locator(".sums tbody tr").all()]
    book = load_workbook(BytesIO(_download(page)), data_only=True)
    sheet = book.worksheets[0]
    told = [[_as_shown(cell) for cell in row] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert told == [[text.strip() for text in row] for row in shown]
    small = [text for row in told for text in row[3:] if text.isdigit() and 0 < int(text) < 5]
    assert small == [] and len(book.sheetnames) == 4


def _download(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="导出表格").click()
    return download.value.path().read_bytes()


def _as_shown(value) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def test_admin_makes_a_member(page_for, look):
    page = page_for("admin", "desk")
    page.goto("/")
    look(page, "home-admin-desk")
    page.get_by_role("link", name="启用的账号").click()
    page.get_by_role("link", name="新建", exact=True).click()
    page.fill("#username", "city2")
    page.fill("#name", "赵明")
    page.select_option("#role", "superior")
    choose(page, "area", "示例市")
    look(page, "member-form-desk")
    page.get_by_role("button", name="保存").click()
    assert len(page.locator(".shown").inner_text()) >= 8
    page.goto("/member/list/?q=city2")
    expect(page.locator("tbody tr")).to_contain_text("赵明")
    look(page, "member-list-desk")
