"""Imports: reading and checking a sheet of new children, against openpyxl with a WTForms form and the ORM a row; and
how long writing new and changed rows keeps others waiting.

``python -m benchmarks.imports [rows …] [--rounds n] [--lock rows] [--no-peer] [--postgresql]``; ``python -m benchmarks --parts imports`` takes 30,000.
Each measurement is a process of its own on a copy of the county of 10,000 children, all in turn, round by round; CPU is that of the process, of the
child that parses the file, and of the server's process behind the connection. A sheet of more than 200,000 rows is refused by the reader.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from xlsxwriter import Workbook

from app import create_app
from app.extensions import db
from app.models import rules
from app.models.base import fields_of
from app.models.children import Child
from app.models.org import School, SchoolClass
from app.panel.forms import form_class
from app.panel.views_by_entity import VIEWS
from app.services import importing, records, scope, transactions
from app.services.sheet.read import read_book
from benchmarks import data, locks, postgres
from benchmarks.contender import Result, ratio
from benchmarks.desk import loop
from benchmarks.report import calibration, table
from tests.support.backends import PostgreSQL

COUNTY = 10_000
KEYS = VIEWS["Child"].columns
OURS, WAYS = "ours", ("floor", "ours", "peer")
HEADINGS = ["rows", "who", "CPU s", "of it the server's", "to ours", "in loops", "MB above the start", "the child's MB", "what came of it"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10_000, 30_000, 50_000])
    parser.add_argument("--rounds", type=int, default=1, help="how often each way is asked in turn (default: %(default)s)")
    parser.add_argument("--lock", type=int, default=30_000, help="rows to write while 20 threads save; 0: none (default: %(default)s)")
    parser.add_argument("--no-peer", dest="peer", action="store_false")
    parser.add_argument("--postgresql", action="store_true", help="the same on PostgreSQL as well")
    parser.add_argument("--one", nargs=4, metavar=("WAY", "FOLDER", "ROWS", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        _one(asked.one[0], Path(asked.one[1]), int(asked.one[2]), asked.one[3])
        return
    measure(asked.rows, asked.lock, peers=asked.peer, postgresql=asked.postgresql, rounds=asked.rounds)


def measure(sizes: Sequence[int], lock: int, *, peers: bool, postgresql: bool, rounds: int) -> None:
    """Read and check so many rows by each way in turn; then write ``lock`` new rows, and change them, beside savers (0: neither)."""
    data.sqlite(COUNTY)
    ways = [way for way in WAYS if peers or way != "peer"]
    _measured("SQLite", ways, sizes, lock, rounds)
    if postgresql:
        try:
            with _copied() as url:
                _measured("PostgreSQL", ways, sizes, lock, rounds, url)
        except postgres.Unavailable as why:
            print(f"PostgreSQL was left out: {why}")


def _measured(engine: str, ways: Sequence[str], sizes: Sequence[int], lock: int, rounds: int, url: str = "") -> None:
    lines: list[list[str]] = []
    results: list[Result] = []
    for rows in sizes:
        found = {way: Result(way, "import") for way in ways}
        for _ in range(rounds):
            for way, result in found.items():
                result.rounds.append(_measure(way, rows, url))
        lines += [_line(rows, one, found[OURS]) for one in found.values()]
        results += found.values()
    print(table(f"{engine}: a sheet of new children read and checked, 30 columns", HEADINGS, lines), calibration(results), "", sep="\n", flush=True)
    if lock:
        _tell(engine, _measure("lock", lock, url))


def _line(rows: int, one: Result, ours: Result) -> list[str]:
    return [f"{rows:,}", one.contender, f"{one.ms / 1000:.2f}", f"{one.server_ms / 1000:.2f}", f"× {ratio(ours, one):.1f}", f"{one.loops:.0f}",
            f"{one.last['mb']:.0f}", f"{one.last['child_mb']:.0f}", str(one.last["told"])]


def _tell(engine: str, measured: dict[str, Any]) -> None:
    for line in measured["told"].splitlines():
        print(f"- {engine}, {line}", flush=True)


@contextmanager
def _copied() -> Iterator[str]:
    """URL of a copy of the county on PostgreSQL, to write to."""
    data.postgresql(COUNTY)
    server, name = PostgreSQL(data.ROOT), "bench_imports"
    server.drop(name)
    server.copy(f"bench_{COUNTY}", name)
    try:
        yield server.url(name)
    finally:
        server.drop(name)


def _measure(way: str, rows: int, url: str = "") -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bench-imports-") as folder:
        for name in ("shouwang.db", "data_key", "secret_key"):
            shutil.copy(data.folder_of(COUNTY) / name, folder)
        done = subprocess.run([sys.executable, "-m", "benchmarks.imports", "--one", way, folder, str(rows), url or f"sqlite:///{folder}/shouwang.db"],
                              cwd=data.ROOT.parent.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps({"way": way, "rows": rows, **found}), file=sys.stderr, flush=True)
        return found


# One measurement ------------------------------------------------------------------------------
def _one(way: str, folder: Path, rows: int, url: str) -> None:
    os.environ.update(SHOUWANG_DEMO="1", SHOUWANG_VAR=str(folder), DEMO_PASSWORD=data.PASSWORD, DATABASE_URL=url)
    app = create_app()
    run = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert run.exit_code == 0, run.output
    with app.test_request_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        importing.MOST_ROWS = max(importing.MOST_ROWS, rows)
        book = folder / "children.xlsx"
        making = "import sys; from benchmarks import imports; imports.make(*sys.argv[1:])"
        subprocess.run([sys.executable, "-c", making, str(folder), str(book), str(rows), url], check=True)
        transactions.read_only(True)
        gc.freeze()  # as the server and the worker do
        way_of: dict[str, Callable[[Session, Path], str]] = {"floor": _floor, "ours": _ours, "peer": _peer, "lock": _lock}
        elsewhere = postgres.behind(session)
        served, base, start, before = elsewhere(), _peak(), _cpu(), loop()
        told = way_of[way](session, book)
        cpu, server = _cpu() - start - before, elsewhere() - served
        print(json.dumps({"cpu": cpu, "server": server, "loop": (before + loop()) / 2, "mb": _peak() - base, "child_mb": _child_peak(book), "told": told}))


def make(folder: str, book: str, rows: str, url: str) -> None:
    """A sheet of so many new children in 30 columns, 22 of text."""
    os.environ.update(SHOUWANG_DEMO="1", SHOUWANG_VAR=folder, DEMO_PASSWORD=data.PASSWORD, DATABASE_URL=url)
    with create_app().app_context(), Workbook(book, {"constant_memory": True}) as target:
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        places = session.execute(select(School.name, School.id, SchoolClass.name, SchoolClass.id).join(School, School.id == SchoolClass.school_id)).all()
        sheet, day = target.add_worksheet(), target.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["序号", "系统编号", *(fields_of(Child)[key].label for key in KEYS), "备注", "经办人"])
        for at, row in enumerate(islice(_children(places), int(rows)), 1):
            for column, cell in enumerate([at, None, *(row.get(key) for key in KEYS), "无", "李老师"]):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif cell is not None:
                    sheet.write(at, column, cell)


def _children(places: Any) -> Iterator[dict[str, Any]]:
    chance, seen = random.Random(20260901), set[str]()
    while True:
        sex, born = chance.choice("男女"), date(2010, 1, 1) + timedelta(chance.randrange(4500))
        number = f"99{chance.randrange(1000, 9999)}{born:%Y%m%d}{chance.randrange(499) * 2 + (sex == '男'):03d}"
        number += rules.check_digit(number)
        if number in seen:
            continue
        seen.add(number)
        school, school_id, of_class, class_id = chance.choice(places)
        yield {"name": chance.choice("赵钱孙李周吴郑王") + chance.choice("子涵梓轩浩宇欣怡") + chance.choice("雨泽俊杰思远佳琪"), "sex": sex,
               "birth_date": born, "ethnic_group": chance.choice(["汉族", "苗族"]), "id_number": number, "student_number": f"G{number}",
               "school": f"{school} #{school_id}", "school_class": f"{of_class} #{class_id}", "stage": chance.choice(["小学", "初中"]),
               "boarder": chance.choice("是否"), "journey": chance.choice(["步行", "校车"]), "rural": "是", "left_behind": "非留守",
               "household_address": f"示例县第{chance.randrange(5000)}村{len(seen)}号", "residence": f"示例镇{chance.randrange(9999)}组", "health": "健康",
               "special_group": chance.choice([None, "特困"]), "guard_rating": "委托监护较好", "alone": "否", "character": f"开朗{chance.randrange(300)}",
               "file_state": "在册", "filed_on": date(2025, 9, chance.randrange(1, 28)), "last_visit_on": date(2026, 3, 1)}


def _floor(_session: Session, book: Path) -> str:
    """The parser alone, in this process."""
    return f"{sum(1 for _row in python_calamine.CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).iter_rows())} rows"


def _ours(session: Session, book: Path) -> str:
    return str(dict(importing.read_plan(session, Child, KEYS, read_book(book).rows).counts()))


def _peer(session: Session, book: Path) -> str:
    """openpyxl, read-only; a form a row with its validators; the ORM for what must be unique, a row at a time."""
    rows = openpyxl.load_workbook(book, read_only=True).active.iter_rows(values_only=True)
    labels, form_of, wrong, count = next(rows), form_class(Child, tuple(records.editable(Child))), 0, 0
    keys = {one.label: key for key, one in records.editable(Child).items()}
    codes = {key: {label: code for code, label in one.choices.items()} for key, one in records.editable(Child).items() if one.choices}
    for row in rows:
        count += 1
        values = {keys[label]: cell for label, cell in zip(labels, row, strict=True) if label in keys and cell is not None}
        for key, cell in values.items():
            if " #" in str(cell):
                values[key] = str(cell).rsplit("#", 1)[1]
            elif key in codes:
                values[key] = codes[key].get(cell, cell)
            else:
                values[key] = f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell)
        form = form_of(MultiDict({key: cell for key, cell in values.items() if cell != "否"}), meta={"csrf": False})
        sound = form.validate()
        try:
            records.check(session, Child, {key: form[key].data for key in values if key in form})
        except records.Refused:
            sound = False
        wrong += not sound
    return f"{count} rows, {wrong} refused"


def _lock(session: Session, book: Path) -> str:
    return locks.measure(session, KEYS, read_book(book).rows)


def _cpu() -> float:
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _peak() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _child_peak(book: Path) -> float:
    """Megabytes of the process that parses the file, started from a small one: ru_maxrss begins with what the parent held."""
    child = Path(importing.__file__).parent / "sheet" / "child.py"
    code = ("import subprocess, sys, resource; subprocess.run([sys.executable, '-I', sys.argv[1], 'book', '200000', '500', ''], "
            "stdin=open(sys.argv[2], 'rb'), stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    return int(subprocess.run([sys.executable, "-I", "-c", code, str(child), str(book)], capture_output=True, text=True, check=True).stdout) / 1000


if __name__ == "__main__":
    main()
