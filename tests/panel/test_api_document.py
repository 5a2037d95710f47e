"""The OpenAPI document says what the API does: real answers of every resource, and what it takes, are held against it."""

from datetime import timedelta
from itertools import count

import pytest
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from sqlalchemy import select

from app import create_app, menu
from app.extensions import db
from app.models.base import fields_of
from app.models.forms import Form
from app.models.org import School, Staff
from app.panel.views_by_entity import VIEWS
from app.roles import may
from app.services import clock, scope
from app.services.forms import own as own_forms
from tests.support import matrix_values
from tests.support.asking import asking
from tests.support.checklists import drafted
from tests.support.client import ROLES
from tests.support.contract import Contract, dangling, laid_together
from tests.support.overtaking import overtaken
from tests.support.rest import bearer, key_of, url

assert menu.MENU and key_of  # importing the menu declares the views; pytest finds the other here by its name
LOST = 99_999_999
NUMBERS = count(7_000)  # for values that no other row has
TABLES = {view.model.__tablename__: view.model for _name, view in sorted(VIEWS.items())}
# What differs from the newest row, so that another like it can be added; None: is left out.
OTHER = {"child": {"id_number": None}, "checklist_template": {"number": 77}, "member": {"role": "teacher"}, "school_class": {"name": "试班"},
         "campaign_school": {"how": "must", "reason": "试", "planned_on": None, "self_due_on": None},
         "term": {"school_year": "2031—2032", "number": 2, "starts_on": "2032-02-20", "ends_on": "2032-07-05"}}
HELD = {"recusal"}  # nobody in a team of a campaign under way becomes related to one of its schools


@pytest.fixture(scope="module")
def ground(app, client_for):
    """What the county may write in: a draft of the checklist, an own copy of a form; gives the id of a campaign before its draw."""
    with app.app_context(), scope.everything(session := db.session()):
        drafted(session)
        with asking(session, "county"):
            own_forms.copy(session, session.scalars(select(Form)).first())
        session.commit()
    county = Contract(client_for("county"))
    made = county.ask("POST", "campaign", json=another(county, "campaign", newest(county, "campaign")))
    return made.json["id"]


@pytest.fixture(scope="module")
def contract_for(client_for, ground):
    """contract_for("school"): the account with its document, made once a module."""
    known = {}

    def contract(role):
        if role not in known:
            known[role] = Contract(client_for(role))
        return known[role]

    return contract


@pytest.fixture
def keeper(contract_for, table):
    """The account that may do most with the rows of a table."""
    name = TABLES[table].__name__
    return contract_for(max(ROLES[::-1], key=lambda role: sum(may(role, verb, name) for verb in ("read", "write", "delete"))))


def newest(keeper, table):
    rows = keeper.ask("GET", table, query="?size=5&d=desc").json["result"]
    return rows[0] if rows else None


def another(keeper, table, row, **more):
    """A body to add a row like this one."""
    fields = fields_of(TABLES[table])
    body = {key: matrix_values.value(fields[key], next(NUMBERS), table) if fields[key].unique or fields[key].secret else row[key]
            for key in keeper.body("POST", table)["properties"]}
    return {key: value for key, value in {**body, **OTHER.get(table, {}), **more}.items() if key in body and value is not None}



@pytest.mark.parametrize("table", TABLES)
def test_every_resource_answers_and_takes_what_its_document_says(keeper, ground, table):
    ask = keeper.ask
    row = newest(keeper, table)
    assert ask("GET", table, "_info").status_code == 200
    assert ask("GET", table, query=f"?a={LOST}").status_code == 400
    assert ask("GET", table, LOST).status_code == 404
    if row is not None:
        schema = keeper.document["components"]["schemas"][TABLES[table].__name__]
        assert ask("GET", table, row["id"]).json.keys() == schema["properties"].keys(), "no column that the document does not know"
    if keeper.operation("POST", table):
        row = added(keeper, table, row, ground)
    if keeper.operation("PUT", table, LOST):
        changed(keeper, table, row)
    if keeper.operation("DELETE", table, LOST):
        assert ask("DELETE", table, LOST).status_code == 404
        assert table in HELD or ask("DELETE", table, row["id"]).status_code == 204


