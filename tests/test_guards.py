"""What holds of every declaration, template and route: each test walks all there is, so that new ones are held too."""

import ast
import re
from pathlib import Path

import pytest

from app import menu, roles
from app.models import entities
from app.models.base import INTERNAL, PERSONAL, PUBLIC, SENSITIVE, Entity, fields_of
from app.panel.views_by_entity import VIEWS
from app.roles import ROLES

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
STATIC = sorted(path for path in (APP / "static").rglob("*") if path.suffix in (".js", ".css", ".svg"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*") if path.suffix in (".py", ".sh"))
MOST_LINES = 300
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Columns that no one reads as such: keys, moments, derived search texts, what a service keeps for itself.
MACHINERY = {"id", "uid", "version", "created_at", "updated_at", "deleted_at"}
# Columns without a label, with the reason: they are in no page, sheet or answer.
UNLABELLED = {
    "Change": "what a line is made of; the history page words it", "AccessLog": "the place that the line belongs to",
    "Submission": "the memory of forms taken", "ChildKey": "the search index", "ImportBatch": "the place and the trace of the batch",
    "Member": "password, stamp and lock: never shown", "AccessKey": "the digest of the key: never shown", "Child": "the sort key of the name",
    "Attachment": "the random name on disk and the check sum", "Campaign": "the list that was drawn from, shown by the redraw",
    "CampaignSchool": "the list that its files were drawn from, shown by their redraw",
    "Answer": "the frozen evidence, shown by the visit's pages", "Opinion": "the letter as it was sent, shown by its page",
    "Job": "what the worker needs, the random name on disk",
    "SheetMapping": "what a sender said of columns, asked for by the import alone"}
# Entities without a view of their own, with the reason.
UNSHOWN = {
    "FindingStep": "taken and read on the page of its finding",
    "Answer": "ticked and read in the visit",
    "SelfAnswer": "ticked on the page of the self-check, read beside the visit's ticks",
    "Attachment": "shown below its record", "Change": "shown as a record's history",
    "ChildKey": "the search index", "Submission": "the memory of forms taken", "ImportBatch": "shown by the import pages",
    "Job": "shown to its member as a download",
    "SheetMapping": "offered by the import's page of columns"}
NO_ENTITY = {"Statistics", "TickReport"}  # what a role has a verb on without being an entity: a page


def parsed(path):
    return ast.parse(path.read_text(), str(path))


def name_of(path):
    return str(path.relative_to(ROOT))


def test_no_verb_leads_nowhere():
    """Of what has no view of its own, no role may export, import or move rows; the history is read with its record."""
    assert {(role, entity) for role, given in ROLES.items() for entity in UNSHOWN if set(given.get(entity, "")) & set("eim")} == set()
    assert not [role for role, given in ROLES.items() if "Change" in given]


# Declarations ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(entities()))
def test_every_field_says_label_and_kind(name):
    for key, one in fields_of(entities()[name]).items():
        assert CHINESE.search(one.label), f"{name}.{key} has no Chinese label"
        assert one.kind in (PUBLIC, INTERNAL, PERSONAL, SENSITIVE), f"{name}.{key} does not say its kind of data"


@pytest.mark.parametrize("name", sorted(entities()))
def test_every_column_is_a_field_or_machinery_with_a_reason(name):
    model = entities()[name]
    declared = {one.column for one in fields_of(model).values()} | {f"{one.key}_hash" for one in fields_of(model).values() if one.secret}
    rest = {column.name for column in model.__table__.columns} - declared - MACHINERY - {"origin_school_id"}
    assert not rest or name in UNLABELLED, f"{name}: {sorted(rest)} have no label; declare them with field(), or say why in UNLABELLED"


def test_only_sensitive_fields_are_sealed_and_all_of_them():
    loose = [f"{name}.{key}" for name, model in entities().items() for key, one in fields_of(model).items()
             if (one.kind == SENSITIVE) != one.secret]
    assert not loose


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_view_names_only_fields_that_are(name):
    view, fields = VIEWS[name], fields_of(VIEWS[name].model)
    named = {*view.columns, *view.list_columns, *view.filters, *view.orders, *view.searched, *view.pills, *(key for _, keys in view.groups for key in keys)}
    assert named <= set(fields), f"{name}: {sorted(named - set(fields))} are no fields"
    assert set(view.list_columns) <= set(view.columns)
    assert all(hasattr(view.model, column) for column in (*view.orders.values(), view.order[0]))
    assert set(view.tabs) <= set(VIEWS)


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_no_secret_can_be_searched_sorted_or_filtered(name):
    view = VIEWS[name]
    asked = {*view.searched, *view.orders, *view.orders.values(), *view.filters, view.order[0]}
    secrets = {text for key, one in fields_of(view.model).items() if one.secret for text in (key, f"{key}_enc", f"{key}_hash")}
    assert not asked & secrets


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_filter_has_a_code_list_or_is_yes_and_no(name):
    fields = fields_of(VIEWS[name].model)
    assert all(fields[key].choices or fields[key].type.python_type is bool for key in VIEWS[name].filters)


SMALL = {"Term": "a handful of rows"}


@pytest.mark.parametrize("name", sorted(set(VIEWS) - set(SMALL)))
def test_every_order_of_a_list_is_indexed_and_never_empty(name):
    view, table = VIEWS[name], VIEWS[name].model.__table__
    leading = {tuple(column.name for column in index.columns)[0] for index in table.indexes} | {"id"}
    leading |= {column.name for index in table.indexes for column in index.columns if len(index.columns) > 1}
    for column in {*view.orders.values(), view.order[0]}:
        assert column in leading, f"{name} sorts by {column}, which no index begins with or holds"
        assert not table.c[column].nullable, f"{name} sorts by {column}, which may be empty: rows would get lost between pages"


def test_every_entity_stands_in_the_menu_or_is_left_out_for_a_reason():
    listed = {view.model.__name__ for _group, _icon, views in menu.MENU for view in views}
    assert listed | set(UNSHOWN) == set(entities())
    assert not listed & set(UNSHOWN)


def test_roles_name_known_entities_and_verbs():
    for role, table in roles.ROLES.items():
        assert set(table) <= {*entities(), *NO_ENTITY}, role
        assert set("".join(table.values())) <= set(roles.VERBS), role
    assert set(roles.MASK) == set(roles.ROLES)
    assert set(roles.MAY_APPOINT) <= set(roles.ROLES) and {one for given in roles.MAY_APPOINT.values() for one in given} <= set(roles.ROLES)


def test_every_shown_entity_is_read_by_somebody():
    nobody = [name for name in VIEWS if not any(roles.may(role, "read", name) for role in roles.ROLES)]
    assert not nobody


# Sources -----------------------------------------------------------------------------------
def test_no_bare_tables_outside_services():
    """A Core statement on a bare table goes round the scope: only services, seeds and migrations may."""
    bare = [f"{name_of(path)}:{node.lineno}" for path in SOURCES if path.parent.name in ("panel", "views") or path.parent == APP
            for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute) and node.attr in ("__table__", "metadata", "connection", "exec_driver_sql")
            and path.name not in ("__init__.py", "extensions.py")]
    assert not bare, f"{bare}: select the entity, not its table, or move it into app/services/"


def test_services_that_look_over_the_border_are_known():
    """``scope.everything`` opens the whole database: who calls it is listed here, so that a new call is looked at."""
    known = {"app/panel/security.py", "app/panel/tracing.py", "app/services"}
    callers = {name_of(path) for path in SOURCES if "everything(" in path.read_text()}
    unknown = [one for one in callers if not any(one.startswith(place) for place in known)]
    assert not unknown, f"{unknown} look over the border outside app/services/: move the look-up there"


def test_no_import_inside_a_function():
    inside = [f"{name_of(path)}:{inner.lineno}" for path in SOURCES for node in ast.walk(parsed(path))
              if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
    assert not inside


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES, *STATIC, *TESTS], ids=name_of)
def test_no_file_is_too_long(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name_of)
def test_no_page_asks_a_foreign_host(path):
    known = ("http://www.w3.org/",)
    text = path.read_text()
    for start in known:
        text = text.replace(start, "")
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.sub(r"//[^\n]*$", "", text, flags=re.M) if path.suffix == ".js" else text)
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_word_of_a_template_goes_through_the_catalogue(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    text = re.sub(r"_\((?:'[^']*'|\"[^\"]*\")", "_(", text)
    text = re.sub(r"lang=\"zh-CN\"[^<]*>中文<", "<", text)  # a language is named in itself
    found = CHINESE.search(text)
    assert not found, f"{name_of(path)}: …{text[max(0, found.start() - 20):found.end() + 20]}… stands outside _()"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_inline_script_or_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "script without src"
    assert not re.search(r"\son[a-z]+=", text), "an event attribute"
    assert not re.search(r"\sstyle=|<style", text), "inline style: the policy forbids it"


# Routes ------------------------------------------------------------------------------------
def address(app, rule):
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, {name: 1 if type(kind).__name__ == "IntegerConverter" else "Child" for name, kind in rule._converters.items()})


