"""The address of a list page: what it asks for, and addresses that ask for something else.

q text · f.<field>=<code> filter · m=<mark> named condition · p=a5, s7 place (area, school) · o=<field>, d=asc|desc order · a=/b=<id> after, before ·
n=<row> number of the first row · size. Whatever does not fit is left out: a bad address is no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from app.models.rules import clean_text
from app.services.listing import MOST_ROWS, PAGE_SIZE

LONGEST_SEARCH = 60
PLACE = re.compile("[as][1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True)
class Address:
    """A list's address, parsed; ``url()`` of a changed copy is a link."""

    path: str
    search: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    mark: str = ""
    place: str = ""
    order: str = ""
    direction: str = ""
    after: int | None = None
    before: int | None = None
    first: int = 1
    size: int = PAGE_SIZE

    @classmethod
    def parse(cls, path: str, args: Mapping[str, str], filters: Mapping[str, Mapping[str, str]], marks: Mapping[str, object],
              orders: Mapping[str, str]) -> Address:
        """``filters``: field → allowed code → label; ``marks`` and ``orders``: allowed names."""
        chosen = tuple((key, args[f"f.{key}"]) for key, choices in filters.items() if args.get(f"f.{key}") in choices)
        return cls(
            path, clean_text(args.get("q", ""))[:LONGEST_SEARCH], chosen,
            args.get("m", "") if args.get("m") in marks else "", args.get("p", "") if PLACE.fullmatch(args.get("p", "")) else "",
            args.get("o", "") if args.get("o") in orders else "", "desc" if args.get("d") == "desc" else "asc" if args.get("d") else "",
            whole(args.get("a")), whole(args.get("b")), whole(args.get("n")) or 1, min(whole(args.get("size")) or PAGE_SIZE, MOST_ROWS))

    def pairs(self, *, page: bool = True) -> list[tuple[str, str]]:
        """Names and values of the address; without ``page`` as for the first page."""
        said = [("q", self.search), *((f"f.{key}", code) for key, code in self.filters), ("m", self.mark), ("p", self.place),
                ("o", self.order), ("d", self.direction), ("size", "" if self.size == PAGE_SIZE else str(self.size))]
        if page:
            said += [("a", str(self.after or "")), ("b", str(self.before or "")), ("n", "" if self.first == 1 else str(self.first))]
        return [(name, value) for name, value in said if value]

    def url(self, path: str = "", *, page: bool = True) -> str:
        query = urlencode(self.pairs(page=page))
        return (path or self.path) + (f"?{query}" if query else "")

    def filtered(self, key: str, code: str) -> Address:
        """With one filter set, or taken away (empty code), from the first page on."""
        rest = tuple(pair for pair in self.filters if pair[0] != key)
        return self.first_page(filters=(*rest, (key, code)) if code else rest)

    def choosing(self, key: str) -> Callable[[str], str]:
        """Code → the link that sets this filter to it; what is common to all codes is put together once."""
        base = self.filtered(key, "").url()
        start = f"{base}{'&' if '?' in base else '?'}{quote('f.' + key)}="
        return lambda code: start + quote(code)

    def first_page(self, **changes: object) -> Address:
        return replace(self, after=None, before=None, first=1, **changes)  # type: ignore[arg-type]


def whole(text: str | None) -> int | None:
    """A positive whole number that a database takes, or nothing."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
