"""An uploaded workbook or CSV file → rows of plain values."""

import marshal
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from app.models.words import _
from app.services import apart
from app.services.sheet.errors import SheetError, TookLong
from app.services.sheet.grid import Cell, Grid, Once
from app.services.sheet.package import Limits, inspect
from app.services.sheet.unmerged import unmerged

_CHILD = Path(__file__).with_name("child.py")
_TOO_BIG = _("文件太大或已损坏，没能读完。请只留要导入的行和列，另存为 .xlsx 后再上传。")
_REFUSALS = {
    "kind": _("这不是表格文件。请上传 .xlsx、.xls 或 .csv 文件。"),
    "empty": _("工作簿里没有可读的工作表。请打开看一下，取消隐藏后再上传。"),
    "rows": _("超过 %(rows)s 行。请分成几个文件上传。"),
    "columns": _("超过 %(columns)s 列。请删去多余的列后再上传。"),
    "quote": _("第 %(row)s 行有一个引号没有配对，它后面的内容分不清属于哪一格。请补上或删去这个引号后再上传。"),
    "quotes": _("第 %(row)s 行的引号括住了后面的格或整行，分不清本来是一格还是几格。请把不成对的引号补上或删去后再上传。"),
}


@dataclass(frozen=True)
class Sheet:
    """One visible sheet of a file."""

    rows: Grid
    first_row_number: int = 1  # the number of rows[0] in the sender's sheet
    name: str = ""  # empty for CSV
    others: list[str] = field(default_factory=list)  # further visible sheets, which are not read
    heads: dict[str, list[list[Cell]]] = field(default_factory=dict)  # how these begin, where no sheet was asked for


def read_book(source: str | Path | bytes, sheet: str = "", *, limits: Limits = Limits()) -> Sheet:  # noqa: B008  frozen
    """Read a sheet (the first one, or that of a name) of a file nobody has vouched for; SheetError says in Chinese what to do about it,
    TookLong where the time by the clock was over.

    A child process parses it, held to the limits: what brings a reader down brings down no more.
    """
    content = source if isinstance(source, bytes) else _load(Path(source), limits)
    kind = inspect(content, limits)
    try:
        with apart.made(_CHILD, kind, str(limits.rows), str(limits.columns), sheet, given=unmerged(content), limits=limits) as taken:
            return _unpack(taken, limits)
    except apart.Late:
        raise TookLong(_TOO_BIG) from None
    except apart.Ended:
        raise SheetError(_TOO_BIG) from None


def _load(path: Path, limits: Limits) -> bytes:
    """The file, no more of it than shows that it is too big."""
    with path.open("rb") as file:
        return file.read(limits.size + 1)


def _unpack(taken: IO[bytes], limits: Limits) -> Sheet:
    head: dict[str, Any] = _next(taken)
    if "error" in head:
        raise _refusal(head, limits)
    columns: list[list[Cell]] = []
    count, cells = 0, Once(_cell)
    while "end" not in (part := _next(taken)):
        if isinstance(part, dict):
            raise _refusal(part, limits)
        for at in part[2]:
            part[1][at] = _column(part[1][at], cells)
        _put_below(columns, count, part[0], part[1])
        count += part[0]
    heads = {name: [*Grid.of([[_cell(cell) for cell in row] for row in some])] for name, some in head["heads"].items()}
    return Sheet(Grid(columns, count), name=head["name"], others=head["others"], heads=heads)


def _next(taken: IO[bytes]) -> Any:
    return marshal.loads(taken.read(int.from_bytes(taken.read(8))))


def _put_below(columns: list[list[Cell]], above: int, count: int, more: list[list[Cell]]) -> None:
    """Lengthen the columns, of so many cells each, by some rows; there may be more columns now, or less."""
    columns += ([None] * above for _column in range(len(more) - len(columns)))
    for at, column in enumerate(columns):
        column += more[at] if at < len(more) else [None] * count


def _column(column: list[Any], cells: Once) -> list[Cell]:
    """A column with its dates, each distinct one made once."""
    if not set(map(type, column)) <= {tuple, str, type(None)}:
        return [_cell(cell) for cell in column]
    return [*map(cells.__getitem__, column)]


def _cell(cell: Any) -> Cell:
    return _moment(cell) if type(cell) is tuple else cell


def _moment(parts: tuple[int, ...]) -> date | datetime:
    return date(*parts) if len(parts) == 3 else datetime(*parts)  # type: ignore[arg-type]


def _refusal(told: dict[str, Any], limits: Limits) -> SheetError:
    values = {"rows": limits.rows, "columns": limits.columns, **told}
    wanted = ("row",) if "row" in told else (told["error"],)
    return SheetError(_REFUSALS[told["error"]], **{key: values[key] for key in wanted if key in values})
