"""Each account follows the links of its pages, on the device that it works with: none is shut to those who do not see it, scrolls sideways or fails.

One page of each shape; WALK says how many an account opens, WALK=all every one (half an hour).
"""

import os
import re

import pytest

from app.roles import ROLES
from tests.support.pages import NARROW

MOST = {"all": 100_000}.get(asked := os.environ.get("WALK", "3")) or int(asked)
PHONES = {"inspector", "teacher"}
NO_PAGE = re.compile(r"/logout|/lang/|/static/|/file/|/api/|\.xlsx|\.zip|/book|/template\b|/sheet\b|/portrait")  # files, and what ends the walk
LINKS = "[...document.querySelectorAll('a[href^=\"/\"]:not([download])')].map((one) => one.getAttribute('href').split('#')[0])"
WIDER = "document.documentElement.scrollWidth > innerWidth + 1"


def shape(address: str) -> str:
    """Addresses of one shape show the same page of other rows: /child/show/7?tab=2 is /child/show/0?tab=."""
    path, _, query = address.partition("?")
    return re.sub(r"\d+", "0", path) + "?" + "&".join(sorted({part.split("=")[0] for part in query.split("&")}))


@pytest.mark.timeout(0 if MOST > 1000 else 600)
@pytest.mark.parametrize("account", ROLES)
def test_pages_that_an_account_reaches_are_clean(page_for, axe, account):
    page = page_for(account, "phone" if account in PHONES else "desk")
    ways, seen, wrong = ["/"], set(), {}
    while ways and len(seen) < MOST:
        address = ways.pop(0)
        if shape(address) in seen or NO_PAGE.search(address):
            continue
        seen.add(shape(address))
        answer = page.goto(address)
        assert answer is not None
        ways += sorted(set(page.evaluate(LINKS)) - set(ways))
        found = [*axe(page), *(page.evaluate(NARROW) if account in PHONES else ()), *["scrolls sideways"] * page.evaluate(WIDER)]
        if found or not answer.ok:
            wrong[address] = answer.status, found
    print(account, len(seen), "pages")
    assert wrong == {} and len(seen) >= min(MOST, 30)
