"""The ways in and out by workbooks: export, template, import of foreign rows and children, batches, undo."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from app.models import entities
from app.models.base import fields_of
from app.panel.views_by_entity import VIEWS
from app.services.exchange.cells import keys_of, sheet_columns
from app.services.values import text_of
from tests.support import matrix_values
from tests.support.matrix_case import ASKED_AGAIN, READ, REFUSED, Case
from tests.support.matrix_ways import NUMBERS, foreign, may
from tests.support.matrix_world import World
from tests.support.sheets import workbook

TOKEN = re.compile(r'name="token" value="([^"]+)"')
PHOTO = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
                      "e221bc330000000049454e44ae426082")  # a picture of one point
FEW = {"Child", "Talk", "Staff", "Hazard"}  # entities whose workbooks are sent in: each is read in a process of its own, which takes time


def address(entity: str, rest: str) -> str:
    return f"/sheets/{entities()[entity].__tablename__}/{rest}"


def export(world: World, account: str) -> Iterator[Case]:
    for entity in VIEWS:
        able = may(world, account, "export", entity)
        yield Case(f"export {entity}", address(entity, "export.xlsx"), able, READ if able else REFUSED)
    row = world.rows["Child", "abroad"]
    token = world.tokens["Child", row, "name"]
    able = may(world, account, "export", "Child")
    yield Case("export what is searched", address("Child", f"export.xlsx?q={token}&a={row}&f.id_number=1&o=id_number"), able,
               READ if able else REFUSED, sent=frozenset({token}))
    for entity in ("Child", "Hazard"):
        able = may(world, account, "export", entity)
        yield Case(f"export {entity} by a post", address(entity, "export.xlsx"), able, READ if able else REFUSED, "POST", {})
    yield Case("export nothing", "/sheets/nothing/export.xlsx", False, REFUSED)


def template(world: World, account: str) -> Iterator[Case]:
    for entity in VIEWS:
        able = may(world, account, "import", entity)
        yield Case(f"template {entity}", address(entity, "template.xlsx"), able, READ if able else REFUSED)


def take_in(world: World, account: str) -> Iterator[Case]:
    """A workbook with another school's child, and one with the number of another school's row."""
    for entity in sorted(VIEWS):
        able = may(world, account, "import", entity)
        yield Case(f"import form {entity}", address(entity, "import"), able, READ if able else REFUSED)
        if not able and entity in ("Child", "Talk"):
            yield _sent(world, account, entity, "mine", None, False)
        for place in foreign(world, account, entity)[-1:] if able and entity in FEW else []:
            yield _sent(world, account, entity, place, world.rows[entity, place], True)
            if "child" in fields_of(entities()[entity]):
                yield _sent(world, account, entity, place, None, True)


def _sent(world: World, account: str, entity: str, place: str, row_id: int | None, able: bool) -> Case:
    """Checked first; where the check lets it pass, written too: nothing may be."""
    rows, tokens = _rows(world, entity, place, row_id)
    aim = (entity, world.rows[entity, place])

    def follow(answer: Any) -> Case | None:
        found = TOKEN.search(answer.get_data(as_text=True))
        return Case(f"import commit {entity} {place}", address(entity, "import/commit"), False, ASKED_AGAIN, "POST", {"token": found[1]}, aim=aim,
                    grows=entity, sent=tokens) if found else None

    return Case(f"import {entity} {place}", address(entity, "import"), False, READ if able else REFUSED, "POST",
                {"file": (io.BytesIO(workbook(rows)), "a.xlsx")}, aim=aim, grows=entity, sent=tokens, follow=follow)


def _rows(world: World, entity: str, place: str, row_id: int | None) -> tuple[list[list[Any]], frozenset[str]]:
    """Header and one row, as somebody who knows names and numbers would type them."""
    model, cells, tokens = entities()[entity], [row_id], set()
    keys = keys_of(model, VIEWS[entity].columns)
    for key in keys:
        one = fields_of(model)[key]
        if one.target:
            token = world.tokens.get((one.target, world.rows.get((one.target, place), 0), entities()[one.target].__title__))
            cells.append(token)
            tokens |= {token} if token else set()
        else:
            cells.append(text_of(one, matrix_values.value(one, next(NUMBERS), model.__tablename__)))
    return [[column.label for column in sheet_columns(model, keys)], cells], frozenset(tokens)


def commit(world: World, account: str) -> Iterator[Case]:
    for token in ("x", "0" * 32, "../../secret_key"):
        able = may(world, account, "import", "Talk")
        yield Case("commit of nothing", address("Talk", "import/commit"), False, READ if able else REFUSED, "POST", {"token": token}, grows="Talk")


def columns(world: World, account: str) -> Iterator[Case]:
    """A foreign row under headings of the sender's own: asked about, said, and still refused."""
    for entity in sorted(VIEWS):
        able = may(world, account, "import", entity)
        yield Case(f"columns of nothing {entity}", address(entity, f"import/columns?token={'0' * 32}"), able, READ if able else REFUSED)
        yield Case(f"columns of nothing said {entity}", address(entity, "import/columns"), False, READ if able else REFUSED, "POST", {"token": "x"},
                   grows=entity)
    if may(world, account, "import", "Talk"):
        yield _renamed(world, account)


