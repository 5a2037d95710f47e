"""How a sheet looks: cell formats, widths, drop-downs, print set-up."""

from itertools import zip_longest
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.services.sheet.column import Column

MAX_ROWS = 1_048_576  # rows of one sheet, the header's included
CHOICES_SHEET = "选项"
FONT = "微软雅黑"
A4 = 9
_LIST_LIMIT = 255  # characters of a drop-down written out in the sheet itself
_NUM_FORMAT = {"text": "@", "choice": "@", "bool": "@", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}
_WIDTH = {"text": 14, "int": 8, "decimal": 10, "date": 12, "datetime": 17, "choice": 8, "bool": 6}
_WIDEST = 60


class Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        base = {"font_name": FONT, "valign": "vcenter"}
        self.title = book.add_format(base | {"bold": True, "font_size": 16, "num_format": "@"})
        self.subtitle = book.add_format(base | {"font_color": "#666666", "num_format": "@"})
        self.note = book.add_format({"font_name": FONT, "valign": "top", "text_wrap": True, "num_format": "@"})
        framed = base | {"border": 1, "border_color": "#BFBFBF", "text_wrap": True, "num_format": "@"}
        head = framed | {"bold": True, "align": "center"}
        self.header = book.add_format(head | {"bg_color": "#DCE9E4"})
        self.required = book.add_format(head | {"bg_color": "#DCE9E4", "font_color": "#B42318"})
        self.wrong = book.add_format(framed | {"bg_color": "#FFC7CE", "font_color": "#9C0006"})

    def body(self, column: Column) -> Format:
        """The format of a column's cells: text stays text, dates are dates."""
        return self.book.add_format({
            "font_name": FONT,
            "valign": "top",
            "num_format": _NUM_FORMAT.get(column.type, "General"),
            "text_wrap": column.long,
        })


def text_width(text: str) -> int:
    """The width of the text's longest line in digits: a Chinese character takes two."""
    return max((sum(1 + (east_asian_width(c) in "WF") for c in line) for line in text.split("\n")), default=0)


def column_width(column: Column) -> int:
    """The width of a column, wide enough for its label, its type and its choices."""
    if column.width:
        return column.width
    widest = max([40 if column.long else _WIDTH[column.type], *map(text_width, column.listed)])
    return min(max(widest, text_width(column.heading) + 4), _WIDEST)  # 4: room for the filter's arrow


def set_columns(sheet: Worksheet, columns: list[Column], formats: list[Format] | None = None) -> None:
    """Widths, and with `formats` the format of cells nobody has filled yet."""
    for i, column in enumerate(columns):
        sheet.set_column(i, i, column_width(column), formats[i] if formats else None)


def set_print(sheet: Worksheet, header_row: int) -> None:
    """A4 across, as wide as one page, the header on every page, pages numbered."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header_row)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")


def write_banner(sheet: Worksheet, row: int, columns: int, text: str, style: Format) -> None:
    """One line of text over all columns."""
    if columns > 1:
        sheet.merge_range(row, 0, row, columns - 1, "", style)
    sheet.write_string(row, 0, text, style)


class DropDowns:
    """The drop-downs of a workbook; lists too long for a cell rule stand on a hidden sheet."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.lists: list[list[str]] = []

    def add(self, sheet: Worksheet, columns: list[Column], first: int, last: int) -> None:
        """Offer each column's labels in the rows `first` to `last` (from 0)."""
        for i, column in enumerate(columns):
            if column.listed and last >= first:
                rule = {"validate": "list", "source": self._source(column.listed)}
                words = {"error_title": "请从下拉列表中选择", "error_message": "填写的内容不在可选项之内。"}
                sheet.data_validation(first, i, last, i, rule | words)

    def _source(self, labels: list[str]) -> list[str] | str:
        """The labels themselves, or where they stand."""
        if len(",".join(labels)) <= _LIST_LIMIT and not any(set(label) & {",", '"'} for label in labels):
            return labels
        if labels not in self.lists:
            self.lists.append(labels)
        at = self.lists.index(labels)
        column = xl_col_to_name(at)
        return f"={CHOICES_SHEET}!${column}$1:${column}${len(labels)}"

    def finish(self) -> None:
        """Write the hidden sheet, if any list needs it; the last sheet of the book."""
        if not self.lists:
            return
        sheet = self.book.add_worksheet(CHOICES_SHEET)
        sheet.hide()
        for row, labels in enumerate(zip_longest(*self.lists)):
            for i, label in enumerate(labels):
                if label is not None:
                    sheet.write_string(row, i, label)
