"""Runs alone in a child process: marks wrong cells in a sender's own .xlsx and hands the file back.

Started by its path like child.py, and for the same reason: the file is one that nobody has vouched for.
In, on stdin: by marshal the sheet's name and {(row, column) from 0: reason}, then the file. Out: the file.
"""

import io
import marshal
import sys
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

WRONG = "FFFFC7CE"
AUTHOR = "守望"
WIDTH, LINE, PER_LINE = 280, 20, 18  # of a comment: pixels, pixels a line, characters a line


def mark(sheet: Any, reasons: dict[tuple[int, int], str]) -> None:
    """Fill each wrong cell and say why; of merged cells the one that shows."""
    fill = PatternFill("solid", fgColor=WRONG)
    tops = {(row, column): (area.min_row, area.min_col) for area in sheet.merged_cells.ranges for row, column in area.cells} if reasons else {}
    for (row, column), reason in reasons.items():
        cell = sheet.cell(row + 1, column + 1)
        if isinstance(cell, MergedCell):
            cell = sheet.cell(*tops[row + 1, column + 1])
        text = f"{cell.comment.text}\n{reason}" if cell.comment else reason
        lines = sum(len(line) // PER_LINE + 1 for line in text.split("\n"))
        cell.fill, cell.comment = fill, Comment(text, AUTHOR, width=WIDTH, height=LINE * (lines + 1))


def main() -> None:
    name, reasons = marshal.load(sys.stdin.buffer)
    book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    mark(book[name], reasons)
    book.active = book.sheetnames.index(name)
    made = io.BytesIO()
    book.save(made)
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main()
