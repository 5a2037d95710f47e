"""An item of the checklist in the panel: its parameters by name, functions and conditions in words, checked and told."""

import html
import io
import re

import openpyxl
import pytest
from sqlalchemy import select, text

from app.models import codes
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.parameters import FIGURES, PARAMETERS, TAKES, read
from app.models.rules import RuleError
from app.services import checklist
from app.services.conditions import CONDITIONS
from app.services.evidence import REGISTRY


@pytest.fixture
def i9(look, draft):
    """What the form of I9, the weight of food samples, holds."""
    def typed(session):
        item = session.scalars(select(ChecklistItem).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id).where(
            ChecklistSection.template_id == draft, ChecklistItem.code == "I9")).one()
        return {"id": item.id, "section": item.section_id, "code": "I9", "text": item.text, "position": 9, "methods": ["看", "算"], "critical": "y",
                "applies_when": "canteen", "weight": 1, "evidence": "sample_weight", "_version": item.version}
    return look(typed)


def parameters(look, pk):
    return look(lambda session: session.get(ChecklistItem, pk).parameters)


def shown(client, path):
    return html.unescape(re.sub(r"<[^>]+>", " ", client.get(path).text))


def test_every_parameter_and_condition_has_its_word():
    assert {name for source in REGISTRY.values() for name in source.defaults} <= set(PARAMETERS)
    assert set(codes.CONDITION) == set(CONDITIONS)
    assert set(FIGURES) == set(TAKES) == set(REGISTRY)
    for source in REGISTRY.values():
        assert {name: read(name, value) for name, value in source.defaults.items()} == dict(source.defaults)


def test_the_page_tells_words_and_not_codes(client_for, i9):
    told = shown(client_for("county"), f"/checklist_item/show/{i9['id']}")
    assert "留样重量" in told and "有食堂的学校" in told and "sample_weight" not in told
    assert re.search(r"每份留样至少\s+125 克（检查内容里也写着 125）", told)


def test_a_parameter_is_changed_and_told(client_for, look, i9):
    client, pk = client_for("county"), i9["id"]
    page = client.get(f"/checklist_item/edit/{pk}").text
    assert 'name="parameters-min_grams" value="125"' in page and "默认 125 克；检查内容里写着 125" in page
    saved = client.post(f"/checklist_item/edit/{pk}", data={**i9, "parameters-min_grams": "130"})
    assert (saved.status_code, parameters(look, pk)) == (302, {"min_grams": 130})
    assert "130 克（默认 125 克；检查内容里还写着 125，请一并改）" in shown(client, f"/checklist_item/show/{pk}")
    assert re.search(r"每份留样至少 125 克\s+→\s+每份留样至少 130 克", shown(client, f"/checklist_item/history/{pk}"))
    template = look(lambda session: session.get(ChecklistItem, pk).section.template_id)
    assert "I9 的检查内容里还写着原来的数字" in client.get(f"/checklist_template/step/{template}/publish").text
    copied = look(lambda session: [item.parameters for item in checklist.items_of(session, checklist.new_version(
        session, session.get(ChecklistTemplate, template)).id) if item.code == "I9"])
    assert copied == [{"min_grams": 130}]


@pytest.mark.parametrize(("typed", "said"), [("abc", "应填整数"), ("0", "应在 1 到 5000 之间"), ("12.5", "应填整数"), ("-3", "应填整数")])
def test_a_wrong_one_is_told_beside_its_field(client_for, look, i9, typed, said):
    page = client_for("county").post(f"/checklist_item/edit/{i9['id']}", data={**i9, "parameters-min_grams": typed}).text
    assert f'<p class="err" id="parameters-min_grams-err">{said}</p>' in page and f'value="{typed}"' in page
    assert parameters(look, i9["id"]) == {"min_grams": 125}


def test_an_empty_one_is_the_default_and_another_function_has_others(client_for, look, i9):
    client, path = client_for("county"), f"/checklist_item/edit/{i9['id']}"
    client.post(path, data={**i9, "parameters-min_grams": " "})
    assert parameters(look, i9["id"]) == {"min_grams": 125}
    version = look(lambda session: session.get(ChecklistItem, i9["id"]).version)
    client.post(path, data={**i9, "_version": version, "evidence": "sample_hours", "parameters-min_grams": "130"})
    assert parameters(look, i9["id"]) == {"min_hours": 48}


def test_methods_are_ticked(client_for, look, i9):
    client, path = client_for("county"), f"/checklist_item/edit/{i9['id']}"
    assert "请填写方式" in client.post(path, data={**i9, "methods": []}).text
    client.post(path, data={**i9, "methods": ["抽", "查"]})
    assert look(lambda session: session.get(ChecklistItem, i9["id"]).methods) == "查抽"


@pytest.mark.parametrize(("sent", "key"), [
    ({"parameters": {"min_hours": 3}}, "parameters"), ({"parameters": {"no_such": 1}}, "parameters"), ({"parameters": [1]}, "parameters"),
    ({"parameters": {"min_grams": True}}, "parameters"), ({"evidence": "no_such"}, "evidence"), ({"applies_when": "moon"}, "applies_when"),
    ({"methods": "飞"}, "methods"),
])
def test_machines_are_held_to_the_same(client_for, look, i9, sent, key):
    answer = client_for("county").patch(f"/api/v1/checklist_item/{i9['id']}", json={"version": i9["_version"], **sent})
    assert answer.status_code == 422 and key in answer.json["errors"]
    assert parameters(look, i9["id"]) == {"min_grams": 125}


def test_a_published_item_is_not_changed_by_any_way(client_for, look):
    pk, version = look(lambda session: session.execute(select(ChecklistItem.id, ChecklistItem.version).join(
        ChecklistSection, ChecklistSection.id == ChecklistItem.section_id).join(ChecklistTemplate, ChecklistTemplate.id == ChecklistSection.template_id).where(
        ChecklistTemplate.state == "published", ChecklistItem.code == "I9")).first())
    client = client_for("county")
    assert client.get(f"/checklist_item/edit/{pk}").status_code == 403
    assert client.patch(f"/api/v1/checklist_item/{pk}", json={"version": version, "parameters": {"min_grams": 1}}).status_code in (403, 422)
    assert parameters(look, pk) == {"min_grams": 125}


def test_words_are_parted_and_bounded():
    assert read("dish_words", " 凉菜，裱花、、凉菜 ") == "凉菜、裱花"
    for wrong in ("、", "长" * 501):
        with pytest.raises(RuleError):
            read("dish_words", wrong)


@pytest.mark.parametrize("kept", [None, "null"])
def test_a_list_with_an_item_without_parameters_leaves_as_a_workbook(client_for, look, draft, kept):
    """Also where none was kept as JSON's null."""

    def emptied(session):
        item = session.scalars(select(ChecklistItem).join(ChecklistItem.section).where(
            ChecklistSection.template_id == draft, ChecklistItem.parameters.is_not(None))).first()
        item.parameters = None
        session.flush()
        empty = session.scalar(text("SELECT parameters IS NULL FROM checklist_item WHERE id = :id"), {"id": item.id})
        session.execute(text("UPDATE checklist_item SET parameters = CAST(:kept AS JSON) WHERE id = :id" if session.get_bind().dialect.name == "postgresql"
                             else "UPDATE checklist_item SET parameters = :kept WHERE id = :id"), {"kept": kept, "id": item.id})
        return empty, item.code

    empty, code = look(emptied)
    assert empty
    book = client_for("county").get("/sheets/checklist_item/export.xlsx")
    assert book.status_code == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows(values_only=True))
    assert any(code in row for row in rows)
