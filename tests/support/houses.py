"""One app a worker and engine, moved from database to database: what it compiles, pages and statements, it compiles once."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url

from app import create_app
from app.extensions import db
from app.models import crypto
from app.services.remember import Memory
from tests.support import settings


class House:
    """An app with the settings of tests, that stands on the database of whoever lives in it: one at a time."""

    def __init__(self, url: str) -> None:
        self.app = create_app(settings.of(url))
        self.config = dict(self.app.config)
        self.lived_in = False
        with self.app.app_context():
            self.engine: Engine = db.engine
        event.listen(self.engine, "do_connect", self._connect)
        gc.collect()
        gc.freeze()  # app and modules live as long as the process: to look through them at each collection takes a twentieth of the time

    def _connect(self, dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> Any:
        """A connection to where the house stands now; SQLAlchemy reads an engine's address but once."""
        args, named = dialect.create_connect_args(self.engine.url)
        return dialect.connect(*args, **{**parameters, **named})

    @contextmanager
    def at(self, url: str) -> Iterator[Flask]:
        """The app on this database, with the settings as they were whatever the last one changed."""
        assert not self.lived_in, "two databases at a time want two apps: make the other with create_app()"
        self.lived_in, self.engine.url = True, make_url(url)
        self.app.config.clear()
        self.app.config.update(self.config, SQLALCHEMY_DATABASE_URI=url)
        crypto.use_key(self.config["DATA_KEY"])  # the process has one, and tests without an app use another
        forget()
        try:
            yield self.app
        finally:
            with self.app.app_context():
                db.session.remove()
                self.engine.dispose()
            self.lived_in = False


def forget() -> None:
    """What the process remembers of a database it remembers by the engine, which is the same on the next one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app."):
            for value in list(vars(module).values()):
                if isinstance(value, Memory):
                    value.clear()


_houses: dict[str, House] = {}


@contextmanager
def app_at(url: str) -> Iterator[Flask]:
    """The worker's app for this kind of database, on this one."""
    kind = make_url(url).get_backend_name()
    if kind not in _houses:
        _houses[kind] = House(url)
    with _houses[kind].at(url) as app:
        yield app
