"""Nobody gets a foreign row by any way in: generated from the declarations, on both engines.

Every entity × every route of its view, every other page, every look-up × every account × rows of the
own place, of another class, of the sibling school, of another township, of another county. The
database is planted with a token in every text (support/matrix_plant.py); every token in an answer,
in its headers, its cookies, its workbook, is traced to its row and held against the scope's rule.
"""

import logging
from collections.abc import Iterator
from functools import cache

import pytest
from sqlalchemy.engine import make_url

from app import menu
from app.extensions import db
from app.panel.views_by_entity import VIEWS
from app.services import scope
from tests.support import matrix_plant
from tests.support.matrix_case import Case, Trial
from tests.support.matrix_pages import OPEN, PAGE_WAYS
from tests.support.matrix_rest import API_WAYS
from tests.support.matrix_ways import TWIN, UNPLACED, WAYS
from tests.support.matrix_world import ACCOUNTS, TOKEN, WIDE, World

assert menu.MENU  # importing it declares the views
LEAST = 3000
# What the scope asks is one query on either engine. Each way is tried on one of them, two of three on SQLite and the third on PostgreSQL,
# spread over entities, accounts and routes; MATRIX=all tries each on both, by every account and at every place.
SHARE = {"sqlite": {0, 1, 2}, "postgresql": {0, 1, 2}} if WIDE else {"sqlite": {1, 2}, "postgresql": {0}}
ENTITIES = sorted(VIEWS)
PAGES = sorted({f"pages of {endpoint.partition('.')[0]}" for endpoint in PAGE_WAYS})
NAMELESS = {"pages of OpenApi"}  # it describes columns, and shows no row
TWIN_TRIES = {"list", "show", "edit", "delete", "bulk_action", "history", "get", "put"}  # of the same role at the sibling school


@pytest.fixture(scope="module")
def world(app) -> Iterator[World]:
    logging.disable(logging.CRITICAL)  # thousands of refusals, each with its line
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        made = matrix_plant.build(session)
        session.close()
    yield made
    logging.disable(logging.NOTSET)


@cache
def way_of(endpoint: str) -> tuple[str, str]:
    """("entity", name) for a page of an entity's view, ("api", name) for its resource, ("page", "") for anything else."""
    owner, _, method = endpoint.partition(".")
    entity = owner.removesuffix("View").removesuffix("Api")
    if endpoint in PAGE_WAYS or endpoint in OPEN or entity not in VIEWS:
        return "page", ""
    return ("api" if owner.endswith("Api") else "entity"), entity


def expected(endpoint: str) -> bool:
    kind, _ = way_of(endpoint)
    method = endpoint.partition(".")[2]
    return {"entity": method in WAYS, "api": method in API_WAYS, "page": endpoint in PAGE_WAYS or endpoint in OPEN}[kind]


@cache
def endpoints(app) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()})


def cases_of(app, world: World, account: str, entity: str) -> Iterator[Case]:
    """All that is tried on an entity, or on the pages of a view that belongs to none («pages of Forms»)."""
    for endpoint in endpoints(app):
        kind, owner = way_of(endpoint)
        view, _, method = endpoint.partition(".")
        if kind == "page" and entity == f"pages of {view}" and endpoint in PAGE_WAYS:
            yield from PAGE_WAYS[endpoint](world, account)
        elif kind != "page" and owner == entity and expected(endpoint) and (account != TWIN or method in TWIN_TRIES):
            yield from (WAYS if kind == "entity" else API_WAYS)[method](world, account, entity)


def tried(app, world: World, account: str, entity: str) -> Iterator[Case]:
    """The cases that run on this engine, other ones for each account and entity."""
    share = SHARE[make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name()]
    first = ACCOUNTS.index(account) + [*ENTITIES, *PAGES].index(entity)
    yield from (case for at, case in enumerate(cases_of(app, world, account, entity)) if (at - first) % 3 in share)


@pytest.mark.parametrize("entity", [*ENTITIES, *PAGES])
def test_no_way_in_leads_to_a_foreign_row(app, world, client_for, entity):
    wrong, seen = [], 0
    for account in ACCOUNTS:
        trial = Trial(app, world, account, client_for(account))
        for case in tried(app, world, account, entity):
            trial.run(case)
        wrong, seen = wrong + trial.wrong, seen + trial.tokens_seen
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:60])
    assert seen or entity in UNPLACED or entity in NAMELESS, "not one token was seen in any answer: the test would not see a leak either"


def test_there_are_enough_cases(app, world, capsys):
    counted = {entity: sum(1 for account in ACCOUNTS for _ in tried(app, world, account, entity)) for entity in (*ENTITIES, *PAGES)}
    with capsys.disabled():
        print(f"\nscope: {sum(counted.values())} cases over {len(ENTITIES)} entities, {len(endpoints(app))} routes, {len(ACCOUNTS)} accounts, "
              f"{len(world.plants)} tokens")
    assert sum(counted.values()) >= LEAST


def test_every_route_says_what_is_expected_of_it(app):
    missing = [endpoint for endpoint in endpoints(app) if not expected(endpoint)]
    assert not missing, "\n".join(
        f"{endpoint} has no expectation. Add to tests/support/matrix_{'ways.py, WAYS' if way_of(endpoint)[0] == 'entity' else 'pages.py, PAGE_WAYS'}: "
        f'"{endpoint.partition(".")[2] if way_of(endpoint)[0] == "entity" else endpoint}": a function that yields a Case for each way to call it '
        "(path, method, data), and says with may= and statuses= which account may see what." for endpoint in missing)


def test_nobody_sees_anything_before_the_log_in(app, world):
    """Every route, called as a page without a session: the log-in, a refusal, or nothing there."""
    client, wrong = app.test_client(), []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        adapter = app.url_map.bind("localhost")
        path = adapter.build(rule.endpoint, {name: 1 if type(kind).__name__ == "IntegerConverter" else "Child" for name, kind in rule._converters.items()},
                             force_external=False)
        for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}:
            answer = client.open(path, method=method)
            gone = answer.status_code in (400, 401, 403, 404, 405) or answer.status_code == 302 and "/login/" in answer.location
            if not gone or TOKEN.search(answer.get_data(as_text=True)):
                wrong.append(f"{method} {path} → {answer.status_code}")
    assert not wrong
