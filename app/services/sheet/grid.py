"""The cells of a sheet, kept by columns: a third of the memory of rows, and what repeats itself is decided once a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, overload

Cell = str | float | int | bool | date | datetime | None


class Grid(Sequence[list[Cell]]):
    """Rows of a sheet, each as long as its last filled cell; the first cell is column A."""

    def __init__(self, columns: list[list[Cell]], count: int) -> None:
        """``columns``: each with ``count`` cells, None for an empty one."""
        self.columns = columns
        self._said: dict[int, list[Cell]] = {}
        while count and all(column[count - 1] is None for column in columns):
            count -= 1
        self._count = count
        if columns and count < len(columns[0]):
            for column in columns:
                del column[self._count :]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> Grid:
        """The same rows; a grid itself as it is."""
        return rows if isinstance(rows, Grid) else cls([[*column] for column in zip_longest(*rows)], len(rows))

    def column(self, at: int) -> list[Cell]:
        """The cells of a column from above to below, as many as there are rows."""
        return self.columns[at] if at < len(self.columns) else [None] * self._count

    def said(self, at: int) -> list[Cell]:
        """The same, None for a text of spaces alone too; looked at once."""
        if at not in self._said:
            column = self.column(at)
            texts = {cell for cell in set(column) if type(cell) is str}
            if not all(map(str.strip, texts)):
                column = [None if type(cell) is str and not cell.strip() else cell for cell in column]
            self._said[at] = column
        return self._said[at]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[Cell]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        row = [column[at] for column in self.columns]
        while row and row[-1] is None:
            row.pop()
        return row

    def __iter__(self) -> Iterator[list[Cell]]:
        return (self[at] for at in range(self._count))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == self._count and all(mine == yours for mine, yours in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it can be changed


class Once(dict[Any, Any]):
    """Value → what is made of it, made once; forgets all when they grow too many."""

    def __init__(self, make: Callable[[Any], Any], most: int = 50_000) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, value: Any) -> Any:
        if len(self) >= self._most:
            self.clear()
        made = self[value] = self._make(value)
        return made
