"""Whose a version is: an office reads and changes its own drafts and nobody else's by any way; what is published everybody may copy."""

import io

import pytest
from sqlalchemy import select

from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate, Inspection
from app.models.org import Area, Member
from app.services import checklist, checklist_told, records, scope
from tests.support.asking import asking
from tests.support.checklists import drafted


@pytest.fixture
def common(look):
    """Id of a draft of everybody's."""
    def make(session):
        pk = drafted(session)
        session.get(ChecklistTemplate, pk).area_id = None
        return pk
    return look(make)


@pytest.fixture
def elsewhere(look):
    """Id of a draft of another county."""
    return look(lambda session: drafted(session, account="school3"))


WHOLE = {"code": "x", "number": 1, "excellent_from": 90, "good_from": 75, "fair_from": 60, "cap": "fair", "critical_days": 15, "general_days": 30,
         "excellent_months": 6, "good_months": 4, "fair_months": 2, "poor_months": 2, "objection_days": 7, "recheck_days": 10, "extend_days": 30,
         "escalate_days": 15}


def told(look, pk):
    return look(lambda session: checklist_told.of(session, session.get(ChecklistTemplate, pk)))


def same(before, now):
    """Whether two versions say the same, in the same order."""
    orders = [(list(one.sections.items()), list(one.items)) for one in (before, now)]
    return checklist_told.apart(before, now).nothing and orders[0] == orders[1]


def head(look, pk):
    """State, name and end of a version itself."""
    def read(session):
        with scope.trash(session):
            return session.execute(select(ChecklistTemplate.state, ChecklistTemplate.name, ChecklistTemplate.deleted_at).where(
                ChecklistTemplate.id == pk)).one()
    return look(read)


def first_rows(look, pk):
    """Its version, and the first section and item: id, version, the next one's id."""
    def read(session):
        parts = checklist.outline(session, pk)
        return session.get(ChecklistTemplate, pk).version, *((rows[0].id, rows[0].version, rows[1].id) for rows in parts)
    return look(read)


def attempts(pk, version, section, item):
    """Every way in that would change a draft: method, path, what is sent."""
    (s, s_version, s_next), (i, i_version, i_next) = section, item
    whole = {"code": "A1", "text": "改了。", "methods": ["查"], "weight": 1}
    yield from (("GET", f"/{table}/edit/{row}", None) for table, row in (("checklist_template", pk), ("checklist_section", s), ("checklist_item", i)))
    yield "POST", f"/checklist_template/edit/{pk}", {**WHOLE, "name": "改了", "_version": version}
    yield "POST", f"/checklist_section/edit/{s}", {"template": pk, "code": "A", "name": "改了", "_version": s_version}
    yield "POST", f"/checklist_item/edit/{i}", {**whole, "section": s, "_version": i_version}
    yield "POST", "/checklist_section/add", {"template": pk, "code": "Z", "name": "加的"}
    yield "POST", "/checklist_item/add", {**whole, "code": "Z1", "section": s}
    yield from (("POST", f"/{table}/delete/{row}", {"_sure": "1"}) for table, row in (
        ("checklist_item", i), ("checklist_section", s), ("checklist_template", pk)))
    yield from (("POST", f"/checklist_template/move/{pk}", {"move": said}) for said in (f"s.{s}.{s_version}.{s_next}", f"i.{i}.{i_version}.{i_next}"))
    yield "POST", f"/checklist_template/step/{pk}/publish", {}
    yield "POST", f"/checklist_template/take_in/{pk}", {"file": (io.BytesIO("分类编号,分类名称,编号,检查内容,方式\nA,一,A1,改了。,查\n".encode()), "a.csv")}
    yield "POST", f"/checklist_template/take_in/{pk}/write", {"token": "0" * 32}


def machine(pk, version, section, item):
    """The same by REST."""
    yield from (("PATCH", f"/api/v1/{table}/{row}", {"version": known, key: "改了"}) for table, row, known, key in (
        ("checklist_template", pk, version, "name"), ("checklist_section", section[0], section[1], "name"), ("checklist_item", item[0], item[1], "text")))
    yield from (("DELETE", f"/api/v1/{table}/{row}", {}) for table, row in (("checklist_template", pk), ("checklist_section", section[0]),
                                                                            ("checklist_item", item[0])))
    yield "POST", "/api/v1/checklist_section/", {"template": pk, "code": "Z", "name": "加的"}
    yield "POST", "/api/v1/checklist_item/", {"section": section[0], "code": "Z1", "text": "加的。", "methods": "查"}


@pytest.mark.parametrize(("account", "whose"), [("county", "common"), ("county", "elsewhere"), ("admin", "draft"), ("admin", "elsewhere"),
                                                ("inspector", "draft"), ("school", "draft")])
