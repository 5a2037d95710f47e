"""Words of which several hold at once: boxes on the form, each in the reader's language; stored, sent out and printed as the official words."""

import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.models import codes
from app.models.base import fields_of
from app.models.children import Child
from app.models.rules import RuleError
from app.panel.forms import form_class
from app.services.values import column_of

ENGLISH = {"打工收入": "Wages from work away", "其他": "Other", "无": "None"}


@pytest.fixture
def child(look):
    """Id of a child of the school with two sources of income and no aid."""
    def write(session):
        row = session.scalars(select(Child).where(Child.school_id == 1).order_by(Child.id)).first() or session.scalars(select(Child)).first()
        row.income, row.aid = "打工收入、其他", codes.NO_AID
        return row.id
    return look(write)


def boxes(page, key):
    """Value → (ticked, label) of the boxes of a field."""
    found = re.findall(rf'<input([^>]*name="{key}"[^>]*)>\s*<label[^>]*>([^<]+)</label>', page)
    return {re.search(r'value="([^"]+)"', attrs)[1]: ("checked" in attrs, label) for attrs, label in found}


def test_the_form_offers_each_word_in_the_readers_language(client_for, child):
    client = client_for("school", fresh=True)
    assert [(word, label) for word, (_on, label) in boxes(client.get(f"/child/edit/{child}").text, "income").items()] == [(one, one) for one in codes.INCOME]
    client.get("/lang/en")
    page = client.get(f"/child/edit/{child}").text
    income, aid = boxes(page, "income"), boxes(page, "aid")
    assert [word for word, (on, _label) in income.items() if on] == ["打工收入", "其他"] and [word for word, (on, _label) in aid.items() if on] == ["无"]
    assert list(income) == list(codes.INCOME) and list(aid) == [*codes.AID, codes.NO_AID]
    assert income["打工收入"][1] == ENGLISH["打工收入"] and aid["无"][1] == ENGLISH["无"]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(label for _on, label in (*income.values(), *aid.values())))
    assert "Wages from work away, Other" in client.get(f"/child/show/{child}").text
    info = {one["key"]: one for one in client.get("/api/v1/child/_info").json["columns"]}
    assert info["income"]["choices"]["其他"] == "Other" and info["aid"]["choices"]["无"] == "None"
    assert client.get(f"/api/v1/child/{child}").json["income"] == "打工收入、其他"


@pytest.mark.parametrize(("sent", "kept"), [(["其他", "打工收入"], "打工收入、其他"), ([], None), (["其他", "不在其列"], "其他")])
def test_what_is_ticked_is_kept_in_the_official_order(app, sent, kept):
    with app.test_request_context():
        form = form_class(Child, ("income",))(MultiDict([("income", word) for word in sent]))
        assert form.values()["income"] == kept


def test_a_sheet_takes_and_tells_the_words(app):
    for key in ("income", "aid"):
        one = fields_of(Child)[key]
        assert all(word in column_of(one).hint for word in one.type.words)
        assert [one.rule("，".join(reversed(codes.INCOME))) if key == "income" else one.rule(codes.NO_AID)] == [
            "、".join(codes.INCOME) if key == "income" else codes.NO_AID]


def test_no_word_is_part_of_another():
    """Else a box would be ticked for the word that its own is part of."""
    for words in (codes.INCOME, (*codes.AID, codes.NO_AID)):
        assert not [(one, other) for one in words for other in words if one != other and one in other]


def test_none_stands_alone():
    rule = fields_of(Child)["aid"].rule
    with pytest.raises(RuleError, match="选了“无”就不能再选别的"):
        rule("低保、无")
    with pytest.raises(RuleError, match="只能填"):
        rule("低保、别的")
