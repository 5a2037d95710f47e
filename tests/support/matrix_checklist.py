"""The ways into a version of the checklist beside its records: its outline and what moves there (see matrix_pages.py)."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from app.models.inspection import ChecklistItem
from tests.support.matrix_campaign import read
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_ways import may, sees, url
from tests.support.matrix_world import World


def move(world: World, account: str) -> Iterator[Case]:
    """A row of the version, and what is none."""
    granted, pk = may(world, account, "write", "ChecklistTemplate"), world.rows["ChecklistTemplate", "mine"]
    section = world.rows["ChecklistSection", "mine"]
    for said in (f"s.{section}.1.{section + 1}", "i.0.1.1", "i.a.b", ""):
        yield Case(f"move {said}", url("ChecklistTemplate", f"move/{pk}"), granted, ASKED_AGAIN if granted else REFUSED, "POST", {"move": said},
                   aim=("ChecklistSection", section))


def compared_book(world: World, account: str) -> Iterator[Case]:
    """404 where there is no other version to compare with."""
    granted, pk = may(world, account, "export", "ChecklistTemplate"), world.rows["ChecklistTemplate", "mine"]
    yield Case("compare book", url("ChecklistTemplate", f"compare/{pk}.xlsx"), granted, READ | {404} if granted else REFUSED)


def book(world: World, account: str) -> Iterator[Case]:
    granted = may(world, account, "export", "ChecklistTemplate")
    yield Case("book", url("ChecklistTemplate", f"book/{world.rows['ChecklistTemplate', 'mine']}.xlsx"), granted, READ if granted else REFUSED)


def take_in(rest: str) -> Callable[[World, str], Iterator[Case]]:
    """Into a published version nothing goes, whoever sends it."""

    def cases(world: World, account: str) -> Iterator[Case]:
        pk, section = world.rows["ChecklistTemplate", "mine"], world.rows["ChecklistSection", "mine"]
        for method in ("GET", "POST") if not rest else ("POST",):
            yield Case(f"take in{rest}", url("ChecklistTemplate", f"take_in/{pk}{rest}"), False, REFUSED, method,
                       {"token": "0" * 32} if method == "POST" else None, aim=("ChecklistSection", section), grows="ChecklistItem")

    return cases


def wrong(world: World, account: str) -> Iterator[Case]:
    """A marked copy is for who may write into that draft, and this version is published."""
    yield Case("wrong cells", url("ChecklistTemplate", f"take_in/{world.rows['ChecklistTemplate', 'mine']}/wrong/{'0' * 32}.xlsx"), False, REFUSED)


def figured(world: World) -> list[int]:
    """Every twelfth item that has a figure: of each section about one."""
    item: Any = ChecklistItem.__table__
    with world.engine.connect() as connection:
        return list(connection.scalars(select(item.c.id).where(item.c.evidence.is_not(None), item.c.deleted_at.is_(None)).order_by(item.c.id)))[::12]


def preview(world: World, account: str) -> Iterator[Case]:
    """Figures and rows of the own schools, for who sees them beside ticks; of a foreign school nothing."""
    able = may(world, account, "read", "ChecklistItem") and may(world, account, "read", "Answer")
    pk = world.rows["ChecklistItem", "mine"]
    yield Case("preview", url("ChecklistItem", f"preview/{pk}"), able, READ if able else REFUSED)
    for place in world.places("School"):
        school = world.rows["School", place]
        granted = able and sees(world, account, "School", place)
        for item in figured(world) if granted else (pk,):
            yield Case(f"preview of {place}", url("ChecklistItem", f"preview/{item}?school={school}"), granted, READ if able else REFUSED)
        token = world.tokens["School", school, "name"]
        yield Case(f"preview of {place} by name", url("ChecklistItem", f"preview/{pk}?school=&school__text={token}"), granted, READ if able else REFUSED,
                   sent=frozenset({token}))


CHECKLIST_WAYS = {"ChecklistTemplateView.outline": read("ChecklistTemplate", "outline"), "ChecklistTemplateView.move": move,
                  "ChecklistTemplateView.compare": read("ChecklistTemplate", "compare"), "ChecklistTemplateView.compare_book": compared_book,
                  "ChecklistTemplateView.book": book, "ChecklistTemplateView.take_in": take_in(""), "ChecklistTemplateView.write_in": take_in("/write"),
                  "ChecklistTemplateView.wrong": wrong,
                  "ChecklistItemView.preview": preview}