def test_nobody_changes_what_is_anothers_by_any_way(client_for, look, request, account, whose):
    pk = request.getfixturevalue(whose)
    client, before, rows, top = client_for(account), told(look, pk), first_rows(look, pk), head(look, pk)
    for method, path, sent in attempts(pk, *rows):
        client.open(path, method=method, data=sent)
        assert same(before, told(look, pk)), f"{method} {path}"
    for method, path, sent in machine(pk, *rows):
        assert client.open(path, method=method, json=sent).status_code in (403, 404, 422), f"{method} {path}"
        assert same(before, told(look, pk)), f"{method} {path}"
    assert head(look, pk) == top and (top.state, top.deleted_at) == ("draft", None)


ENDS = ("/step/", "/checklist_template/delete/", "/api/v1/checklist_template/")  # after these nothing goes on


def test_the_same_attempts_change_ones_own_draft(client_for, look, draft):
    """Else the test above would show nothing: what is sent there is refused for whose it is, and not for what it says."""
    client, tried = client_for("county"), 0
    for ways, form in ((attempts, "data"), (machine, "json")):
        for number in range(len([*ways(0, 1, (0, 0, 0), (0, 0, 0))])):
            method, path, _sent = [*ways(draft, *first_rows(look, draft))][number]
            if method == "GET" or "take_in" in path:
                continue
            pk = look(drafted) if any(one in path for one in ENDS) else draft
            before, top = told(look, pk), head(look, pk)
            method, path, sent = [*ways(pk, *first_rows(look, pk))][number]
            answer = client.open(path, method=method, **{form: sent})
            assert head(look, pk) != top or not same(before, told(look, pk)), f"{method} {path} {answer.status_code} {answer.text[-2000:]}"
            tried += 1
    assert tried == 11 + 8


@pytest.mark.parametrize("whose", ["common", "elsewhere"])
def test_an_item_does_not_cross_over(look, request, draft, whose):
    """Moved by its link, or its section, into another's draft or out of it."""
    pk = request.getfixturevalue(whose)

    def attack(session):
        own, other = (checklist.outline(session, one) for one in (draft, pk))
        for item, section in ((own[1][0], other[0][0]), (other[1][0], own[0][0])):
            with asking(session, "county"), pytest.raises(records.Refused):
                records.edit(session, item, {"section": section.id})
            session.rollback()
        with asking(session, "county"), pytest.raises(records.Refused):
            records.edit(session, own[0][0], {"template": pk})
        session.rollback()

    look(attack)


@pytest.mark.parametrize("place", [None, "other"])
def test_nobody_gives_a_version_away_or_takes_one(look, draft, elsewhere, place):
    def attack(session):
        here, there = (session.scalar(select(Member.area_id).where(Member.username == name)) for name in ("county", "school3"))
        target = None if place is None else there
        for values in ({"area_id": target}, {"area": session.get(Area, target) if target else None}):
            with asking(session, "county"), pytest.raises(records.Refused):
                records.edit(session, session.get(ChecklistTemplate, draft), {}, own=values)
            session.rollback()
        foreign = session.get(ChecklistTemplate, elsewhere)
        with asking(session, "county"), pytest.raises(records.Refused):
            records.edit(session, foreign, {}, own={"area_id": here})
        session.rollback()
        with asking(session, "county"), pytest.raises(records.Refused):
            records.add(session, ChecklistTemplate, {"code": "n", "number": 1, "name": "n"}, own={"area_id": there})
        session.rollback()

    look(attack)


def test_what_one_makes_is_ones_own(client_for, look):
    here = look(lambda session: session.scalar(select(Member.area_id).where(Member.username == "county")))
    for account, place in (("county", here), ("admin", None)):
        made = client_for(account).post("/checklist_template/add", data={**WHOLE, "name": "自己的", "code": account})
        pk = int(made.location.rsplit("/", 1)[1])
        assert look(lambda session, pk=pk: session.get(ChecklistTemplate, pk).area_id) == place
        assert f"/checklist_template/edit/{pk}" in client_for(account).get(f"/checklist_template/show/{pk}").text