@pytest.mark.no_database
def test_every_writing_route_asks_for_the_token(app, client_for):
    client = client_for("school")
    for rule in app.url_map.iter_rules():
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = super(type(client), client).open(address(app, rule), method=method, data={"row": "1", "_sure": "1"})
            assert answer.status_code == 400, f"{method} {rule} took a request without a CSRF token: {answer.status_code}"


@pytest.mark.no_database
def test_a_forged_token_is_refused(client_for):
    answer = client_for("school").post("/talk/delete/1", headers={"X-CSRFToken": "forged"})
    assert answer.status_code == 400


def test_nothing_is_deleted_by_opening_an_address(app, client_for):
    """The framework's own delete works by GET: ours asks."""
    client = client_for("school")
    before = client.get("/hazard/list/").get_data(as_text=True)
    assert 'name="_sure"' in client.get("/hazard/delete/1").get_data(as_text=True)
    assert client.get("/hazard/bulk").status_code == 405
    assert client.get("/hazard/list/").get_data(as_text=True).count("/hazard/show/") == before.count("/hazard/show/")


HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}


@pytest.mark.no_database
@pytest.mark.parametrize("account", ["school", "county", "inspector", None])
def test_every_page_carries_the_headers_and_no_inline_script(app, client_for, account):
    client = client_for(account) if account else app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "LoginView.logout":
            continue
        answer = client.get(address(app, rule))
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "frame-ancestors 'none'" in policy, rule
        assert "script-src" not in policy or "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0], rule
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, rule
        if rule.endpoint not in ("static", "appbuilder.static"):
            assert "no-store" in answer.headers["Cache-Control"], rule
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page), rule
            assert not re.search(r"<[a-z][^>]*\son[a-z]+=[\"']", page), rule


@pytest.mark.no_database
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(app, client_for):
    answer = client_for("school", fresh=True).get("/")
    for line in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in line and "SameSite=Lax" in line


@pytest.mark.no_database
@pytest.mark.parametrize("path", ["/static/js/main.js?v=1", "/static/js/main.js", "/static/none"])
def test_a_file_brings_no_session_that_a_cache_could_hand_on(client_for, path):
    answer = client_for("school").get(path)
    assert not answer.headers.getlist("Set-Cookie") and "Cookie" not in answer.headers.get("Vary", "")
    assert client_for("school").get("/").headers.getlist("Set-Cookie")


@pytest.mark.no_database
@pytest.mark.parametrize(("path", "kept"), [("js/main.js?v=1", True), ("js/main.js", False), ("js/nothing.js?v=1", False)])
def test_only_a_file_that_is_there_is_kept_for_good(client_for, path, kept):
    assert ("immutable" in client_for("school").get(f"/static/{path}").headers.get("Cache-Control", "")) is kept


def test_declared_entities_are_all_under_the_one_base():
    assert all(issubclass(model, Entity) for model in entities().values())
