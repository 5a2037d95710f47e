"""One campaign from its form to the report for the public, by the six people whose work it is: each sees what the one before left."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support import campaign_pages as campaigns
from tests.support import visit_pages as visits
from tests.support.chain import NAME, Chain, school_rows
from tests.support.offline import GOT, KEPT, cut, opened, remark, says, take_along
from tests.support.pages import follow, pill, press, suits_a_phone, sure, task, tasks
from tests.support.visiting import fill_the_rest

SEED = "2026-冬-17"


@pytest.fixture
def chain(app, page_for, look, tmp_path, watch) -> Chain:
    watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")  # while the network is cut
    return Chain(app, page_for, look, tmp_path)


def test_a_campaign_by_its_six_people(chain):
    prepares_draws_and_announces(chain)
    checks_itself(chain)
    inspects_without_a_network(chain)
    two_of_the_team_meet(chain)
    failed = submits_with_a_signature(chain)
    objects_and_is_heard(chain)
    sends_and_receives_the_letter(chain)
    puts_right_and_is_checked_again(chain)
    chain.days_go_by()
    sees_what_is_overdue(chain)
    closes(chain)
    reads_results_and_report(chain, failed)


def prepares_draws_and_announces(chain: Chain) -> None:
    page, names = chain.county, [chain.name_of(account) for account in ("inspector", "inspector2", "inspector3")]
    campaigns.filled_in(page, NAME, starts=0, ends=10, self_due=0, kindergarten=1)
    page.locator("#seed").fill(SEED)
    chain.look(page, "campaign-form-desk")
    press(page, "保存")
    expect(page.locator("h1")).to_have_text(NAME)
    campaigns.team(page, NAME, names)
    campaigns.must_visit(page, NAME, chain.named, "上学期整改问题较多")
    campaigns.drawn(page, chain.look)
    campaigns.announced(page)
    follow(page, "通知书")
    for told in (f"{names[0]}（组长）", names[2], chain.named, chain.drawn, SEED):
        expect(page.locator(".notice")).to_contain_text(told)
    chain.look(page, "campaign-notice-desk")


def checks_itself(chain: Chain) -> None:
    """The school sees the notice and ticks every item at its desk, one with a paper; the county sees that it has."""
    page = chain.desk
    task(page, NAME, "提交自查").click()
    page.locator("#A2 .tick.fail").click()
    visits.received(page, "A2")
    remark(page, "A2", "岗位刚调整")
    page.locator("#A2 input[type=file]").set_input_files(chain.picture)
    expect(page.locator("#A2 .shots li")).to_have_count(1)
    visits.self_checked(page, visits.sections(page))
    chain.look(page, "self-check-desk")
    follow(page, "核对并提交")
    page.get_by_role("button", name="提交自查").click()
    sure(page)
    expect(page.locator(".head .pill")).to_contain_text("已提交")
    expect(page.locator("#A2")).to_contain_text("岗位刚调整")
    chain.look(page, "self-check-done-desk")
    chain.county.goto(f"/campaign/self_checks/{chain.pk}")
    table = chain.county.get_by_role("table", name="各校自查")
    expect(table.get_by_role("row", name=chain.named)).to_contain_text("已提交")


def inspects_without_a_network(chain: Chain) -> None:
    """The leader takes the day along and loses the line; a tick, its remark and its photo wait on the phone, while the member's arrive."""
    page, pk = chain.leader, chain.visit("must")
    take_along(page)
    card = page.locator(".visits li", has_text=NAME).filter(has_text=chain.named)
    card.get_by_role("link").tap()
    page.get_by_role("link", name=re.compile("^A ")).tap()
    expect(page.locator("#A2 .own")).to_contain_text("不合格 岗位刚调整")
    page.locator("#A2 .tick.fail").tap()
    visits.received(page, "A2")
    cut(page)
    opened(page, f"/visit/{pk}?section=E")
    expect(page.locator(".no-line")).to_contain_text("没有网络，照常检查")
    for code in ("E1", "E2"):
        page.locator(f"#{code} .tick.pass").tap()
    remark(page, "E1", "看了名册")
    page.locator("#E1 input[type=file]").set_input_files(chain.picture)
    says(page, "E1", KEPT)
    suits_a_phone(page)
    chain.look(page, "chain-kept-phone")
    other = chain.member
    opened(other, f"/visit/{pk}?section=E")
    expect(other.locator("#E1 .tick[aria-pressed=true]")).to_have_count(0)
    other.locator("#E2 .tick.fail").tap()
    visits.received(other, "E2")


