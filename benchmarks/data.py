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
PEERS_READ = ("area", "school", "staff", "school_class", "child")  # the last two, and what they point at


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


def for_peers(children: int, times: int = 1) -> Path:
    """Path of a SQLite database with what peers read, same rows and indexes, so that they may add tables of their own.

    ``times``: so often each child, under ids of their own; then no index is unique.
    """
    path = folder_of(children) / ("peers.db" if times == 1 else f"peers-{times}.db")
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as made:
            made.execute("ATTACH ? AS ours", (str(folder_of(children) / "shouwang.db"),))
            marks = ",".join("?" * len(PEERS_READ))
            found = made.execute(f"SELECT type, name, sql FROM ours.sqlite_master WHERE tbl_name IN ({marks}) AND sql IS NOT NULL ORDER BY type DESC",
                                 PEERS_READ).fetchall()
            for kind, name, definition in found:
                # Our indexes hold living rows alone; peers know no trash and could not use them.
                plain = definition.partition(" WHERE ")[0].replace(" UNIQUE ", " " if times > 1 else " UNIQUE ")
                made.execute(plain if kind == "index" else definition)
                if kind == "table":
                    made.execute(f"INSERT INTO {name} SELECT * FROM ours.{name}")
                if name == "child":
                    _repeat(made, times)
            made.commit()
            made.execute("ANALYZE main")  # not the county itself
        part.rename(path)
    return path


def _repeat(made: sqlite3.Connection, times: int) -> None:
    """The children once more and once more."""
    others = ", ".join(row[1] for row in made.execute("PRAGMA table_info(child)") if row[1] != "id")
    most = made.execute("SELECT max(id) FROM child").fetchone()[0]
    for again in range(1, times):
        made.execute(f"INSERT INTO child (id, {others}) SELECT id + {again * most}, {others} FROM child WHERE id <= {most}")


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
