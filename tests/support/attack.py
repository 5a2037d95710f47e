"""What a reader reckons who knows all sums: how far the cells of tables can be narrowed down from what is shown of them.

Written apart from app/services/leeway.py: it starts from the texts of the cells, and knows no number behind them.
"""

from app.services.nested import Tree
from app.services.statistics import Measure
from app.services.suppression import LEAST, Hidden

FAR = 10 ** 6
SAYS = {"<5": (1, LEAST - 1), "*": (1, FAR)}


def hidden_alone(report):
    """What is hidden of a report that stands alone: no table above it or behind it. The lines are told apart by their names."""
    for line in report.lines:
        line.node = line.name
    return Hidden(Tree({line.node: line.sums for line in (report.total, *report.lines)}, {report.node: [line.node for line in report.lines]}))


class Attack:
    """``tables``: reports with what is hidden of them. ``span``: (node, key) → least and most that the number can be."""

    def __init__(self, tables):
        self.tables, self.span, self.rules = tables, {}, []
        for report, hidden in tables:
            self._read(report, hidden)
        while sum(self._narrow(*rule) for rule in self.rules):  # all in turn: to begin anew at each find takes a hundred times as long
            pass

    def _read(self, report, hidden):
        for line in (report.total, *report.lines):
            for key in hidden.counts.keys:
                text = hidden.text(line, Measure(key, ""))
                said = SAYS[text] if text else (line.sums[key], line.sums[key])
                assert self.span.setdefault((line.node, key), said) == said, "the total of a table is the line of the one above it"
            self.rules += [([(line.node, key) for key in left], [(line.node, key) for key in right]) for left, right in hidden.counts.sums]
        for key in hidden.counts.keys:
            self.rules.append(([(report.node, key)], [(line.node, key) for line in report.lines]))

    def _narrow(self, left, right):
        """One rule, both ways: left is at least right, and at most."""
        found = self._least_of_the_greater(left, right)
        return self._least_of_the_greater(right, left) or found

    def _least_of_the_greater(self, greater, less):
        room = sum(self.span[cell][1] for cell in greater) - sum(self.span[cell][0] for cell in less)
        found = False
        for cell in greater:
            low, high = self.span[cell]
            if high - low > room:
                self.span[cell], found = (high - room, high), True
        for cell in less:
            low, high = self.span[cell]
            if high - low > room:
                self.span[cell], found = (low, low + room), True
        return found

    def given_back(self, leeway=1):
        """Small counts shown or narrowed to less than the leeway, and wrong conclusions."""
        found = {}
        for report, hidden in self.tables:
            for line in (report.total, *report.lines):
                for key in hidden.counts.keys:
                    count, (low, high) = line.sums[key], self.span[line.node, key]
                    if not low <= count <= high or 0 < count < LEAST and high - low < leeway:
                        found[line.node, key] = (count, low, high)
        return found
