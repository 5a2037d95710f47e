"""How many statements the pages of an inspection send: what they need, and no more with more items or findings."""

import pytest

from tests.support.statements import sent
from tests.support.visiting import planned, submitted

# Account, page, most statements; SQLite counts its BEGIN. The figures of a section need two: where and when, and all
# their reads together; the rules of scores one; whether who asks steps aside one.
SECTIONS = [("inspector", f"/visit/{{open}}?section={section}", 10) for section in "ABCDEFGHIJKL"]
PAGES = [("inspector", "/visit/", 10), ("inspector", "/visit/along", 9), *SECTIONS, ("inspector", "/visit/{open}?q=查", 11),
         ("inspector", "/visit/{open}/evidence/H1", 10), ("inspector", "/visit/{open}/submit", 14),
         ("school", "/visit/{done}/report", 13), ("inspector", "/visit/{done}/report", 14)]


@pytest.mark.parametrize(("account", "page", "most"), PAGES)
def test_a_page_of_a_visit_sends_few_statements(app, client_for, account, page, most):
    address, client = page.format(open=planned(app), done=submitted(app)), client_for(account)
    client.get(address)
    statements = sent(app, client, address)
    assert len(statements) <= most, "\n".join(statements)