def two_of_the_team_meet(chain: Chain) -> None:
    """Back on the line: what only the leader ticked is received, what both ticked otherwise is asked; then they share the rest."""
    page, other, pk = chain.leader, chain.member, chain.visit("must")
    cut(page, False)
    says(page, "E1", "照片 ✓")  # the last that went up of it
    clash = page.locator("#E2 .clash")
    expect(clash).to_contain_text(chain.name_of("inspector2"))
    suits_a_phone(page)
    clash.get_by_role("button", name="用对方的").tap()
    says(page, "E2", GOT)
    opened(other, f"/visit/{pk}?section=E")
    expect(other.locator("#E1 .tick.pass")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#E1 [name=remark]")).to_have_value("看了名册")
    expect(other.locator("#E1 .shots img")).to_be_visible()
    other.goto(f"/visit/{pk}?section=H")
    visits.ticked_against(other, "H2", "fail", "北楼墙体开裂，鉴定书是开裂前的")
    codes = visits.sections(other)
    visits.ticked_through(page, pk, codes[:6])
    visits.ticked_through(other, pk, codes[6:])


def submits_with_a_signature(chain: Chain) -> list[str]:
    """The head signs, the leader submits: the report, and a draft of the opinion with each failed item, whose codes are returned. The lot's school too."""
    page, pk = chain.leader, chain.visit("must")
    visits.signed(page, pk)
    suits_a_phone(page)
    chain.look(page, "chain-submit-phone")
    failed = page.locator("#fails li p").evaluate_all("(all) => all.map((one) => one.textContent.split(' ')[0])")
    assert {"A2", "E2", "H2"} <= set(failed)
    visits.submitted(page, pk, "记录较完整，一处隐患要尽快处理")
    expect(page.locator(".report")).to_contain_text("记录较完整，一处隐患要尽快处理")
    expect(page.locator(".sign img")).to_have_attribute("src", re.compile(r"/file/\d+"))  # for the paper
    suits_a_phone(page)
    chain.look(page, "chain-report-phone")
    page.get_by_role("link", name="督导意见书").tap()
    pill(page, "初步意见")
    expect(page.get_by_role("table", name="问题与整改期限").locator("tbody tr")).to_have_count(len(failed))
    suits_a_phone(page)
    chain.look(page, "opinion-draft-phone")
    fill_the_rest(chain.app, chain.visit("drawn"), ("A2",))
    visits.submitted(page, chain.visit("drawn"))
    return failed


def objects_and_is_heard(chain: Chain) -> None:
    """The school objects to a finding, with its reasons; the county reads them and withdraws it."""
    page, county = chain.school, chain.county
    task(page, "初步督导意见待答复", chain.named).tap()
    expect(page.locator(".notice")).to_contain_text("请在")
    suits_a_phone(page)
    what = open_finding(page, "A2")
    pill(page, "待整改")
    suits_a_phone(page)
    chain.look(page, "finding-phone")
    follow(page, "申辩")
    suits_a_phone(page)
    press(page, "申辩")
    expect(page.locator("#text-err")).to_contain_text("请填写申辩理由")
    chain.look(page, "finding-object-phone")
    page.locator("#text").fill("分工文件当天在校长室，检查时没有取到")
    press(page, "申辩")
    pill(page, "申辩待裁决")
    waiting = task(county, "申辩待裁决", what)
    chain.look(county, "home-findings-desk")
    waiting.click()
    pill(county, "申辩待裁决")
    chain.look(county, "finding-desk")
    follow(county, "撤销问题")
    expect(county.locator(".facts")).to_contain_text("分工文件当天在校长室")
    county.locator("#text").fill("文件核对属实，予以撤销")
    chain.look(county, "finding-withdraw-desk")
    press(county, "撤销问题")
    pill(county, "已撤销")


def open_finding(page: Page, code: str) -> str:
    """Go from the letter to the finding of this item; what it says."""
    link = page.get_by_role("link", name=re.compile(f"^{code} "))
    what = link.inner_text().removeprefix(f"{code} ")
    link.click()
    return what


def sends_and_receives_the_letter(chain: Chain) -> None:
    """The school objects to nothing more, the county sends the letter with its number, the school signs for it."""
    page, county = chain.school, chain.county
    task(page, "初步督导意见待答复", chain.named).tap()
    follow(page, "答复无异议")
    press(page, "答复无异议")
    task(county, "督导意见书待发出", chain.named).click()
    follow(county, "发出意见书")
    press(county, "发出意见书")
    expect(county.locator(".notice .no")).to_have_text(re.compile(r".+教督〔\d{4}〕\d+号"))
    expect(county.locator(".notice")).to_contain_text("文件核对属实")
    chain.look(county, "opinion-letter-desk")
    county.emulate_media(media="print")
    chain.look(county, "opinion-letter-print")
    county.emulate_media(media="screen")
    task(page, "督导意见书待签收", chain.named).tap()
    expect(page.locator(".notice")).to_contain_text("文件核对属实")
    follow(page, "签收")
    page.locator("#reason").fill("某校长")
    press(page, "签收")
    expect(page.locator(".notice")).to_contain_text("某校长 于")
    chain.look(page, "opinion-letter-phone")


def puts_right_and_is_checked_again(chain: Chain) -> None:
    """From the letter the school reports one finding as put right, with a photo; the leader looks on the spot and closes it."""
    page, leader = chain.school, chain.leader
    what = open_finding(page, "H2")
    follow(page, "报告整改")
    page.locator("#text").fill("已请鉴定单位鉴定，结论为B级")
    page.locator("#files").set_input_files(chain.picture)
    suits_a_phone(page)
    chain.look(page, "finding-fix-phone")
    press(page, "报告整改")
    pill(page, "已整改待复查")
    expect(page.locator("#files .shots li")).to_have_count(1)
    tasks(leader, "整改复查", what).and_(leader.locator(f'[href$="/{page.url.rpartition("/")[2]}"]')).click()  # other schools may have failed at it too
    pill(leader, "已整改待复查")
    expect(leader.locator("main")).to_contain_text("已请鉴定单位鉴定，结论为B级")
    follow(leader, "复查销号")
    leader.locator("#way").select_option("spot")
    leader.locator("#text").fill("现场看过鉴定报告")
    suits_a_phone(leader)
    chain.look(leader, "finding-close-phone")
    press(leader, "复查销号")
    pill(leader, "已销号")
    expect(leader.locator("main")).to_contain_text("现场看过鉴定报告")
    chain.look(leader, "finding-closed-phone")
    page.reload()
    pill(page, "已销号")


def sees_what_is_overdue(chain: Chain) -> None:
    """The township sees what its school has not put right, and nothing of the other township's school; the county both."""
    page = chain.township
    page.goto("/")
    chain.look(page, "chain-township-desk")
    page.locator("section", has=page.get_by_role("heading", name="逾期的督导问题")).get_by_role("link", name="全部", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text(chain.named)
    expect(page.locator("tbody")).not_to_contain_text(chain.drawn)
    page.locator("tbody tr", has_text=chain.named).first.get_by_role("link").first.click()
    expect(page.locator(".head .pill", has_text="逾期")).to_be_visible()
    chain.county.goto("/finding/list/?m=overdue")
    for school in (chain.named, chain.drawn):
        expect(chain.county.locator("tbody tr", has_text=school).first).to_be_visible()


def closes(chain: Chain) -> None:
    """The county ends the campaign: from then on it is to be read."""
    page = chain.county
    page.goto(f"/campaign/show/{chain.pk}")
    follow(page, "结束行动")
    press(page, "结束行动")
    expect(page.locator(".say")).to_contain_text("行动已结束")
    follow(page, "督导结果")
    chain.look(page, "campaign-results-closed-desk")


def reads_results_and_report(chain: Chain, failed: list[str]) -> None:
    """The city reads the ranking, takes the workbook along, where the same stands, and the report for the public."""
    page = chain.superior
    page.goto("/campaign/list/")
    page.locator("tbody tr", has_text=NAME).get_by_role("link").first.click()
    follow(page, "督导结果")
    ranked = page.get_by_role("table", name="各校各类得分").locator("tbody tr")
    expect(ranked.nth(0)).to_contain_text(chain.drawn)
    expect(ranked.nth(1)).to_contain_text(chain.named)
    chain.look(page, "chain-results-desk")
    score, grade = (ranked.nth(1).locator("td").nth(at).inner_text() for at in (1, 2))
    with page.expect_download() as download:
        follow(page, "导出工作簿")
    download.value.save_as(chain.folder / "results.xlsx")
    row = school_rows(chain.folder / "results.xlsx")[chain.named]
    stands, left = len(failed) - 1, len(failed) - 2  # one was withdrawn, one more put right
    assert (row["名次"], f"{row['得分']:.1f}", row["等级"]) == (2, score, grade)
    assert (row["不合格"], row["问题"], row["未整改"], row["逾期"]) == (stands, stands, left, left)
    page.go_back()
    follow(page, "公告")
    expect(page.locator(".head .pill")).to_have_count(0)  # final, no draft
    expect(page.locator(".notice")).to_contain_text("学校太少，不公布问题数")  # two schools: each would know the other's
    row_of = page.get_by_role("table", name="各校等级").get_by_role("row", name=chain.named)
    expect(row_of.get_by_role("cell")).to_have_text(["初中", grade])
    expect(page.locator(".notice")).not_to_contain_text("岗位刚调整")
    chain.look(page, "chain-public-desk")
