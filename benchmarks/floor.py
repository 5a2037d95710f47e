"""The least that such a page can cost: one statement by the driver and a bare Jinja table.

No accounts, no scope, no menu, no form; ``python -m benchmarks.floor <children> <url>``.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
from jinja2 import Environment
from sqlalchemy.engine import make_url

from benchmarks.cases import SIZE, cases
from benchmarks.desk import serve

COLUMNS = ("name", "sex", "school_class", "left_behind", "special_group", "boarder", "last_talk_on", "last_visit_on", "last_contact_on")
SELECT = ("SELECT child.id, child.name, sex, school_class.name, left_behind, special_group, boarder, last_talk_on, last_visit_on, last_contact_on "
          "FROM child LEFT JOIN school_class ON school_class.id = school_class_id WHERE child.deleted_at IS NULL")
ORDER = f" ORDER BY pinyin, child.id LIMIT {SIZE}"
PAGE = Environment(autoescape=True).from_string("""<!doctype html><title>floor</title><table>
<tr>{% for column in columns %}<th>{{ column }}{% endfor %}
{% for row in rows %}<tr>{% for cell in row[1:] %}<td>{{ cell or '' }}{% endfor %}
{% endfor %}</table>""")


def main(children: int, url: str) -> None:
    connection, mark = _connect(url)
    case = cases(children)["county"]

    def page(where: str = "", values: Sequence[Any] = ()) -> bytes:
        rows = connection.execute((SELECT + where + ORDER).replace("?", mark), values).fetchall()
        return PAGE.render(columns=COLUMNS, rows=rows).encode()

    border = connection.execute("SELECT pinyin, id FROM child WHERE id = ?".replace("?", mark), (case.deep_id,)).fetchone()
    by_key = " AND child.id IN (SELECT child_id FROM child_key WHERE key >= ? AND key < ?)"
    serve({
        "list": page, "deep": lambda: page(" AND (pinyin, child.id) > (?, ?)", border),
        "filtered": lambda: page(" AND left_behind = ?", ("2",)),
        **{name: lambda key=key: page(by_key, (key, key + "\uffff"))
           for name, key in (("name", case.name), ("pinyin", case.pinyin), ("initials", case.initials))}})


def _connect(url: str) -> tuple[Any, str]:
    """A driver's own connection and its mark for a value."""
    if url.startswith("sqlite"):
        return sqlite3.connect(make_url(url).database or ""), "?"
    return psycopg.connect(url.replace("+psycopg", "")), "%s"


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
