"""Lists: no row lost or shown twice over all pages, few statements, small pages, addresses that keep what was asked."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from app import menu, roles
from app.models.base import fields_of
from app.models.children import Child
from app.models.org import Member
from app.panel.chips import choices_of
from app.panel.views_by_entity import VIEWS
from app.services import scope
from tests.support.statements import sent

assert menu.MENU  # importing it declares the views
MOST_STATEMENTS = 12
MOST_BYTES = 60 * 1024
MOST_PAGES = 60


def ids_of(page, table):
    return [int(one) for one in re.findall(rf'<th scope="?row"?><a href="[^"]*/{table}/show/(\d+)', page)]


def link(page, rel):
    found = re.search(rf'<a[^>]*rel="{rel}" href="([^"]+)"', page)
    return unescape(found[1]) if found else None


def walk(client, address, table):
    """All pages from the first on: [ids of a page, …], and the last page's text."""
    pages = []
    while address and len(pages) < MOST_PAGES:
        page = client.get(address).get_data(as_text=True)
        pages.append(ids_of(page, table))
        address = link(page, "next")
    return pages, page


def stored(look, account, model, *conditions):
    """Ids that the account may see, from the database."""
    def work(session):
        who = session.scalars(select(Member).where(Member.username == account)).one()
        asker = scope.asker_of(session, who)
        with scope._set(session, "asker", asker):
            return set(session.scalars(select(model.id).where(*conditions)))

    return look(work)


ORDERS = [(name, key, way) for name, view in sorted(VIEWS.items()) for key in view.orders for way in ("asc", "desc")]