def _renamed(world: World, account: str) -> Case:
    (head, cells), tokens = _rows(world, "Talk", "sibling", None)
    rows = [[f"{label}？" if label != "谈心日期" else "谈话时间" for label in head], cells]

    def said(answer: Any) -> Case | None:
        text = answer.get_data(as_text=True)
        found = TOKEN.search(text)
        chosen = dict(re.findall(r'<select id="c\d+" name="(c\d+)">.*?<option value="(\w+)" selected', text))
        return Case("import said", address("Talk", "import/columns"), False, READ, "POST", {"token": found[1], **chosen}, grows="Talk",
                    sent=tokens, follow=written) if found else None

    def written(answer: Any) -> Case | None:
        found = TOKEN.search(answer.get_data(as_text=True))
        return Case("import said and commit", address("Talk", "import/commit"), False, ASKED_AGAIN, "POST", {"token": found[1]}, grows="Talk",
                    sent=tokens) if found else None

    return Case("import renamed", address("Talk", "import"), False, READ, "POST", {"file": (io.BytesIO(workbook(rows)), "a.xlsx")}, grows="Talk",
                sent=tokens, follow=said)


def photos(world: World, account: str) -> Iterator[Case]:
    """A zip with photos named after another school's child: none of them is anybody's."""
    able = may(world, account, "import", "Child") and may(world, account, "write", "Attachment")
    yield Case("photos form", "/photos/import", able, READ if able else REFUSED)
    names = [f"{world.rows['Child', place]}.jpg" for place in foreign(world, account, "Child")] or ["1.jpg"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            package.writestr(name, PHOTO)

    def seen(answer: Any) -> Case | None:
        return Case("photos seen", answer.location, able, READ, follow=written) if able else None

    def written(answer: Any) -> Case | None:
        found = TOKEN.search(answer.get_data(as_text=True))
        return Case("photos commit", "/photos/import/commit", False, ASKED_AGAIN, "POST", {"token": found[1]}, grows="Attachment") if found else None

    yield Case("photos of foreign children", "/photos/import", False, frozenset({302}) if able else REFUSED, "POST",
               {"file": (io.BytesIO(target.getvalue()), "a.zip")}, grows="Attachment", follow=seen)


def write_photos(world: World, account: str) -> Iterator[Case]:
    able = may(world, account, "import", "Child") and may(world, account, "write", "Attachment")
    for token in ("x", "0" * 32, "../../secret_key"):
        yield Case("photos of nothing", "/photos/import/commit", False, READ if able else REFUSED, "POST", {"token": token}, grows="Attachment")


def progress(rest: str) -> Callable[[World, str], Iterator[Case]]:
    """Nobody else's: the planted jobs belong to members that cannot log in."""

    def cases(world: World, _account: str) -> Iterator[Case]:
        yield Case(f"progress {rest}", f"/{rest}/import/job/{world.rows['Job', 'mine']}", False, REFUSED)

    return cases


def errors(world: World, account: str) -> Iterator[Case]:
    yield Case("errors of nothing", address("Talk", f"errors/{'0' * 32}.xlsx"), False, REFUSED)


def batches(world: World, account: str) -> Iterator[Case]:
    able = any(may(world, account, "import", entity) for entity in VIEWS)
    yield Case("batches", "/sheets/batches", able, READ if able else REFUSED)


def undo(world: World, account: str) -> Iterator[Case]:
    for place in world.places("ImportBatch"):
        pk = world.rows["ImportBatch", place]
        granted = (may(world, account, "import", "Talk") and world.shows(account, "ImportBatch", pk)
                   and world.sights[account].role != "teacher")  # a teacher's own batches only; these are nobody's
        yield Case(f"undo asks {place}", f"/sheets/batches/{pk}/undo", granted, READ if granted else REFUSED)
        yield Case(f"undo {place}", f"/sheets/batches/{pk}/undo", granted, ASKED_AGAIN if granted else REFUSED, "POST", {}, aim=("ImportBatch", pk))


SHEET_WAYS = {"Sheets.export": export, "Sheets.template": template, "Intake.take_in": take_in, "Intake.columns": columns, "Intake.commit": commit,
              "Intake.errors": errors, "Intake.progress": progress("sheets/child"), "Photos.progress": progress("photos"),
              "Photos.take_in": photos, "Photos.commit": write_photos, "Sheets.batches": batches, "Sheets.undo": undo}