def added(keeper, table, row, campaign):
    """A row like this one, after the refusals of one that says nothing, and of one that says too much."""
    nothing = keeper.ask("POST", table, json={})
    assert nothing.status_code == 422 and (nothing.json["errors"] or table == "access_key")
    body = another(keeper, table, row, campaign=campaign)
    assert keeper.ask("POST", table, json={**body, "version": 1}).status_code == 422 and keeper.refuses("POST", table, "", {**body, "version": 1})
    made = keeper.ask("POST", table, json=body)
    assert made.status_code == (422 if table in HELD else 201), made.json
    return row if table in HELD else made.json


def changed(keeper, table, row):
    """It is written back as it was read, and only so often; without a version, or with a word too many, not at all."""
    body = {key: row[key] for key in keeper.body("PUT", table, LOST)["properties"]}
    assert keeper.ask("PUT", table, row["id"], json=body).status_code == 200
    assert keeper.ask("PATCH", table, row["id"], json={"version": row["version"] + 70}).status_code == 409
    assert keeper.ask("PUT", table, LOST, json=body).status_code == 404
    for wrong in ({key: value for key, value in body.items() if key != "version"}, {**body, "id": 1}):
        assert keeper.ask("PUT", table, row["id"], json=wrong).status_code == 422 and keeper.refuses("PUT", table, LOST, wrong)


@pytest.mark.no_database
@pytest.mark.parametrize("table", [name for name in TABLES if VIEWS[TABLES[name].__name__].api_writes])
def test_what_is_required_is_what_the_api_demands(keeper, ground, table):
    if not keeper.operation("POST", table):
        return
    body, schema = another(keeper, table, newest(keeper, table), campaign=ground), keeper.body("POST", table)
    labels = {column["key"]: column["label"] for column in keeper.ask("GET", table, "_info").json["columns"]}
    required = set(schema.get("required", ()))
    assert required == {column["key"] for column in keeper.ask("GET", table, "_info").json["columns"] if column["required"]}
    for key in required:
        for less in ({one: value for one, value in body.items() if one != key}, {**body, key: None}):
            assert key in keeper.ask("POST", table, json=less).json["errors"] and keeper.refuses("POST", table, "", less)
    least = keeper.ask("POST", table, json={key: body[key] for key in required})
    asked = {key for key, said in least.json.get("errors", {}).items() if said == f"请填写{labels[key]}"}
    assert asked <= required


OPERATIONS = [("GET", ""), ("GET", "_info"), ("GET", LOST), ("POST", ""), ("PUT", LOST), ("PATCH", LOST), ("DELETE", LOST)]
WRITING = [(method, pk) for method, pk in OPERATIONS if method in ("POST", "PUT", "PATCH")]


def test_every_status_that_the_document_tells_comes_and_no_other(app, contract_for, client_for, key_of):
    school, ask = contract_for("school"), contract_for("school").ask
    leant_on = next(row["teacher"]["id"] for row in ask("GET", "school_class").json["result"] if row["teacher"])
    body = another(school, "staff", ask("GET", "staff", leant_on).json)
    school.came.clear()
    with overtaken(touched_school):
        assert ask("POST", "staff", json=body).status_code == 409
    made = ask("POST", "staff", json=body).json
    for method in ("PUT", "PATCH"):
        assert ask(method, "staff", made["id"], json={"version": 70}).json["current"] == made
        assert ask(method, "staff", made["id"], json={"version": made["version"]}).status_code == 200
        assert ask(method, "staff", made["id"], json={}).json["errors"].keys() == {"version"}
    for pk in ("", "_info", made["id"]):
        assert ask("GET", "staff", pk).status_code == 200
    assert ask("POST", "staff", json={}).status_code == ask("DELETE", "staff", leant_on).status_code == 422
    with overtaken(lambda session: next((row for row in session.dirty if isinstance(row, Staff)), None)):
        assert ask("DELETE", "staff", made["id"]).status_code == 409
    assert ask("DELETE", "staff", made["id"]).status_code == 204
    refused(app, ask, client_for, key_of)
    assert school.came == school.statuses("staff")


