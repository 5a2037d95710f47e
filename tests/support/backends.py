"""A filled database, built once a session and engine; every test module gets its own copy."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from fasteners import InterProcessLock

from tests.support import postgres

Fill = Callable[[str], None]


class SQLite:
    """Databases are files below `folder`."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        return f"sqlite:///{self.folder / database}.db"

    def create(self, database: str) -> None:
        (self.folder / f"{database}.db").touch()

    def copy(self, source: str, target: str) -> None:
        shutil.copyfile(self.folder / f"{source}.db", self.folder / f"{target}.db")

    def drop(self, database: str) -> None:
        for file in self.folder.glob(f"{database}.db*"):
            file.unlink()


class PostgreSQL:
    """Databases of the session's server; raises postgres.Unavailable where there is none."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = postgres.start(folder)

    def url(self, database: str) -> str:
        host = parse_qs(urlsplit(self.server).query).get("host", [None])[0]
        if host:
            return f"postgresql+psycopg://postgres@/{database}?host={host}"
        return f"postgresql+psycopg://{urlsplit(self.server).netloc}/{database}"

    def create(self, database: str) -> None:
        postgres.execute(self.server, f'CREATE DATABASE "{database}"')

    def copy(self, source: str, target: str) -> None:
        postgres.execute(self.server, f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop(self, database: str) -> None:
        postgres.execute(self.server, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


Backend = SQLite | PostgreSQL
BACKENDS: dict[str, type[SQLite] | type[PostgreSQL]] = {b.name: b for b in (SQLite, PostgreSQL)}


def new_copy(backend: Backend, fill: Fill) -> str:
    """Name of a fresh copy of what `fill(url)` makes of an empty database; it is made once a session."""
    template = f"shouwang_{fill.__name__}"
    ready = backend.folder / f"{backend.name}.{template}.ready"
    with InterProcessLock(backend.folder / f"{backend.name}.lock"):
        if not ready.exists():
            backend.drop(template)
            backend.create(template)
            fill(backend.url(template))
            ready.touch()
    name = f"shouwang_{uuid4().hex[:12]}"
    backend.copy(template, name)
    return name


def new_empty(backend: Backend) -> str:
    """Name of a fresh database without a table."""
    name = f"shouwang_{uuid4().hex[:12]}"
    backend.create(name)
    return name
