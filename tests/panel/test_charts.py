"""The drawings: only what is seen, nothing that runs or calls out, whatever a place is called."""

from xml.etree import ElementTree

import pytest

from app.panel import charts
from app.panel.charts import Bar, Chart, Series

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</svg><b>", "&lt;b&gt;", "]]>", "{{ 7*7 }}", "' onload='x")
TAGS = {"svg", "title", "g", "rect", "text", "path", "circle"}
WORDS = {"class", "viewBox", "role", "transform", "x", "y", "width", "height", "cx", "cy", "r", "d", "text-anchor"}
CLASSES = {"chart", "chart inside", "x", "y", "full", "light", "bad"}


def chart(names, *values, **more):
    tones = ("full", "light")
    return Chart("标题", tuple(names), tuple(Series(str(at), tones[at], tuple(Bar(value, "<5" if value is None else str(value)) for value in row))
                                           for at, row in enumerate(values)), **more)


def tree(markup):
    """The drawing, held against what may stand in it."""
    found = ElementTree.fromstring(markup)
    assert {node.tag for node in found.iter()} <= TAGS
    assert {name for node in found.iter() for name in node.attrib} <= WORDS
    assert {node.get("class", "x") for node in found.iter()} <= CLASSES
    assert found.get("role") == "img" and found[0].tag == "title" and found[0].text
    return found


def texts(node):
    return [one.text for one in node.iter("text")]


def lengths(node, tone):
    """Of the bars of a tone, from top to bottom."""
    rects = [one for group in node.iter("g") if group.get("class") == tone for one in group.iter("rect")]
    return [float(one.get("width", 0)) for one in sorted(rects, key=lambda one: float(one.get("y")))]


@pytest.mark.parametrize("stacked", [False, True])
def test_hostile_names_are_text(stacked):
    names = [name[:20] for name in HOSTILE]
    made = tree(charts.bars(chart(names, range(1, 9), range(2, 10), stacked=stacked)))
    assert set(texts(made)) >= set(names)
    title = tree(charts.line(HOSTILE[0], (("一", 5, HOSTILE[1]), ("二", 6, "6"))))
    assert title[0].text == HOSTILE[0] and HOSTILE[1] in texts(title)


def test_bars_are_as_long_as_their_numbers_and_in_the_order_of_the_table():
    made = tree(charts.bars(chart(["甲镇", "乙镇", "丙镇"], (10, 40, 20), (5, 0, 30))))
    assert lengths(made, "full") == pytest.approx([lengths(made, "full")[1] / 4, lengths(made, "full")[1], lengths(made, "full")[1] / 2], abs=0.2)
    assert lengths(made, "light")[1] == 0 and lengths(made, "light")[2] == pytest.approx(lengths(made, "full")[1] * 3 / 4, abs=0.2)
    places = sorted((float(one.get("y")), one.text) for one in made.iter("text") if one.text in {"甲镇", "乙镇", "丙镇"})
    assert [text for _y, text in places] == ["甲镇", "乙镇", "丙镇"]
    assert {"10", "40", "20", "5", "0", "30"} <= set(texts(made))


def test_a_hidden_number_has_a_sign_and_no_bar():
    made = tree(charts.bars(chart(["甲", "乙"], (None, 40))))
    assert lengths(made, "full")[0] == 0 < lengths(made, "full")[1] and "<5" in texts(made)


def test_the_scale_may_end_above_the_longest_bar():
    half, whole = (lengths(tree(charts.bars(chart(["甲"], (50,), top=top))), "full")[0] for top in (100, 50))
    assert half == pytest.approx(whole / 2, abs=0.2)


def test_a_number_that_does_not_fit_into_its_part_is_left_to_the_table():
    made = tree(charts.bars(chart(["甲", "乙"], (2, 400), (300, 300), stacked=True)))
    assert "2" not in texts(made) and {"400", "300"} <= set(texts(made)) and made.get("class") == "chart inside"


def test_a_long_name_leaves_room_for_its_bar():
    made = tree(charts.bars(chart(["很长的" * 12, "短"], (10, 20))))
    (cut,) = [text for text in texts(made) if text.endswith("…")]
    assert 5 < len(cut) < 15 and lengths(made, "full")[1] > 150


def test_the_line_passes_a_hidden_month_whose_label_says_so():
    made = tree(charts.line("每月", (("6月", 40, "40"), ("7月", None, "<5"), ("8月", 60, "60"))))
    assert len(list(made.iter("circle"))) == 2 and "7月 <5" in texts(made) and {"40", "60", "6月", "8月"} <= set(texts(made))
    (path,) = made.iter("path")
    assert path.get("d").count(" ") == 3


@pytest.mark.parametrize("count", [1, 40])
def test_one_bar_and_forty_are_drawn(count):
    made = tree(charts.bars(chart([f"{at}镇" for at in range(count)], range(1, count + 1))))
    assert len(lengths(made, "full")) == count and f"{count - 1}镇" in texts(made)