def touched_school(session):
    """As where a new row writes another one too: the school of a new colleague."""
    new = next((row for row in session.new if isinstance(row, Staff)), None)
    if new is None:
        return None
    school = session.get(School, new.school_id)
    school.roster_updated_on = clock.today() - timedelta(days=3)
    return school


def refused(app, ask, client_for, key_of):
    """Everything that is refused whatever row it is about, by every way in."""
    limited = create_app({"SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"], "RATELIMIT_ENABLED": True, "API_RATE": "1 per day"}).test_client()
    limited.get(url("staff", "_info"), headers=(key := bearer(key_of("school"))))
    for method, pk in OPERATIONS:
        assert ask(method, "staff", pk, client=app.test_client(), headers=bearer("sw_wrong")).status_code == 401
        assert ask(method, "staff", pk, client=client_for("superior")).status_code == 403
        assert ask(method, "staff", pk, client=limited, headers=key).status_code == 429
    for method, pk in WRITING:
        assert ask(method, "staff", pk, data=b"[]", content_type="application/json").status_code == 400
        long = ask(method, "staff", pk, data=b'{"a":"' + b"x" * 1_100_000 + b'"}', content_type="application/json")
        assert long.status_code == 413 and "1 MB" in long.json["message"]
    assert ask("GET", "staff", query=f"?a={LOST}").status_code == ask("DELETE", "staff", LOST, headers={"X-CSRFToken": ""}).status_code == 400
    for method in ("GET", "DELETE"):
        assert ask(method, "staff", LOST).status_code == 404
    for method in ("PUT", "PATCH"):
        assert ask(method, "staff", LOST, json={"version": 1}).status_code == 404


def test_a_new_school_is_answered_as_it_was_saved(contract_for):
    """It is none of the schools that its maker saw when the request began."""
    county = contract_for("county")
    body = another(county, "school", newest(county, "school"), name="新办小学")
    made = county.ask("POST", "school", json=body)
    assert made.status_code == 201 and made.json["name"] == "新办小学"
    assert county.ask("GET", "school", made.json["id"]).json == made.json


@pytest.mark.no_database
def test_what_the_documents_of_all_roles_say_is_openapi(contract_for):
    """All in one: most of what they say is the same."""
    documents = {role: contract_for(role).document for role in ROLES}
    whole = laid_together(documents)
    validate(whole)
    for document in documents.values():
        for key, one in document["components"]["schemas"].items():
            assert one in [schema for name, schema in whole["components"]["schemas"].items() if name.partition("_")[0] == key]
    broken = {**documents["county"], "paths": {"/x": {"get": {"operationId": "x", "responses": {"200": {}}}}}}
    with pytest.raises(OpenAPIValidationError):
        validate(laid_together({**documents, "county": broken}))
    assert dangling({**broken, "paths": {"/x": {"$ref": "#/components/schemas/Nothing"}}}) == {"schemas/Nothing"}


@pytest.mark.no_database
@pytest.mark.parametrize("role", ROLES)
def test_document_holds_and_shows_the_roles_own(contract_for, role):
    contract = contract_for(role)
    document, client = contract.document, contract.client
    assert dangling(document) == set()
    for table in contract.tables():
        listed = contract.ask("GET", table, query="?size=5").json
        assert contract.ask("GET", table, LOST).status_code == 404
        for row in listed["result"][:1]:
            assert contract.ask("GET", table, row["id"]).status_code == 200
        methods = {method for method, pk in OPERATIONS if method != "PATCH" and contract.operation(method, table, pk)}
        assert methods == set(contract.ask("GET", table, "_info").json["methods"])
        for method in {"POST", "PUT", "DELETE"} - methods:
            answer = client.open(url(table, "" if method == "POST" else 1), method=method, json={})
            assert answer.status_code in (403, 404, 405), (role, method, table, answer.status_code)
    assert ("/api/v1/child/" in document["paths"]) == (role not in ("admin", "superior"))
