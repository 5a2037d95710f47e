"""SQLAdmin's list: ``python -m benchmarks.peers.sqladmin_list <database file>``."""

import asyncio

from sqladmin import Admin, ModelView
from sqladmin.filters import StaticValuesFilter
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase
from starlette.applications import Starlette

from benchmarks.desk import serve
from benchmarks.peers import case, tables

database, asked = case.read()
engine = create_engine(f"sqlite:///{database}", connect_args={"check_same_thread": False})


class Base(DeclarativeBase):
    __allow_unmapped__ = True


_, Child = tables.models(Base)


class ChildView(ModelView, model=Child):
    column_list = tables.COLUMNS
    column_searchable_list = ["name"]
    column_sortable_list = ["name"]
    column_filters = [StaticValuesFilter(Child.left_behind, [(code, code) for code in "0123"])]
    column_default_sort = [("pinyin", False)]
    page_size = tables.SIZE
    page_size_options = [tables.SIZE]


app = Starlette()
Admin(app, engine).add_view(ChildView)
running = asyncio.new_event_loop()


async def ask(address: str) -> bytes:
    """The page, straight from the ASGI application; RuntimeError unless it is 200."""
    path, _, query = address.partition("?")
    told: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        told.append(message)

    await app({"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
               "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": [(b"host", b"localhost")],
               "client": ("127.0.0.1", 1), "server": ("localhost", 80)}, receive, send)
    page = b"".join(message.get("body", b"") for message in told)
    if told[0]["status"] != 200:
        raise RuntimeError(f"{address}: {told[0]['status']} {page[:300]!r}")
    return page


LIST = f"/admin/child/list?pageSize={tables.SIZE}"
ADDRESSES = {"list": LIST, "deep": f"{LIST}&page={asked['page']}", "by name": f"{LIST}&sortBy=name&sort=desc",
             "filtered": f"{LIST}&left_behind=2", "name": f"{LIST}&search={asked['name']}"}
serve({name: lambda a=address: running.run_until_complete(ask(a)) for name, address in ADDRESSES.items()}, case.counter(engine))
