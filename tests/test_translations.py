"""Words: every one that people read is in the catalogue, in both languages, and no page mixes them."""

import ast
import json
import re
import tomllib
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import flask_appbuilder
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask_babel import format_date, gettext
from sqlalchemy import String, select

from app.extensions import db
from app.models import entities
from app.models.base import fields_of
from app.models.letters import Letters, Several
from app.services import clock, scope
from tests.support import backends, county, houses

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
CATALOGUES = APP / "translations"
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uff60]")
RUN = re.compile(r"[\u4e00-\u9fff]+")
PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
MARKS = {"_", "N_", "gettext", "lazy_gettext", "ngettext"}
ROLES = ("school", "county", "inspector")
# Chinese in the source that is no word of a page, with the reason. A folder ends with a stroke.
UNMARKED = {
    "app/models/letters.py": "the signs of methods as they are kept",
    "app/models/parameters.py": "what stands between the words and the values of one line of history",
    "app/models/rules.py": "the signs of the provinces on a plate",
    "app/services/asking.py": "the name under which the system itself stands in the history",
    "app/services/clock.py": "how a school year is written in the data",
    "app/services/evidence/lists.py": "words that are looked for in what schools write",
    "app/services/evidence/runs.py": "what stands between names in a field",
    "app/services/exchange/checked.py": "the signs that may stand in a text as it is",
    "app/services/exchange/links.py": "how a row is named in a workbook",
    "app/services/exporting.py": "the head of a list's workbook, which is Chinese whoever reads it, and a line of the log",
    "app/services/forms/": "official forms are Chinese whoever prints them, and so is what a county writes to change them",
    "app/services/pinyin.py": "surnames with a reading of their own",
    "app/services/sheet/": "what workbooks hold and how they are read; they are Chinese whoever reads them",
}


@pytest.fixture(scope="module")
def app(session_folder):
    """On SQLite alone: words do not depend on the database."""
    store = backends.BACKENDS["sqlite"](session_folder)
    name = backends.new_copy(store, county.fill)
    with houses.app_at(store.url(name)) as made:
        yield made
    store.drop(name)


# The catalogue ---------------------------------------------------------------------------
def entries(language, kind="po"):
    """msgid → msgstr of our catalogue."""
    path = CATALOGUES / language / "LC_MESSAGES" / f"messages.{kind}"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, ignore_obsolete=False) if kind == "po" else read_mo(file)
    assert not getattr(catalogue, "obsolete", None), f"{path}: drop what is obsolete (`make messages`)"
    return {message.id: message for message in catalogue if message.id}


def words_of(folder, mappings):
    found = extract_from_dir(folder, [(one["pattern"], one["method"]) for one in mappings], keywords=DEFAULT_KEYWORDS | {"lazy_gettext": None})
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def mappings():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]


@pytest.fixture(scope="module")
def frameworks_words(mappings):
    return words_of(Path(flask_appbuilder.__file__).parent, mappings) | {"Locale not supported."}  # which it forgot to mark


def test_catalogue_holds_the_words_of_the_source_and_no_others(mappings):
    source, known = words_of(APP, mappings), set(entries("en"))
    assert source - known == set(), "not in the catalogue: type `make messages`, then translate"
    assert known - source == set(), "no longer in the source: type `make messages`"


def test_all_is_translated_into_english():
    english = {key: one.string for key, one in entries("en").items()}
    assert [key for key, text in english.items() if not text.strip() or CHINESE.sub("", text) == ""] == []
    assert [key for key, one in entries("en").items() if one.fuzzy] == []


def test_english_keeps_the_places_of_the_chinese():
    wrong = {key: one.string for language in ("en", "zh") for key, one in entries(language).items()
             if Counter(PLACES.findall(key)) != Counter(PLACES.findall(one.string))}
    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_compiled_catalogue_is_up_to_date(language):
    compiled = {key: one.string for key, one in entries(language, "mo").items()}
    assert compiled == {key: one.string for key, one in entries(language).items()}, "type `make messages`"