def test_what_is_published_is_copied_as_ones_own_and_a_foreign_draft_is_not(client_for, look, elsewhere):
    client = client_for("county")
    here = look(lambda session: session.scalar(select(Member.area_id).where(Member.username == "county")))
    assert client.get(f"/checklist_template/step/{elsewhere}/copy").status_code == 404
    assert client.post(f"/checklist_template/step/{elsewhere}/copy", data={"_token": "a" * 30}).status_code == 404
    look(lambda session: checklist.publish(session, session.get(ChecklistTemplate, elsewhere)))
    page = client.get(f"/checklist_template/show/{elsewhere}").text
    assert f"/checklist_template/step/{elsewhere}/copy" in page and f"/checklist_template/edit/{elsewhere}" not in page
    pk = int(client.post(f"/checklist_template/step/{elsewhere}/copy", data={"_token": "b" * 30}).location.rsplit("/", 1)[1])
    assert look(lambda session: session.get(ChecklistTemplate, pk).area_id) == here
    section = look(lambda session: checklist.sections_of(session, pk)[0].id)
    assert client.get(f"/checklist_section/edit/{section}").status_code == 200


def test_whose_it_is_stands_on_the_page(client_for, look, draft):
    name = look(lambda session: session.scalar(select(Area.name).join(Member, Member.area_id == Area.id).where(Member.username == "county")))
    assert name in client_for("inspector").get(f"/checklist_template/show/{draft}").text.split("<main")[1]


def reads(pk, section, item):
    """Every way in that would show a draft: its records by page, history and REST, and the lists, sheets and look-ups that it might stand in."""
    for table, row in (("checklist_template", pk), ("checklist_section", section), ("checklist_item", item)):
        yield from ((f"/{table}/{page}/{row}", 404) for page in ("show", "history"))
        yield f"/api/v1/{table}/{row}", 404
        yield from ((path, 200) for path in (f"/{table}/list/?size=200", f"/{table}/list/?o=id&d=desc", f"/api/v1/{table}/?size=200"))
    yield from ((f"/checklist_template/{page}", 404) for page in (f"outline/{pk}", f"compare/{pk}", f"book/{pk}.xlsx", f"compare/{pk}.xlsx"))
    yield f"/checklist_item/preview/{item}", 404
    yield from ((f"/lookup/{entity}?q=外县", 200) for entity in ("ChecklistTemplate", "ChecklistSection"))


@pytest.mark.parametrize("account", ["county", "inspector"])
def test_nobody_reads_the_draft_of_elsewhere_by_any_way(client_for, look, elsewhere, account):
    _version, (section, *_), (item, *_) = first_rows(look, elsewhere)
    token = f"外县{account}"  # what one account's turn has published is read by the next

    def name(session):
        session.get(ChecklistTemplate, elsewhere).name = session.get(ChecklistSection, section).name = token
        session.get(ChecklistItem, item).text = token

    look(name)
    client = client_for(account)
    for path, status in reads(elsewhere, section, item):
        answer = client.get(path)
        told = answer.get_data(as_text=True) + str(answer.json if answer.is_json else "")
        unasked = account == "inspector" and path.endswith(".xlsx")  # takes no workbook out, of whatever version
        assert (answer.status_code, token in told) == (403 if unasked else status, False), path
    look(lambda session: checklist.publish(session, session.get(ChecklistTemplate, elsewhere)))
    assert {client.get(path).status_code for path, _status in reads(elsewhere, section, item) if not path.startswith("/checklist_template/compare")} <= {
        200, 403 if account == "inspector" else 200}


@pytest.mark.parametrize(("account", "whose", "seen"), [
    ("county", "draft", True), ("inspector", "draft", True), ("township", "draft", True), ("school", "draft", True), ("superior", "draft", True),
    ("school3", "draft", False), ("county", "elsewhere", False), ("school", "elsewhere", False), ("school3", "elsewhere", True),
    ("superior", "elsewhere", True), *((account, "common", True) for account in ("county", "teacher", "school3", "superior"))])
def test_a_draft_is_seen_by_its_area_and_what_lies_above_and_below(look, request, account, whose, seen):
    pk = request.getfixturevalue(whose)
    _version, (section, *_), (item, *_) = first_rows(look, pk)

    def rows(session):
        with asking(session, account):
            return [session.scalar(select(model.id).where(model.id == row)) is not None
                    for model, row in ((ChecklistTemplate, pk), (ChecklistSection, section), (ChecklistItem, item))]

    assert look(rows) == [seen] * 3


@pytest.mark.parametrize("account", ["county", "school", "township"])
def test_an_inspection_shows_its_own_version_wherever_that_was_made(look, elsewhere, account):
    def rows(session):
        checklist.publish(session, session.get(ChecklistTemplate, elsewhere))
        with asking(session, account):
            one = session.scalars(select(Inspection)).first()
        one.template_id = elsewhere
        session.flush()
        whole = len(checklist.items_of(session, elsewhere))
        session.expire_all()
        with asking(session, account):
            found = one.template.id, len(checklist.items_of(session, one.template_id))
        session.rollback()
        return found, (elsewhere, whole)

    found, wanted = look(rows)
    assert found == wanted and wanted[1] > 100
