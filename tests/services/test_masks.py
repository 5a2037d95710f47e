"""What beyond the county may be read: no field that people write about people."""

import pytest
from sqlalchemy import String

from app import roles
from app.extensions import db
from app.models import entities
from app.models.base import fields_of
from app.models.safety import Hazard
from app.panel.views_by_entity import VIEWS
from app.services import masks, scope, search
from app.services.scope import Asker
from app.services.table import table_of

SUPERIOR, COUNTY = (Asker(1, "某人", role, area_id=1, path="/99/") for role in ("superior", "county"))
# Texts that stand on a notice board: names and codes of places, of school years, of inspections and their notices, and items of the checklist.
OFFICIAL = {("Area", "code"), ("Area", "name"), ("Area", "path"), ("School", "code"), ("School", "name"), ("School", "phone"), ("School", "head_name"),
            ("Term", "name"), ("Term", "school_year"), ("Inspection", "name"), ("Finding", "what"),
            ("Campaign", "name"), ("Campaign", "notice_no"), ("Campaign", "seed"), ("Campaign", "list_hash"), ("CampaignSchool", "files_hash")}


@pytest.mark.parametrize(("text", "covered"), [
    ("联系人13812345678，孩子11010519491231002X", "联系人•，孩子•"), ("138 1234 5678", "•"), ("138-1234-5678转2", "•转2"), ("(0851-1234567)", "(•)"),
    ("110105 19491231 002x。", "•。"), ("110105-19491231-0021", "•"), ("G440524188001010014", "G•"), ("１３８１２３４５６７８", "•"),
    ("13812345678 13912345678", "• •"), ("1234567890123456789", "•"),
    ("（0851）12345678", "•"), ("座机(0851)1234567", "座机•"), ("138—1234—5678", "•"), ("138－1234－5678", "•"), ("138 - 1234 - 5678", "•"),
    ("１３８ １２３４ ５６７８", "•"), ("电话.13812345678", "电话.•"), ("13812345678X13912345678", "•X•"),
    ("13812345678.13912345678", "•"), (".13812345678", ".•"), ("电话...13812345678", "电话...•"), ("138.1234.5678", "•"),
    *((text, text) for text in ("2026-11-23 12:30", "2026-11-23 2026-11-30", "33.33333333333", "0.13812345678", "138.12345678", "1381234",
                              "50000元", "14/150，第3条", "5205210001"))])
def test_numbers_of_people_and_telephones_are_covered_in_free_text(text, covered):
    assert masks.without_numbers(text) == covered.replace("•", masks.DOTS)
    assert masks.without_numbers({"a": [{"b": text}, None, 1]}) == {"a": [{"b": covered.replace("•", masks.DOTS)}, None, 1]}


def free_texts():
    for name, model in entities().items():
        if roles.may("superior", "read", name):
            yield from ((name, key) for key, one in fields_of(model).items() if isinstance(one.type, String) and not one.choices)


def test_every_text_that_people_write_is_withheld_beyond_the_county():
    told = {(name, key) for name, key in free_texts() if not masks.masked(SUPERIOR, entities()[name], fields_of(entities()[name])[key])}
    assert told == OFFICIAL, "a new free text may name a child: declare it PERSONAL, or say here why it cannot"


def test_a_link_to_somebody_is_withheld_too():
    assert masks.masked(SUPERIOR, Hazard, fields_of(Hazard)["responsible"])
    assert not masks.masked(SUPERIOR, Hazard, fields_of(Hazard)["school"])
    assert not any(masks.masked(COUNTY, Hazard, one) for one in fields_of(Hazard).values())


def test_rows_read_as_covered(db_session):
    table = table_of(Hazard, tuple(VIEWS["Hazard"].columns))
    row = db_session.execute(table.statement.where(Hazard.fix.is_not(None), Hazard.responsible_id.is_not(None))).first()
    seen = dict(zip(VIEWS["Hazard"].columns, table.values(SUPERIOR)(row), strict=True))
    whole = dict(zip(VIEWS["Hazard"].columns, table.values(COUNTY)(row), strict=True))
    assert (seen["what"], seen["where"], seen["fix"], seen["responsible"]) == (masks.DOTS,) * 3 + (None,)
    assert (seen["level"], seen["due_on"], seen["school"]) == (whole["level"], whole["due_on"], whole["school"])
    assert masks.DOTS not in whole.values() and whole["responsible"]


@pytest.mark.parametrize(("asker", "found"), [(SUPERIOR, 0), (COUNTY, 1)])
def test_a_withheld_text_is_not_looked_through(db_session, asker, found):
    hazard = db_session.query(Hazard).order_by(Hazard.id).first()
    condition = search.condition(asker, Hazard, hazard.what, ["what", "where"])
    assert min(1, db_session.query(Hazard).filter(condition).count()) == found


def test_pages_and_machines_withhold_it(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        row_id, what = db.session.query(Hazard.id, Hazard.what).filter(Hazard.fix.is_not(None)).order_by(Hazard.id).first()
    for client, told in ((client_for("county"), True), (client_for("superior"), False)):
        for address in (f"/hazard/show/{row_id}", f"/api/v1/hazard/{row_id}", "/api/v1/hazard/?size=200"):
            answer = client.get(address)
            text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else str(answer.json)
            assert answer.status_code == 200 and (what in text) is told, address