@pytest.mark.parametrize("name", sorted(VIEWS))
@pytest.mark.parametrize("account", ["school", "county"])
def test_no_row_is_lost_or_doubled_over_all_pages(client_for, look, name, account):
    if not roles.may(account, "read", name):
        assert client_for(account).get(f"/{VIEWS[name].model.__tablename__}/list/").status_code == 403
        return
    model = VIEWS[name].model
    expected = stored(look, account, model)
    size = max(7, len(expected) // 8 + 1)
    pages, _last = walk(client_for(account), f"/{model.__tablename__}/list/?size={min(size, 200)}", model.__tablename__)
    seen = [one for page in pages for one in page]
    assert len(seen) == len(set(seen))
    if len(pages) < MOST_PAGES:
        assert set(seen) == expected


@pytest.mark.parametrize(("name", "key", "way"), ORDERS)
def test_every_order_walks_all_rows_in_order_and_back(client_for, look, name, key, way):
    view, account = VIEWS[name], "school" if roles.may("school", "read", name) else "county"
    table, client = view.model.__tablename__, client_for(account)
    expected = stored(look, account, view.model)
    size = min(200, max(7, len(expected) // 5 + 1))
    pages, last = walk(client, f"/{table}/list/?o={key}&d={way}&size={size}", table)
    seen = [one for page in pages for one in page]
    assert len(seen) == len(set(seen)) and set(seen) == expected
    column = getattr(view.model, view.orders[key])
    values = look(lambda session: dict(session.execute(select(view.model.id, column)).all()))
    keys = [(values[one], one) for one in seen]
    if key != "name" or view.model is Child:  # PostgreSQL sorts names as its locale does, pinyin and days as Python does
        assert keys == sorted(keys, reverse=way == "desc")
    back = [pages[-1]]
    while address := link(last, "prev"):
        last = client.get(address).get_data(as_text=True)
        back.insert(0, ids_of(last, table))
    assert [one for page in back for one in page] == seen, "the way back shows the same rows in the same order"


FILTERS = [(name, key) for name, view in sorted(VIEWS.items()) for key in view.filters if roles.may("school", "read", name)]


@pytest.mark.parametrize(("name", "key"), FILTERS)
def test_a_filter_shows_exactly_its_rows_over_all_pages(client_for, look, name, key):
    model = VIEWS[name].model
    for code in list(choices_of(fields_of(model)[key]))[:4]:
        column = getattr(model, key)
        wanted = column.is_(code == "1") if fields_of(model)[key].type.python_type is bool else column == code
        pages, last = walk(client_for("school"), f"/{model.__tablename__}/list/?f.{key}={code}&size=40", model.__tablename__)
        seen = [one for page in pages for one in page]
        assert len(seen) == len(set(seen)) and (len(pages) == MOST_PAGES or set(seen) == stored(look, "school", model, wanted))


def test_search_filter_and_order_hold_together_over_pages(client_for, look):
    wanted = stored(look, "county", Child, Child.sex == Child.sex, Child.boarder.is_(True), Child.left_behind == "2")
    pages, last = walk(client_for("county"), "/child/list/?f.boarder=1&f.left_behind=2&o=birth_date&d=desc&size=7", "child")
    assert sorted(one for page in pages for one in page) == sorted(wanted)
    back = link(last, "prev")
    assert back is None or all(part in back for part in ("f.boarder=1", "f.left_behind=2", "o=birth_date", "d=desc", "size=7"))


def test_the_forms_and_links_of_a_list_keep_what_was_asked(client_for):
    page = client_for("school").get("/child/list/?q=l&f.left_behind=1&o=name&d=desc&size=20").get_data(as_text=True)
    for name, value in (("f.left_behind", "1"), ("o", "name"), ("d", "desc"), ("size", "20")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page, "a new search keeps filter and order"
    export = unescape(re.search(r'href="([^"]+/export\.xlsx[^"]*)"', page)[1])
    assert "q=l" in export and "f.left_behind=1" in export
    sorting = [unescape(one) for one in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', page)]
    assert sorting and all("q=l" in one and "f.left_behind=1" in one and "size=20" in one for one in sorting)


@pytest.mark.parametrize("odd", ["a=abc", "a=99999999999999999999", "b=-5", "size=1000000000", "size=-1", "o=id_number", "o=x&d=y", "m=x", "f.left_behind=9",
                                 "f.id_number=1", "q=%00", "q=%F0%9F%98%80", "n=999999999999", "page=-1", "q=%25%25", "q=\\"])
@pytest.mark.parametrize("entity", ["child", "hazard", "school"])
def test_an_odd_address_is_no_error(client_for, entity, odd):
    assert client_for("school").get(f"/{entity}/list/?{odd}").status_code == 200


@pytest.mark.parametrize("side", ["a", "b"])
def test_where_the_row_that_a_page_borders_on_is_gone_the_first_page_comes(client_for, side):
    first, instead = (ids_of(client_for("county").get(f"/talk/list/?size=5{more}").get_data(as_text=True), "talk") for more in ("", f"&{side}=99999999"))
    assert instead == first and len(first) == 5


def test_a_page_never_holds_more_than_the_house_allows(client_for):
    assert len(ids_of(client_for("county").get("/talk/list/?size=100000").get_data(as_text=True), "talk")) == 200


# Weight ------------------------------------------------------------------------------------
PAGES = [(account, name) for account in ("school", "county", "teacher", "superior") for name in sorted(VIEWS) if roles.may(account, "read", name)]


@pytest.mark.parametrize(("account", "name"), PAGES)
def test_a_list_sends_few_statements_however_many_rows(app, client_for, account, name):
    table, client = VIEWS[name].model.__tablename__, client_for(account)
    client.get(f"/{table}/list/")
    few, many = (sent(app, client, f"/{table}/list/?size={size}") for size in (2, 200))
    assert len(many) <= MOST_STATEMENTS, "\n".join(many)
    # What all stands on one page is not counted: one statement less.
    assert len(few) - 1 <= len(many) <= len(few)


@pytest.mark.parametrize(("account", "name"), PAGES)
def test_a_record_sends_few_statements_whatever_hangs_on_it(app, client_for, account, name):
    table, client = VIEWS[name].model.__tablename__, client_for(account)
    page = client.get(f"/{table}/list/?size=5").get_data(as_text=True)
    for row_id in ids_of(page, table):
        client.get(f"/{table}/show/{row_id}")
        statements = sent(app, client, f"/{table}/show/{row_id}")
        assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


@pytest.mark.parametrize("name", ["Child", "Talk", "School", "Hazard", "Staff", "MealRecord"])
def test_a_list_of_a_hundred_rows_is_a_small_page(client_for, name):
    answer = client_for("county").get(f"/{VIEWS[name].model.__tablename__}/list/?size=100")
    assert len(answer.data) <= MOST_BYTES


def test_the_count_in_the_head_is_that_of_the_scope(client_for, look):
    for account in ("school", "county"):
        number = len(stored(look, account, Child))
        assert f">{number:,} 条<" in client_for(account).get("/child/list/").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["part", "pinyin", "number"])
def test_quick_search_finds_a_child(client_for, look, typed):
    def pick(session):
        row = session.scalars(select(Child).where(Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery(),
                                                  Child.id_number_enc.is_not(None), func.length(Child.name) == 3).limit(1)).one()
        return row.id, {"part": row.name[1:], "pinyin": row.pinyin.replace(" ", ""), "number": row.id_number}[typed]

    row_id, text = look(pick)
    assert row_id in ids_of(client_for("school").get("/child/list/", query_string={"q": text}).get_data(as_text=True), "child")
    assert row_id not in ids_of(client_for("school2").get("/child/list/", query_string={"q": text}).get_data(as_text=True), "child")


def test_every_entity_with_a_view_was_tried(app):
    assert {name for _account, name in PAGES} == set(VIEWS)
