"""What the OpenAPI document says of a list's parameters and of the key of a new row, held against real answers."""

import pytest
from sqlalchemy import select

from app import menu
from app.models.base import OfSchool
from app.models.org import Area, Member, School
from app.panel.views_by_entity import VIEWS
from tests.support.contract import Contract
from tests.support.rest import url

assert menu.MENU  # importing it declares the views
OF_SCHOOL = {view.model.__tablename__: issubclass(view.model, OfSchool) for view in VIEWS.values()}
HAZARD = {"what": "护栏松动", "where": "二楼", "kind": "building", "level": "general", "found_on": "2026-01-05", "due_on": "2026-02-05"}


@pytest.fixture(scope="module")
def county(client_for):
    return Contract(client_for("county"))


@pytest.fixture(scope="module")
def school(client_for):
    return Contract(client_for("school"))


def parameters(contract, table):
    return {one["name"]: one for one in contract.operation("GET", table)["parameters"]}


def ids(contract, table, query):
    answer = contract.ask("GET", table, query=query)
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["result"]]


def test_each_parameter_says_what_it_is_for(county):
    for table in county.tables():
        known = parameters(county, table)
        assert all(one["description"] for one in known.values())
        assert {"a", "b", "d", "size"} <= known.keys() and ("p" in known) == OF_SCHOOL[table]


def test_a_place_narrows_the_list_to_its_schools(county, look):
    def places(session):
        mine = session.scalar(select(Member.school_id).where(Member.username == "school"))
        return mine, session.scalar(select(School.area_id).where(School.id == mine))

    mine, area = look(places)
    below = look(lambda session: set(session.scalars(select(School.id).join(Area).where(Area.path.startswith(session.get(Area, area).path)))))
    whole, of_school, of_area = (county.ask("GET", "hazard", query=f"?size=200{more}").json["result"] for more in ("", f"&p=s{mine}", f"&p=a{area}"))
    at = [row["school"]["id"] for row in whole]
    assert [row["id"] for row in of_school] == [row["id"] for row in whole if row["school"]["id"] == mine] and 0 < len(of_school) < len(whole)
    assert [row["id"] for row in of_area] == [row["id"] for row in whole if row["school"]["id"] in below] and len(at) > len(of_school)
    assert ids(county, "school", f"?p=s{mine}") == ids(county, "school", ""), "no parameter of a list that the document gives none"


@pytest.mark.parametrize("table", ["hazard", "child"])
def test_before_leads_back_to_where_after_came_from(county, table):
    known, first = parameters(county, table), ids(county, table, "?size=3")
    assert known["a"]["schema"] == known["b"]["schema"] == {"type": "integer", "minimum": 1}
    second = ids(county, table, f"?size=3&a={first[-1]}")
    assert len(second) == 3 and not set(first) & set(second)
    assert ids(county, table, f"?size=3&b={second[0]}") == first
    third = county.ask("GET", table, query=f"?size=3&b={second[0]}").json["next"]
    assert third == url(table, "", f"?size=3&a={first[-1]}")
    lost = county.ask("GET", table, query="?b=99999999")
    assert lost.status_code == 400, "as with a: else the first page would come, and look like the one before"
    assert ids(county, table, "?size=3&n=70") == first, "the number of the first row is for pages only, and not in the document"
    assert "n" not in known


def test_a_key_that_is_used_again_answers_as_its_description_says(school):
    post = school.operation("POST", "hazard")
    (key,) = post["parameters"]
    assert (key["name"], key["in"]) == ("Idempotency-Key", "header") and "422" in key["description"]
    shared = school.document["components"]["responses"]["422"]
    assert "Idempotency-Key" in post["responses"]["422"]["description"] and "Idempotency-Key" not in shared["description"]
    headers = {"Idempotency-Key": "told"}
    first, same, other = (school.ask("POST", "hazard", json={**HAZARD, "where": where}, headers=headers) for where in ("二楼", "二楼", "三楼"))
    assert (first.status_code, same.status_code, other.status_code) == (201, 201, 422) and same.json == first.json
    assert "内容与这次的不同" in other.json["message"]
    assert school.ask("DELETE", "hazard", first.json["id"]).status_code == 204
    gone = school.ask("POST", "hazard", json={**HAZARD, "where": "二楼"}, headers=headers)
    assert gone.status_code == 422 and "删除" in gone.json["message"]
