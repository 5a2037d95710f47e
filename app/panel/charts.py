"""Charts as SVG: pygal lays them out on the server, the style sheet colours them, nothing in them runs.

What pygal brings for a page of its own is left behind (style, scripts, the texts of tooltips): the policy of our
pages forbids it, and so does a chart that must tell no more than the text beside each bar. A drawing depends on
nothing but what it shows, so the last ones are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from unicodedata import east_asian_width
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

WIDTH, FONT = 360, 11  # of the drawing; a phone shows it at nine tenths, a desk at half as much again
ROW, BAR, EDGE = 22, 15, 4
LONGEST = 22  # a name in halves of a Chinese character; the whole one stands in the table
KEPT = 100
WIDE = 0.62  # what a Latin letter takes of a Chinese one
DROPPED = {"defs", "desc", "title", "style", "script"}
AROUND = {"background", "tooltip-overlay"}
NUMBERS = {"x", "y", "width", "height", "cx", "cy", "d", "transform"}
WORDS = {"text-anchor", "r"}
DECIMALS = re.compile(r"\d+\.\d+")


class Bar(NamedTuple):
    """A value as far as it may be seen (rounded as its text is; None: nothing is drawn), and the text beside it."""

    value: float | None
    text: str


class Series(NamedTuple):
    """Bars of one colour; ``tone``: full, light or bad, as the style sheet knows them."""

    label: str
    tone: str
    bars: tuple[Bar, ...]


class Chart(NamedTuple):
    """Bars by name. ``top``: where the scale ends, None for the longest bar; ``stacked``: end to end instead of below each other."""

    title: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None
    stacked: bool = False


class Look(NamedTuple):
    """How a drawing differs from what pygal makes: tones of the series, anchor of the numbers and how far they move (x, y)."""

    tones: tuple[str, ...]
    anchor: str
    moved: tuple[float, float] = (0, 0)
    name: str = "chart"


@lru_cache(KEPT)
def bars(chart: Chart) -> Markup:
    """Lying bars, the first name on top."""
    names = [_short(name) for name in chart.names][::-1]
    after = 0.0 if chart.stacked else max((_wide(bar.text) for one in chart.series for bar in one.bars), default=0) + 6
    room = max(map(_wide, names)) + 9
    row = ROW if chart.stacked else max(ROW, BAR * len(chart.series) + 7)
    kind = pygal.HorizontalStackedBar if chart.stacked else pygal.HorizontalBar
    top = chart.top or max(1, *_lengths(chart))
    # pygal takes every letter for a Latin one and adds that to the left margin: what it adds is taken off.
    left = room - EDGE - .6 * FONT * max(map(len, names))
    made = kind(**_settings(row * len(names) + 2 * EDGE), x_labels=names, show_x_labels=False, show_y_guides=False, range=(0, top),
                margin_left=left, margin_right=max(after, EDGE), print_values_position="center" if chart.stacked else "top")
    tones = tuple(one.tone for one in chart.series)
    scale = (WIDTH - room - max(after, EDGE)) / top
    for one in chart.series:
        made.add(one.label, [_value(bar, scale if chart.stacked else None) for bar in one.bars][::-1])
    return _drawn(made, chart.title, Look(tones, "middle", name="chart inside") if chart.stacked else Look(tones, "start"))


@lru_cache(KEPT)
def line(title: str, points: tuple[tuple[str, int | None, str], ...]) -> Markup:
    """A line over time: label, value, text of each point. One without a value is passed by, its text stands at its label."""
    values = [value for _label, value, _text in points if value is not None]
    low, high = min(values) * .9, max(values)
    labels = [label if value is not None else f"{label} {text}" for label, value, text in points]
    made = pygal.Line(**_settings(170), x_labels=labels, truncate_label=LONGEST, show_y_labels=False, show_x_guides=False, dots_size=3.5,
                      range=(low, max(high, low + 1)), margin_left=24, margin_right=24, margin_top=22)
    made.add(title, [{"value": value, "formatter": _saying(text)} for _label, value, text in points])
    return _drawn(made, title, Look(("full",), "middle", (-FONT, -2.2 * FONT)))


def _settings(height: int) -> dict[str, Any]:
    style = pygal.style.Style(label_font_size=FONT, major_label_font_size=FONT, value_font_size=FONT)
    return {"width": WIDTH, "height": height, "style": style, "js": (), "no_prefix": True, "show_legend": False, "print_values": True,
            "margin": EDGE, "spacing": EDGE}


def _lengths(chart: Chart) -> list[float]:
    """The values, or where they are put end to end, their sums."""
    rows = zip(*([bar.value or 0 for bar in one.bars] for one in chart.series), strict=True)
    return [sum(row) if chart.stacked else max(row) for row in rows]


def _value(bar: Bar, scale: float | None) -> dict[str, Any]:
    """A value as pygal takes it; with ``scale`` (lengths a unit) a text that does not fit into its bar is left to the table."""
    fits = scale is None or bar.value is None or bar.value * scale > _wide(bar.text) + 4
    return {"value": bar.value or 0, "formatter": _saying(bar.text if fits else "")}


def _saying(text: str) -> Any:
    return lambda _value: text


def _wide(text: str) -> float:
    return sum(FONT if east_asian_width(one) in "WF" else WIDE * FONT for one in text)


def _short(name: str) -> str:
    """A name that leaves room for its bar."""
    taken = 0
    for at, one in enumerate(name):
        taken += 2 if east_asian_width(one) in "WF" else 1
        if taken > LONGEST:
            return name[:at] + "…"
    return name


def _drawn(made: Any, title: str, look: Look) -> Markup:
    """The drawing as a part of the page: what is seen, and its title for who does not see it."""
    tree = made.render_tree()
    svg = ElementTree.Element("svg", {"class": look.name, "viewBox": tree.get("viewBox"), "role": "img"})
    ElementTree.SubElement(svg, "title").text = title
    svg.extend(_seen(tree, look))
    return Markup(ElementTree.tostring(svg, encoding="unicode"))


def _seen(of: Any, look: Look) -> Iterator[Any]:
    for node in of:
        kind, classes = node.tag, node.get("class", "").split()
        if kind in DROPPED or not isinstance(kind, str) or AROUND & set(classes) or "line" in classes and "reactive" not in classes:
            continue
        made = ElementTree.Element(kind, {key: value for key, value in node.attrib.items() if key in WORDS})
        made.attrib |= {key: DECIMALS.sub(lambda number: f"{float(number[0]):.1f}", node.get(key)) for key in NUMBERS if key in node.attrib}
        made.text = node.text
        if "value" in classes:
            made.attrib |= {"text-anchor": look.anchor, **{key: f"{float(node.get(key)) + by:.1f}" for key, by in zip("xy", look.moved, strict=True)}}
        word = next((look.tones[int(one[6:])] for one in classes if one.startswith("serie-")), "") or "x" * ("x" in classes) or "y" * ("y" in classes)
        if word:
            made.set("class", word)
        made.extend(_seen(node, look))
        if kind == "g" and not made.attrib:
            yield from made
        elif len(made) or kind != "g" and (kind != "text" or made.text):
            yield made
