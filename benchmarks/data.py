"""The databases that are measured: a county of so many children, made once below var/bench/ and kept.

Run as a module it fills one SQLite database; ``python -m benchmarks`` does so where one is missing.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, Table, create_engine, inspect, select, text

from app import create_app
from app.extensions import db
from app.models.base import Entity
from app.services import scope, upkeep
from benchmarks import postgres
from seeds.demo import make_demo

PASSWORD = "Demo-2026-pw!"
ROOT = Path(__file__).resolve().parent.parent / "var" / "bench"
CHILDREN_A_SCHOOL = 162.5  # 260,000 children in 1,600 schools: the largest figure in the source documents
CHUNK = 20_000


def folder_of(children: int) -> Path:
    return ROOT / str(children)


def settings(children: int, url: str = "") -> None:
    """Set the environment that config.load() reads; ``url`` is the county's SQLite file unless given."""
    os.environ.update(SHOUWANG_DEMO="1", SHOUWANG_VAR=str(folder_of(children)), DEMO_PASSWORD=PASSWORD,
                      DATABASE_URL=url or sqlite_url(children))


def sqlite_url(children: int) -> str:
    return f"sqlite:///{folder_of(children) / 'shouwang.db'}"


def connected(children: int) -> sqlite3.Connection:
    """The driver's own connection to the SQLite database."""
    return sqlite3.connect(folder_of(children) / "shouwang.db")


def sqlite(children: int) -> str:
    """URL of the filled SQLite database; minutes the first time (about 2 ms of CPU a child)."""
    ready = folder_of(children) / "ready"
    if not ready.exists():
        print(f"Making a county of {children:,} children, once …", flush=True)
        for left in folder_of(children).glob("shouwang.db*"):
            left.unlink()
        subprocess.run([sys.executable, "-m", "benchmarks.data", str(children)], check=True)
        ready.touch()
    _migrate(children, sqlite_url(children))
    return sqlite_url(children)


def postgresql(children: int) -> str:
    """URL of the same rows on PostgreSQL; postgres.Unavailable where none runs."""
    name, ready = f"bench_{children}", folder_of(children) / "ready-postgresql"
    url = postgres.database(ROOT, name, anew=not ready.exists())
    if not ready.exists():
        print(f"Copying {children:,} children to PostgreSQL, once …", flush=True)
        settings(children, url)
        with create_app().app_context():
            upgrade()
        _copy(create_engine(sqlite(children)), create_engine(url))
        ready.touch()
    _migrate(children, url)
    return url


def _migrate(children: int, url: str) -> None:
    """A database that was kept takes the migrations that came since."""
    subprocess.run([sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], check=True, capture_output=True,
                   env={**os.environ, "SHOUWANG_DEMO": "1", "SHOUWANG_VAR": str(folder_of(children)), "DATABASE_URL": url})
    engine = create_engine(url)
    kept = inspect(engine)
    for table in (Entity.metadata.tables[name] for name in kept.get_table_names() if name in Entity.metadata.tables):
        there = {index["name"] for index in kept.get_indexes(table.name)}
        for index in (one for one in table.indexes if one.name not in there):  # it passed a migration before that one was finished
            print(f"{url} lacked {index.name}; it has it now", flush=True)
            index.create(engine)
    engine.dispose()


@contextmanager
def copied(children: int, engine: str, name: str) -> Iterator[str]:
    """URL of a copy of the county, to write to, gone in the end; ``engine`` by its name in tables."""
    if engine != "SQLite":
        with postgres.copy(ROOT, f"bench_{children}", name) as url:
            yield url
        return
    path = folder_of(children) / f"{name}.db"
    with closing(connected(children)) as source:
        source.execute("VACUUM INTO ?", (str(path),))
    try:
        yield f"sqlite:///{path}"
    finally:
        for left in path.parent.glob(f"{name}.db*"):
            left.unlink()


def _copy(source: Engine, target: Engine) -> None:
    """All rows, table by table in the order of their foreign keys."""
    known = set(inspect(source).get_table_names())
    with source.connect() as reading, target.begin() as writing:
        writing.execute(text("SET LOCAL session_replication_role = replica"))  # no check of foreign keys: SQLite has checked them
        for table in Entity.metadata.sorted_tables:
            if table.name in known:
                _copy_table(table, reading, writing)
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as tending:
        tending.execute(text("VACUUM ANALYZE"))


def _copy_table(table: Table, reading: Connection, writing: Connection) -> None:
    """By COPY: 5 million rows by INSERT take half an hour."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    fits = [column.type.dialect_impl(writing.dialect).bind_processor(writing.dialect) for column in table.columns]
    cursor = writing.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as into:
        for row in reading.execute(select(table), execution_options={"yield_per": CHUNK}):
            into.write_row([fit(value) if fit else value for fit, value in zip(fits, row, strict=True)])
    if "id" in table.c:
        writing.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT coalesce(max(id), 1) FROM {table.name}))"))


def _make(children: int) -> None:
    settings(children)
    with create_app().app_context():
        upgrade()
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        make_demo(session, children=children, schools=max(4, round(children / CHILDREN_A_SCHOOL)), seed=1, password=PASSWORD, records="light")
        upkeep.refresh_statistics(session)  # as `flask seed` does


if __name__ == "__main__":
    _make(int(sys.argv[1]))
