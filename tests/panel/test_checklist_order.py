"""The page of a draft with its sections and items: moved by buttons, added at the end, deleted; nothing of it on a published one."""

import re

from sqlalchemy import select

from app.models.audit import Change
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.services import checklist


def order(look, draft):
    """Codes of the sections, and of the items, as they stand."""
    return look(lambda session: tuple([one.code for one in rows] for rows in checklist.outline(session, draft)))


def button(client, draft, label, code):
    """What the button of a row sends; "" where it is not to be pressed."""
    page = client.get(f"/checklist_template/outline/{draft}").text
    return re.search(rf'name="move" value="([^"]*)"[^>]*>{label}<span class="quiet"> {code}<', page)[1]


def press(client, draft, said):
    return client.post(f"/checklist_template/move/{draft}", data={"move": said})


def test_items_and_sections_are_moved(client_for, look, draft):
    client = client_for("county")
    sections, items = order(look, draft)
    answer = press(client, draft, button(client, draft, "下移", "A1"))
    assert answer.location.startswith(f"/checklist_template/outline/{draft}#i")
    press(client, draft, button(client, draft, "上移", "B"))
    moved, now = order(look, draft)
    assert moved == ["B", "A", *sections[2:]]
    assert [code for code in now if code[0] == "A"] == ["A2", "A1", *[code for code in items if code[0] == "A"][2:]]
    assert [code for code in now if code[0] != "A"] == [code for code in items if code[0] != "A"]
    assert button(client, draft, "上移", "B") == "" and button(client, draft, "下移", "L") == ""


def test_a_move_is_told_as_one(client_for, look, draft):
    client = client_for("county")
    press(client, draft, button(client, draft, "下移", "A1"))
    told = look(lambda session: [(one.request_id, one.lines[0][0]) for one in session.scalars(
        select(Change).where(Change.entity == "ChecklistItem", Change.action == "edit").order_by(Change.id.desc()).limit(2))])
    assert told[0] == told[1] and told[0][1] == "position"


def test_who_looked_at_another_order_moves_nothing(client_for, look, draft):
    client = client_for("county")
    down, beside = button(client, draft, "下移", "A1"), button(client, draft, "下移", "A3")
    press(client, draft, button(client, draft, "上移", "A3"))  # A1 A3 A2: A1 is as it was, but A2 stands beside it no more
    before = order(look, draft)
    for said in (down, beside):
        press(client, draft, said)
        assert order(look, draft) == before
        assert "没有移动" in client.get(f"/checklist_template/outline/{draft}").text


def test_rows_of_the_same_place_are_told_apart(client_for, look, draft):
    def same(session):
        for item in checklist.items_of(session, draft)[:3]:
            item.position = 5

    look(same)
    client, items = client_for("county"), order(look, draft)[1]
    press(client, draft, button(client, draft, "下移", items[0]))
    assert order(look, draft)[1] == [items[1], items[0], *items[2:]]


def test_a_new_one_comes_last_and_one_that_goes_elsewhere_too(client_for, look, draft):
    client = client_for("county")
    a, b = look(lambda session: [one.id for one in checklist.sections_of(session, draft)[:2]])
    assert f'href="/checklist_item/add?section={a}"' in client.get(f"/checklist_template/outline/{draft}").text
    assert 'name="position"' not in client.get(f"/checklist_item/add?section={a}").text
    typed = {"code": "A9", "text": "新条目。", "methods": ["查"], "weight": 1}
    made = int(client.post("/checklist_item/add", data={**typed, "section": a}).location.rsplit("/", 1)[1])
    assert [code for code in order(look, draft)[1] if code[0] == "A"][-1] == "A9"
    version = look(lambda session: session.get(ChecklistItem, made).version)
    client.post(f"/checklist_item/edit/{made}", data={**typed, "section": b, "_version": version})
    codes = order(look, draft)[1]
    assert codes[codes.index("C1") - 1] == "A9"
    client.post("/checklist_section/add", data={"template": draft, "code": "M", "name": "新类"})
    assert order(look, draft)[0][-1] == "M"


def test_a_machine_need_not_say_the_place_and_may(client_for, look, draft):
    client, a = client_for("county"), look(lambda session: checklist.sections_of(session, draft)[0].id)
    for code, said in (("A8", {}), ("A0", {"position": 0})):
        made = client.post("/api/v1/checklist_item/", json={"section": a, "code": code, "text": "新条目。", "methods": "查", **said})
        assert made.status_code == 201
    codes = [code for code in order(look, draft)[1] if code[0] == "A"]
    assert (codes[0], codes[-1]) == ("A0", "A8")


def test_what_is_deleted_leads_back(client_for, look, draft):
    client = client_for("county")
    pk = look(lambda session: checklist.items_of(session, draft)[0].id)
    answer = client.post(f"/checklist_item/delete/{pk}")
    assert answer.location.startswith(f"/checklist_template/outline/{draft}#") and "A1" not in order(look, draft)[1]


def test_a_published_one_is_only_read(client_for, look, draft):
    pk, first, second = look(lambda session: session.execute(select(ChecklistTemplate.id, ChecklistSection.id, ChecklistItem.id).join(
        ChecklistSection, ChecklistSection.template_id == ChecklistTemplate.id).join(ChecklistItem, ChecklistItem.section_id == ChecklistSection.id).where(
        ChecklistTemplate.state == "published")).first())
    client = client_for("county")
    page, before = client.get(f"/checklist_template/outline/{pk}").text, order(look, pk)
    assert "A1" in page and 'name="move"' not in page and "加一条" not in page
    assert press(client, pk, f"s.{first}.1.{first + 1}").status_code == 403
    assert press(client, draft, f"i.{second}.1.{second + 1}").status_code == 404, "a row of another version"
    assert order(look, pk) == before
    assert "下移" not in client_for("inspector").get(f"/checklist_template/outline/{draft}").text
    assert press(client_for("inspector"), draft, f"s.{first}.1.{first + 1}").status_code == 403
