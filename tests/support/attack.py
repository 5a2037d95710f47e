"""What a reader reckons who knows all sums: how far the cells of tables can be narrowed down from what is shown of them.

Written apart from app/services/leeway.py: it starts from the texts of the cells, and knows no number behind them.
"""

from app.services.hiding import LEAST
from app.services.nested import Tree
from app.services.statistics import Measure
from app.services.suppression import Hidden

FAR = 10 ** 6
SAYS = {"<5": (1, LEAST - 1), "*": (1, FAR)}


def hidden_alone(report):
    """What is hidden of a report that stands alone: no table above it or behind it. The lines are told apart by their names."""
    for line in report.lines:
        line.node = line.name
    return Hidden(Tree({line.node: line.sums for line in (report.total, *report.lines)}, {report.node: [line.node for line in report.lines]}))


class Attack:
    """``tables``: reports with what is hidden of them, and the name of the book that they are of.

    ``within``: cells (book, key) that are, in each place, no less than others, and the very same where the numbers are; a third
    part names two cells, and the rest holds only where they are equal.
    ``span``: (book, node, key) → least and most that the number can be.
    """

    def __init__(self, tables, within=()):
        self.tables = [(*one, "")[:3] for one in tables]
        self.span, self.numbers, self.rules = {}, {}, []
        for one in self.tables:
            self._read(*one)
        for node in {node for _book, node, _key in self.numbers}:
            for sides in within:
                self._compare(*([(book, node, key) for book, key in side] for side in sides))
        while sum(self._narrow(*rule) for rule in self.rules):  # all of them, each time
            assert all(low <= high for low, high in self.span.values()), "these tables contradict themselves"  # and would be narrowed for ever

    def _read(self, report, hidden, book):
        own = {*hidden.counts.keys, *hidden.counts.unseen}
        for line in (report.total, *report.lines):
            for key in hidden.counts.keys:
                text = hidden.text(line, Measure(key, ""))
                said = self._said(line, hidden, key, text) if text else (line.sums[key], line.sums[key])
                assert self.span.setdefault((book, line.node, key), said) == said, "the total of a table is the line of the one above it"
                self.numbers[book, line.node, key] = line.sums[key]
            for key in hidden.counts.unseen:
                self.span[book, line.node, key] = (0, FAR)
            self.rules += [([(book, line.node, key) for key in left], [(book, line.node, key) for key in right], True)
                           for left, right in hidden.counts.sums if own >= {*left, *right}]
        for key in own:
            self.rules.append(([(book, report.node, key)], [(book, line.node, key) for line in report.lines], True))

    def _said(self, line, hidden, key, text):
        """A star may stand for none where the whole is hidden too."""
        wholes = [left[0] for left, right in hidden.counts.sums if len(left) == 1 and key in right]
        none = any(whole in hidden.counts.unseen or hidden.text(line, Measure(whole, "")) for whole in wholes)
        return (0, FAR) if text == "*" and none else SAYS[text]

    def _compare(self, greater, less, same=()):
        """What a reader may suppose of two books: the same number where it is the same, else what counts fewer is no more."""
        if all(cell in self.numbers for cell in (*greater, *less)) and len({self.numbers[cell] for cell in same}) < 2:
            more = sum(self.numbers[cell] for cell in greater) - sum(self.numbers[cell] for cell in less)
            self.rules += [(greater, less, not more)] if more >= 0 else []

    def _narrow(self, left, right, same):
        """One rule: left is at least right, and of the same number at most too."""
        found = self._least_of_the_greater(left, right)
        return same and self._least_of_the_greater(right, left) or found

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
        for report, hidden, book in self.tables:
            for line in (report.total, *report.lines):
                for key in hidden.counts.keys:
                    count, (low, high) = line.sums[key], self.span[book, line.node, key]
                    if not low <= count <= high or 0 < count < LEAST and high - low < leeway:
                        found[book, line.node, key] = (count, low, high)
        return found
