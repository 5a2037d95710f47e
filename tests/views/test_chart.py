"""Charts beside their tables: they tell what the table tells, to each role, and never a hidden count."""

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest

from app.services import overview, suppression
from app.services.pictures import MOST_BARS, PICTURES
from app.services.scope import Asker
from app.services.statistics import SECTIONS, Line, Report
from app.views import charts
from tests.support.attack import hidden_alone

MONTHS = [(date(2026, month, 1), count) for month, count in ((1, 40), (2, 3), (3, 0), (4, 5), (5, 60), (6, 4))]
SVG = re.compile(r'<svg class="chart[^>]*>.*?</svg>', re.S)
HOSTILE = "<script>alert(1)</script>"


def page_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def drawn(page):
    """The texts of each chart of a page."""
    return [[unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)] for svg in SVG.findall(page)]


def cells(page):
    return {unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)(?=<t[dhr]|</table)", page, re.S)}


def report(*counts, **more):
    """A report of places with these counts of children, half of them with one parent away."""
    lines = [Line(name, Counter(dict.fromkeys(suppression.COUNTS, count) | {
        "left_behind": count, "one": count // 2, "both": count - count // 2, "boys": count // 2, "girls": count - count // 2} | more), area_id=at + 1)
        for at, (name, count) in enumerate(counts)]
    return Report("", date(2026, 9, 1), lines)


def known(text, words):
    """Whether a text of a chart stands in the table; a long name may be cut."""
    return text in words or text.endswith("…") and any(word.startswith(text[:-1]) for word in words)


@pytest.fixture
def asked(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("account", ["county", "superior", "township", "school"])
def test_every_number_of_a_chart_stands_in_the_table(client_for, account):
    client, shown = client_for(account), 0
    for section, (_label, measures) in SECTIONS.items():
        page = page_of(client, f"/statistics/?section={section}")
        words = {*cells(page), *(one.label for one in measures)}
        for texts in drawn(page):
            shown += 1
            assert texts and [text for text in texts if not all(known(part, words) for part in text.split())] == []
    assert shown >= 4


def test_the_form_of_figures_is_drawn_below_its_table(client_for):
    page = page_of(client_for("county"), "/forms/care/")
    (texts,) = drawn(page)
    assert set(texts) <= cells(page) and page.index("<table") < page.index('<svg class="chart')
    assert 'href="#charts"' in page and 'id="charts"' in page


def test_nothing_is_drawn_of_a_summary_that_does_not_foot_for_who_may_not_see_it(client_for, monkeypatch):
    monkeypatch.setattr("app.services.forms.figures.broken", lambda *_asked: [object()])
    page = page_of(client_for("superior"), "/forms/summary/")
    assert "<table" not in page and drawn(page) == []


def test_a_hidden_count_is_drawn_nowhere(asked):
    """<5 and * as in the table; of parts put end to end none is drawn where one is hidden."""
    told = report(("甲", 6), ("乙", 40), ("丙", 60))
    (parts, whole) = charts.of_report(PICTURES["overview"], told, hidden_alone(told))
    hidden = [hidden_alone(told).text(line, one) for line in told.lines for one in PICTURES["overview"][0].measures]
    assert hidden[:2] == ["<5", "<5"] and "*" in hidden
    texts = drawn(parts.svg)[0]
    assert "<5" in texts and "3" not in texts and {"甲", "乙", "丙"} <= set(texts)
    assert parts.svg.count('width="') == 2 * sum(not any(hidden[at:at + 2]) for at in (0, 2, 4))
    assert "53" in drawn(whole.svg)[0]


def test_a_bar_is_no_more_exact_than_its_text(asked):
    made = [report(("甲", 0), ("乙", 100), talked=talked, visited=1, left_behind=whole) for talked, whole in ((3333, 10000), (33331, 100000))]
    first, second = (charts.of_report(PICTURES["care"][1:], one, None)[0].svg for one in made)
    bars = [re.findall(r'<g class="full">(?:<rect[^>]*>)+', svg)[0] for svg in (first, second)]
    assert bars[0] == bars[1] and "33.3%" in first and "33.3%" in second


def test_names_cannot_leave_the_drawing(asked):
    told = report((HOSTILE, 40), ("</svg>乙", 60))
    for section, pictures in PICTURES.items():
        for one in charts.of_report(pictures, told, None):
            assert "<script" not in one.svg and one.svg.count("</svg>") == 1, section
    assert "&lt;script&gt;" in charts.of_report(PICTURES["overview"], told, None)[0].svg


@pytest.mark.parametrize(("places", "made"), [(0, 0), (1, 1), (2, 2), (MOST_BARS, 2), (MOST_BARS + 1, 1)])
def test_places_are_compared_where_they_are_some_and_can_be_read(asked, places, made):
    told = report(*((f"{at}镇", 40) for at in range(places)))
    assert len(charts.of_report(PICTURES["overview"], told, None)) == made


@pytest.mark.parametrize(("role", "shown"), [("superior", [40, None, 0, 5, 60, None]), ("county", [40, 3, 0, 5, 60, 4]), ("school", [40, 3, 0, 5, 60, 4])])
def test_small_months_are_left_out_beyond_the_county(role, shown):
    assert suppression.over_time(Asker(1, "某人", role), MONTHS) == shown


@pytest.mark.parametrize(("account", "said", "points"), [("superior", ["40", "<5", "0", "5", "60", "<5"], 4), ("county", ["40", "3", "0", "5", "60", "4"], 6)])
def test_the_first_page_draws_the_line_past_them(client_for, monkeypatch, account, said, points):
    client = client_for(account)
    monkeypatch.setattr(overview, "talks_by_month", lambda *_asked: MONTHS)
    for url in ("/", "/statistics/?section=care"):
        page = page_of(client, url)
        (chart,) = [svg for svg in SVG.findall(page) if "<circle" in svg]
        assert chart.count("<circle") == points and re.search(r'<path d="([^"]*)"', chart)[1].count(" ") == 2 * points - 1
        table = page.partition('<div class="quiet"><table>')[2].partition("</table>")[0]
        assert [unescape(text) for text in re.findall(r"<td>([^<]*)</td>", table)] == said


def test_a_superior_gets_no_line_of_a_part_of_the_place(client_for, monkeypatch):
    monkeypatch.setattr(overview, "talks_by_month", lambda *_asked: MONTHS)
    page = page_of(client_for("superior"), "/statistics/?section=care")
    below = re.search(r"/statistics/\?section=care(?:&amp;|&)area=\d+", page)[0].replace("&amp;", "&")
    assert "<circle" in page and "<circle" not in page_of(client_for("superior"), below)


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_pages_stay_clean_for_readers(page_for, axe, shot, monkeypatch, device):
    monkeypatch.setattr(overview, "talks_by_month", lambda *_asked: MONTHS)
    page = page_for("superior", device)
    page.goto("/")
    assert page.locator("svg.chart").get_by_text("<5").count() == 2
    assert axe(page) == []
    for url in ("/statistics/", "/statistics/?section=care", "/statistics/?section=safety", "/forms/care/"):
        page.goto(url)
        assert page.locator("svg.chart").count() and axe(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), url
        for chart in page.locator("svg.chart").all():
            assert chart.get_attribute("role") == "img" and chart.locator("title").text_content()
    page.goto("/statistics/")
    shot(page, f"statistics-{device}")
