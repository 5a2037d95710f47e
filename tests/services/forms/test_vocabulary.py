"""What the columns of a form may show: labels that tell apart, and every one of them can be filled."""

import re

from sqlalchemy import select

from app.models import codes
from app.models.forms import Form, FormColumn
from app.services import choosing
from app.services.forms import figures, own, rows, vocabulary
from tests.support.sheets import asked_by


def test_every_offered_source_can_be_filled_and_has_a_label_of_its_own(app):
    with asked_by(app, "county") as session:
        for form in session.scalars(select(Form).where(Form.area_id.is_(None))):
            words = vocabulary.of(form.basis)
            offered = dict(words.items())
            assert len(words) == len(offered) == len(set(offered.values())) > 10, form.key
            assert [code for code in offered if not own.fills(form, code)] == [], form.key
            declared = session.scalars(select(FormColumn.source).where(FormColumn.form_id == form.id)).all()
            assert {*declared} <= {*offered}, form.key
            if form.day:
                assert form.day in words and form.sorted_by is not None


def test_labels_are_words_and_never_keys(app):
    with asked_by(app, "county") as session:
        for form in session.scalars(select(Form).where(Form.area_id.is_(None))):
            told = [*vocabulary.of(form.basis).values(), *([vocabulary.order(form.basis)[form.sorted_by]] if form.sorted_by else [])]
            assert [label for label in told if re.search("[a-z_]{2}", label)] == [], form.key
    assert vocabulary.of("Pairing")["child.name"] == "儿童 · 姓名" and vocabulary.of("Child")["father.phone"] == "父亲 · 联系电话"
    assert vocabulary.of("Pairing")["kind"] != vocabulary.of("Hazard")["kind"]
    assert vocabulary.of("care")["left_behind"] == "留守儿童" and vocabulary.of("Child")["left_behind"] == "留守类型"
    assert vocabulary.of("care")["talked/left_behind"] == "谈过心的人数 ÷ 留守儿童"
    assert vocabulary.order("Pairing")["school.name child.pinyin"] == "学校 · 学校名称；儿童 · 姓名"


def test_more_is_known_than_is_offered_and_nothing_else():
    words = vocabulary.of("Inspection")
    assert "school.area.parent.name" not in [*words] and words["school.area.parent.name"] == "学校 · 所属区域 · 上级区域 · 名称"
    for unknown in ("", "password", "school.nothing", "father.name", "学校"):
        assert unknown not in words
    assert "c33" not in vocabulary.of("census") and "talked/nobody" not in vocabulary.of("care") and not vocabulary.of("Nobody")


def test_every_named_choice_of_rows_and_every_book_has_a_label():
    assert {*rows.WHICH, *figures.BOOKS} == {*codes.FORM_WHICH}


def test_a_label_is_translated_word_by_word():
    words = {"儿童": "child", "姓名": "name", "学校": "school", "；": "; "}
    assert choosing.said("儿童 · 姓名；学校 ÷ 学校", lambda word: words.get(word, word)) == "child · name; school ÷ school"
