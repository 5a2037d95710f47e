"""Which figures of a report are drawn as bars, on the page and in the workbook; both stand below their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.models.words import _
from app.services.statistics import KNOWN, SECTIONS, Line, Measure, Report
from app.services.suppression import Hidden

MOST_BARS = 40  # places in one chart; more could not be read


@dataclass(frozen=True)
class Picture:
    """Bars of some measures: a place each, or one of the total. ``stacked``: the measures of a place add up to a whole."""

    title: str
    measures: tuple[Measure, ...]
    stacked: bool = False
    of_total: bool = False

    @property
    def share(self) -> bool:
        """Whether it shows per cents, so that its scale ends at a hundred."""
        return all(one.of for one in self.measures)

    def lines(self, report: Report) -> list[Line]:
        """The lines that are drawn; none where a single place or too many are to be compared."""
        if self.of_total:
            return [report.total] if report.lines else []
        return report.lines if 1 < len(report.lines) <= MOST_BARS else []

    def hides(self, report: Report, hidden: Hidden | None) -> bool:
        """Whether a figure of it may not be told."""
        return hidden is not None and any(hidden.text(line, one) for line in self.lines(report) for one in self.measures)


def _known(*keys: str, of: str = "") -> tuple[Measure, ...]:
    return tuple(KNOWN[key, of] for key in keys)


PICTURES: Mapping[str, tuple[Picture, ...]] = {
    "overview": (Picture(_("留守儿童人数"), _known("one", "both"), stacked=True),
                 Picture(_("留守儿童构成"), _known("one", "both", "boys", "girls", "boarders", "key"), of_total=True)),
    "definitions": (Picture(_("三种口径人数"), SECTIONS["definitions"][1][1:], of_total=True),),
    "care": (Picture(_("各项工作完成率"), _known("filed", "talked", "visited", "contacted", "letters", of="left_behind"), of_total=True),
             Picture(_("谈心率和家访率"), _known("talked", "visited", of="left_behind"))),
    "safety": (Picture(_("没有整改的隐患"), _known("hazards", "overdue")),
               Picture(_("督导平均得分"), _known("scores"))),
}
