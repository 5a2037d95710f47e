"""Lists by REST are bulk too: what is of the mind leaves by them with its own school alone, and is read one by one elsewhere."""

import pytest

from app.models.care import Talk
from app.models.cases import CaseFile
from tests.support.rest import bearer, key_of, url
from tests.support.withheld import MARK, kept_close

assert kept_close and key_of  # pytest finds them here by their names


def listed(ask, table):
    """All rows of a table, page by page; what the pages say is left out."""
    address, rows, told = url(table, query="?size=200"), [], set()
    while address:
        page = ask(address).json
        assert page["count"] >= len(page["result"])
        rows, address = rows + page["result"], page["next"]
        told.add(page["left_out"])
    return rows, told


@pytest.mark.parametrize(("model", "kind", "label"), [(Talk, "psychological", "心理"), (CaseFile, "mental", "心理")])
@pytest.mark.parametrize(("account", "leaves"), [("school", True), ("township", False), ("county", False)])
def test_a_list_holds_what_is_of_the_mind_for_its_own_school_alone(client_for, kept_close, model, kind, label, account, leaves):
    client, table, pk = client_for(account), model.__tablename__, kept_close[model]
    rows, told = listed(client.get, table)
    assert (pk in {row["id"] for row in rows}) is leaves and (MARK in str(rows)) is leaves
    assert (kind in {row["kind"] for row in rows}) is leaves and rows
    assert told == {""} if leaves else len(told) == 1 and label in told.pop()
    assert client.get(url(table, pk)).json["id"] == pk


@pytest.mark.parametrize(("account", "leaves"), [("school", True), ("county", False)])
def test_a_key_gets_what_its_account_gets(app, key_of, kept_close, account, leaves):
    client, headers = app.test_client(), bearer(key_of(account))
    rows, _told = listed(lambda address: client.get(address, headers=headers), "talk")
    assert rows and (kept_close[Talk] in {row["id"] for row in rows}) is leaves
