"""A sheet by columns: the same rows as before, and rows that are no records found without reading all of them."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.sheet.grid import Grid, Once
from app.services.sheet.header import Header, heads_of, is_record, no_records

CELLS = st.one_of(st.none(), st.sampled_from(["合计", "小计：3人", "姓名", "性别", "填表人", "甲", " 甲 ", "  ", "12", "人小计"]),
                  st.integers(0, 3), st.booleans(), st.just(date(2016, 3, 2)))
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=8)


def trimmed(rows):
    """Rows without empty cells at their end, nor empty rows below."""
    rows = [list(row) for row in rows]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


@given(ROWS)
@settings(deadline=None)
def test_a_grid_gives_the_rows_that_it_was_made_of(rows):
    grid = Grid.of(rows)
    assert grid == trimmed(rows) and len(grid) == len(trimmed(rows)) and grid[:2] == trimmed(rows)[:2]
    assert [type(cell) for row in grid for cell in row] == [type(cell) for row in trimmed(rows) for cell in row]
    assert Grid.of(grid) is grid and grid.column(99) == [None] * len(grid)


@given(ROWS)
@settings(deadline=None)
def test_what_says_nothing_is_none(rows):
    grid = Grid.of(rows)
    for at, column in enumerate(grid.columns):
        assert grid.said(at) == [None if type(cell) is str and not cell.strip() else cell for cell in column]


@given(ROWS)
@settings(deadline=None, max_examples=400)
def test_rows_that_are_no_records_are_those_that_each_row_alone_would_tell(rows):
    grid, header = Grid.of([["姓名", "性别"], *rows]), Header(0, at={"name": 0, "sex": 1})
    heads = heads_of(grid, header)
    assert sorted(no_records(grid, header)) == [row for row in range(1, len(grid)) if not is_record(grid[row], heads)]


def test_what_was_made_once_is_forgotten_when_it_grows_too_much():
    asked = []
    once = Once(lambda value: asked.append(value) or value * 2, most=2)
    assert [once[value] for value in (1, 1, 2, 3, 3, 1)] == [2, 2, 4, 6, 6, 2] and asked == [1, 2, 3, 1]
