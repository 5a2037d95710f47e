"""The ways into a version of the checklist beside its records: its outline and what moves there (see matrix_pages.py)."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from app.models.inspection import ChecklistItem
from tests.support.matrix_campaign import read
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_ways import may, places, sees, url
from tests.support.matrix_world import World


def move(world: World, account: str) -> Iterator[Case]:
    """A row of the version, and what is none."""
    for place in places(world, account, "ChecklistTemplate", "write"):
        pk, section = world.rows["ChecklistTemplate", place], world.rows["ChecklistSection", place]
        granted = may(world, account, "write", "ChecklistTemplate") and sees(world, account, "ChecklistTemplate", place)
        for said in (f"s.{section}.1.{section + 1}", "i.0.1.1", "i.a.b", ""):
            yield Case(f"move {said} of {place}", url("ChecklistTemplate", f"move/{pk}"), granted, ASKED_AGAIN if granted else REFUSED, "POST",
                       {"move": said}, aim=("ChecklistSection", section))


def book(name: str, wide: frozenset[int] = READ) -> Callable[[World, str], Iterator[Case]]:
    """A workbook of a version; ``wide`` says what else may come where there is no other version to compare with."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in places(world, account, "ChecklistTemplate", "export"):
            granted = may(world, account, "export", "ChecklistTemplate") and sees(world, account, "ChecklistTemplate", place)
            path = url("ChecklistTemplate", f"{name}/{world.rows['ChecklistTemplate', place]}.xlsx")
            yield Case(f"{name} of {place}", path, granted, wide if granted else REFUSED)

    return cases


def take_in(rest: str) -> Callable[[World, str], Iterator[Case]]:
    """Into a published version nothing goes, nor into a draft from elsewhere, whoever sends it."""

    def cases(world: World, account: str) -> Iterator[Case]:
        for place in ("mine", "abroad"):
            pk, section = world.rows["ChecklistTemplate", place], world.rows["ChecklistSection", place]
            for method in ("GET", "POST") if not rest else ("POST",):
                yield Case(f"take in{rest} {place}", url("ChecklistTemplate", f"take_in/{pk}{rest}"), False, REFUSED, method,
                           {"token": "0" * 32} if method == "POST" else None, aim=("ChecklistSection", section), grows="ChecklistItem")

    return cases


def wrong(world: World, account: str) -> Iterator[Case]:
    """A marked copy is for who may write into that draft, and this version is published."""
    for place in ("mine", "abroad"):
        pk = world.rows["ChecklistTemplate", place]
        yield Case(f"wrong cells {place}", url("ChecklistTemplate", f"take_in/{pk}/wrong/{'0' * 32}.xlsx"), False, REFUSED)


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
    seen = able and sees(world, account, "ChecklistItem", "abroad")
    yield Case("preview abroad", url("ChecklistItem", f"preview/{world.rows['ChecklistItem', 'abroad']}"), seen, READ if seen else REFUSED)
    for place in world.places("School"):
        school = world.rows["School", place]
        granted = able and sees(world, account, "School", place)
        for item in figured(world) if granted else (pk,):
            yield Case(f"preview of {place}", url("ChecklistItem", f"preview/{item}?school={school}"), granted, READ if able else REFUSED)
        token = world.tokens["School", school, "name"]
        yield Case(f"preview of {place} by name", url("ChecklistItem", f"preview/{pk}?school=&school__text={token}"), granted, READ if able else REFUSED,
                   sent=frozenset({token}))


CHECKLIST_WAYS = {"ChecklistTemplateView.outline": read("ChecklistTemplate", "outline"), "ChecklistTemplateView.move": move,
                  "ChecklistTemplateView.compare": read("ChecklistTemplate", "compare"), "ChecklistTemplateView.compare_book": book("compare", READ | {404}),
                  "ChecklistTemplateView.book": book("book"), "ChecklistTemplateView.take_in": take_in(""), "ChecklistTemplateView.write_in": take_in("/write"),
                  "ChecklistTemplateView.wrong": wrong,
                  "ChecklistItemView.preview": preview}
