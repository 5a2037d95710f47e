"""The line of talks by month: whoever sees counts only reads no small one from it."""

from datetime import date

import pytest

from app.services import overview, suppression
from app.services.scope import Asker

MONTHS = [(date(2026, month, 1), count) for month, count in ((1, 40), (2, 3), (3, 0), (4, 5), (5, 60), (6, 4))]


@pytest.mark.parametrize(("role", "shown"), [("superior", [40, None, None, 5, 60, None]), ("county", [40, 3, 0, 5, 60, 4]), ("school", [40, 3, 0, 5, 60, 4])])
def test_small_months_are_left_out_beyond_the_county(role, shown):
    assert suppression.over_time(Asker(1, "某人", role), MONTHS) == shown


@pytest.mark.parametrize(("account", "said", "points"), [("superior", "1月 40，2月 &lt;5，3月 &lt;5，4月 5，5月 60，6月 &lt;5", 3),
                                                         ("county", "1月 40，2月 3，3月 0，4月 5，5月 60，6月 4", 6)])
def test_the_first_page_draws_the_line_past_them(client_for, monkeypatch, account, said, points):
    client = client_for(account)
    monkeypatch.setattr(overview, "talks_by_month", lambda *_asked: MONTHS)
    chart = client.get("/").get_data(as_text=True).partition('<svg class="chart"')[2].partition("</svg>")[0]
    assert said in chart and chart.count("<circle") == points
    assert len(chart.partition('<polyline points="')[2].partition('"')[0].split()) == points


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_the_page_stays_clean_for_readers(page_for, axe, monkeypatch, device):
    monkeypatch.setattr(overview, "talks_by_month", lambda *_asked: MONTHS)
    page = page_for("superior", device)
    page.goto("/")
    assert page.locator("svg.chart").get_by_text("<5").count() == 3
    assert axe(page) == []
