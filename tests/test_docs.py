"""What documents, docstrings and comments call by a path is there."""

import ast
import io
import re
import tokenize
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from click import Context, Group

ROOT = Path(__file__).resolve().parent.parent
OURS = ("app", "benchmarks", "deploy", "docs", "migrations", "seeds", "tests")
FILES = sorted(path for place in (*(ROOT / folder for folder in OURS), ROOT) for path in place.glob("*" if place == ROOT else "**/*")
               if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts))
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]
SOURCES = [path for path in FILES if path.suffix == ".py"]
OTHERS = [path for path in FILES if path.name == "Makefile" or path.parent.name == "deploy"]
SUFFIX = r"(?:py|md|html|js|css|json|csv|svg|png|txt|toml|sh|conf|timer)"
# A file by its name, with folders or without, or a folder; not a part of an address or of a pattern.
NAMED = re.compile(rf"(?<![\w./<>{{}}*:$@-])((?:[\w*-]+/)*[\w.*-]+\.{SUFFIX}|(?:[\w-]+/)+)(?![\w/<{{*-])")
MADE = ("var/",)  # data, which no checkout holds


@cache
def there():
    """Every way to call a file or a folder that a checkout holds: `services/scope.py` leaves out the folders above."""
    paths = {part for path in FILES for part in (path.relative_to(ROOT), *path.relative_to(ROOT).parents)}
    return {"/".join(path.parts[start:]) for path in paths for start in range(len(path.parts))}


def missing(text):
    """Paths of a text that nothing bears."""
    named = {found[1].rstrip("/") for found in NAMED.finditer(text) if not found[1].startswith(MADE)}
    return sorted(one for one in named if one not in there() and not ("*" in one and any(fnmatch(path, one) for path in there())))


def name_of(path):
    return str(path.relative_to(ROOT))


def said_in(source):
    """Docstrings and comments of a module."""
    text = source.read_text()
    doc = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    return "\n".join(doc + [token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT])


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_document_names_what_is_there(path):
    text = path.read_text()
    said = re.findall(r"`([^`\n]+)`", text) + [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert missing("\n".join(said)) == [], f"{name_of(path)} names what is not there"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_docstrings_and_comments_name_what_is_there(path):
    assert missing(said_in(path)) == [], f"{name_of(path)} names what is not there"


@pytest.mark.parametrize("path", OTHERS, ids=name_of)
def test_the_makefile_and_deployment_name_what_is_there(path):
    comments = "\n".join(line for line in path.read_text().splitlines() if line.startswith("#") and "/etc/" not in line)
    assert missing(comments) == []


@pytest.mark.no_database
def test_the_commands_of_the_readme_are_there_with_their_options(app):
    lines = re.findall(r"flask --app app ([^#\n&`)]+)", (ROOT / "README.md").read_text())
    for line in lines:
        name, at, words = "app", app.cli, line.split()
        while isinstance(at, Group):
            name, at, words = at.resolve_command(Context(at), words)
        assert at.make_context(name, words).params is not None
    assert len(lines) > 8


@pytest.mark.parametrize(("text", "wrong"), [
    ("see services/scope.py and app/", []), ("kept by services/nowhere.py", ["services/nowhere.py"]), ("as docs/nothing/ tells", ["docs/nothing"]),
    ("sqlite.org/optoverview.html", []), ("`tests/*/test_inspection.py`", []), ("`tests/*/test_nothing.py`", ["tests/*/test_nothing.py"]),
])
def test_this_guard_tells_one_from_the_other(text, wrong):
    assert missing(text) == wrong