def test_chinese_catalogue_holds_words_of_the_framework_alone(frameworks_words):
    assert set(entries("zh")) - frameworks_words == set()
    assert [key for key, one in entries("zh").items() if not CHINESE.search(one.string)] == []


# The source ------------------------------------------------------------------------------
def unmarked(path):
    """(line, text) of each Chinese text that no mark stands round; a mark takes a plain text, nothing put together."""
    tree = ast.parse(path.read_text())
    known = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # documentation
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in MARKS:
            known |= {id(argument) for argument in node.args}
    return [(node.lineno, node.value) for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value) and id(node) not in known]


def marked(path):
    """Texts that a mark stands round."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    marks = [node for node in calls if (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in MARKS]
    return {node.args[0].value for node in marks if node.args and isinstance(node.args[0], ast.Constant)}


def excused(path):
    name = path.relative_to(ROOT).as_posix()
    return any(name == known or (known.endswith("/") and name.startswith(known)) for known in UNMARKED)


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: path.relative_to(APP).as_posix())
def test_every_chinese_text_is_marked(path):
    found = unmarked(path)
    assert excused(path) or found == [], "mark it with _() or N_(), or give a reason in UNMARKED"


def test_every_marked_text_is_gathered():
    """A mark inside an f-string looks like one and is none: pybabel does not see it."""
    known = set(entries("en"))
    assert {path.relative_to(ROOT).as_posix(): lost for path in APP.rglob("*.py") if not excused(path) and (lost := marked(path) - known)} == {}


def test_every_excuse_is_still_needed():
    needed = [path.relative_to(ROOT).as_posix() for path in APP.rglob("*.py") if unmarked(path)]
    assert [known for known in UNMARKED if not any(name.startswith(known) for name in needed)] == []


@pytest.mark.parametrize("path", sorted((APP / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_take_their_words_from_the_page(path):
    assert CHINESE.findall(path.read_text()) == []


@pytest.mark.parametrize("path", sorted((APP / "templates").rglob("*.html")), ids=lambda path: path.relative_to(APP / "templates").as_posix())
def test_templates_hold_no_bare_sign_either(path):
    text = re.sub(r"\{#.*?#\}|_\(\s*'[^']*'|_\(\s*\"[^\"]*\"|lang=\"zh-CN\"[^>]*>中文<", "", path.read_text(), flags=re.S)
    assert [line for line in text.splitlines() if CHINESE.search(line)] == []


# What pages show -------------------------------------------------------------------------
class Reader(HTMLParser):
    """Texts of a page, and addresses of its links; what says its own language is left out."""

    SAID = {"title", "aria-label", "placeholder", "alt", "data-label", "data-confirm", "data-yes", "data-no", "data-none", "data-fail"}

    def __init__(self, page):
        super().__init__()
        self.texts, self.links, self.quiet = set(), set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.quiet = tag if tag in ("script", "style", "textarea") or values.get("lang") == "zh-CN" and tag != "html" else ""
        self.texts |= {value.strip() for name, value in attributes if name in self.SAID and value}
        self.texts |= {str(word) for word in json.loads(values.get("data-words") or "{}").values()}
        if tag == "a" and (values.get("href") or "").startswith("/"):
            self.links.add(values["href"].partition("#")[0])

    def handle_endtag(self, tag):
        self.quiet = ""

    def handle_data(self, data):
        if data.strip() and not self.quiet:
            self.texts.add(data.strip())


def shape(address):
    """Addresses of one shape show the same page with other data."""
    path, _, query = address.partition("?")
    return re.sub(r"\d+", "0", path), tuple(sorted(part.partition("=")[0] if part[:1] != "t" else part for part in query.split("&")))


def texts_of(client, most=60):
    """Texts → address of the first page that shows them, walking from the first page along the links."""
    found, seen, open_ = {}, set(), ["/", "/me/password", "/no-such-page"]
    while open_ and len(seen) < most:
        address = open_.pop(0)
        if shape(address) in seen or re.search(r"\.xlsx|/lang/|/logout|/static/|/file", address):
            continue
        seen.add(shape(address))
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code in (200, 403, 404), address
        reader = Reader(answer.get_data(as_text=True))
        found |= {text: address for text in reader.texts if text not in found}
        open_ += sorted(reader.links)
    return found


@pytest.fixture(scope="module")
def data(app):
    """Everything that somebody typed: the one thing that stays as it is in every language."""
    with app.app_context(), scope.everything(db.session()):
        found = set()
        for model in entities().values():
            texts = [key for key, one in fields_of(model).items() if not one.target and not one.choices and (
                one.secret or isinstance(one.type, String | Letters) and not isinstance(one.type, Several))]
            if texts:
                found |= {str(getattr(row, key)) for row in db.session.scalars(select(model)) for key in texts if getattr(row, key)}
        return found | {scope.SYSTEM.name, "系统编号"}  # a heading of the workbooks, which are Chinese, told on the page of the import


@pytest.mark.parametrize("role", ROLES)
def test_english_pages_show_no_chinese_but_data(client_for, data, role):
    client, words, typed = client_for(role, fresh=True), set(entries("en")), "\n".join(data)
    runs = set(RUN.findall(typed))
    client.get("/lang/en")
    shown = texts_of(client)
    chinese = {key for key in words if CHINESE.search(key)}
    assert len(shown) > 100
    assert {text: at for text, at in shown.items() if text in chinese - data} == {}, "a word of ours is not translated where it is shown"
    strange = {text: at for text, at in shown.items() if any(run not in runs and run not in typed for run in RUN.findall(text))}
    assert strange == {}, "Chinese that nobody typed"


@pytest.mark.parametrize("role", ROLES)
def test_chinese_pages_show_no_word_of_the_framework(client_for, frameworks_words, role):
    shown, english = texts_of(client_for(role, fresh=True)), {key for key in entries("en") if not CHINESE.search(key)}
    assert len(shown) > 100
    assert {text: at for text, at in shown.items() if text in frameworks_words or text in english} == {}
    assert {text: at for text, at in shown.items() if re.match(r"(List|Add|Edit|Show|Record Count|Access is|Invalid) ", text)} == {}


def test_language_is_chinese_until_another_is_chosen(app):
    client = app.test_client()
    first = client.get("/login/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="zh-CN">' in first and "登录" in first
    client.get("/lang/en")
    then = client.get("/login/").get_data(as_text=True)
    assert '<html lang="en">' in then and "Log in" in then
    assert client.get("/lang/xx").status_code == 404
    client.get("/lang/zh")
    assert '<html lang="zh-CN">' in client.get("/login/").get_data(as_text=True)


def test_errors_are_told_in_the_readers_language(app, client_for):
    client = client_for("teacher", fresh=True)
    assert "没有这种语言。" in client.get("/lang/xx").get_data(as_text=True)
    assert "您的角色不能做这件事" in client.get("/statistics/").get_data(as_text=True)
    client.get("/lang/en")
    assert "Locale not supported." in client.get("/lang/xx").get_data(as_text=True)
    assert "Your role cannot do this" in client.get("/statistics/").get_data(as_text=True)


def test_dates_are_written_as_the_language_does(app):
    day = clock.today().replace(day=1, month=9)
    for language, pattern in (("zh", rf"{day.year}年9月1日"), ("en", rf"September 1, {day.year}")):
        with app.test_request_context(f"/?_l_={language}"):
            assert format_date(day, "long") == pattern


def test_our_catalogue_wins_over_the_frameworks(app):
    with app.test_request_context("/?_l_=zh"):
        assert app.extensions["babel"].translation_directories[-1] == str(CATALOGUES)
        assert gettext("Access is Denied") == entries("zh")["Access is Denied"].string
        assert gettext("Record Count") == "记录数目", "what we leave to the framework is its own Chinese"
