"""The databases of the peers: what they read of a county, same rows and indexes, made once and kept, so that they may add tables of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import data, postgres

PEERS_READ = ("area", "school", "staff", "school_class", "child")  # the last two, and what they point at


def sqlite(children: int, times: int = 1) -> Path:
    """Path of a SQLite database with what peers read, same rows and indexes, so that they may add tables of their own.

    ``times``: so often each child, under ids of their own; then no index is unique.
    """
    path = data.folder_of(children) / ("peers.db" if times == 1 else f"peers-{times}.db")
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as made:
            made.execute("ATTACH ? AS ours", (str(data.folder_of(children) / "shouwang.db"),))
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
                    _repeat(made, [row[1] for row in made.execute("PRAGMA table_info(child)")], times)
            made.commit()
            made.execute("ANALYZE main")  # not the county itself
        part.rename(path)
    return path


def postgresql(children: int, times: int = 1) -> str:
    """SQLAlchemy URL of the same on PostgreSQL, where the county itself must be already (data.py)."""
    name = f"bench_{children}_peers" if times == 1 else f"bench_{children}_peers_{times}"
    ready = data.folder_of(children) / f"ready-postgresql-{name}"
    if ready.exists():
        return postgres.database(data.ROOT, name, anew=False)
    url = postgres.made(data.ROOT, f"bench_{children}", name)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as made:
        tables = {row[0] for row in made.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        made.execute(f"DROP TABLE {', '.join(sorted(tables - {*PEERS_READ}))} CASCADE")
        if times > 1:
            for table, index in made.execute("SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index JOIN pg_class ON oid = indrelid "
                                             "WHERE relname = 'child' AND indisunique AND NOT indisprimary").fetchall():
                made.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {index} CASCADE")
                made.execute(f"DROP INDEX IF EXISTS {index}")
            _repeat(made, [row[0] for row in made.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'child'")], times)
        made.execute(f"ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0")  # what these spend nobody tells
        made.execute("VACUUM ANALYZE")
    ready.touch()
    return url


def _repeat(made: Any, columns: Sequence[str], times: int) -> None:
    """The children once more and once more, by the driver of either database."""
    others = ", ".join(column for column in columns if column != "id")
    most = made.execute("SELECT max(id) FROM child").fetchone()[0]
    for again in range(1, times):
        made.execute(f"INSERT INTO child (id, {others}) SELECT id + {again * most}, {others} FROM child WHERE id <= {most}")
