"""A county's copy of a form: made, changed, used below it and nowhere else, taken away again."""

import pytest
from sqlalchemy import select, update

from app.models.forms import Form, FormColumn
from app.services import records, scope
from app.services.forms import declaration, own, sources
from seeds.forms.load import declarations, load_forms
from tests.support.sheets import asked_by


def form_of(session, key):
    return session.scalars(select(Form).where(Form.key == key, Form.area_id.is_(None))).one()


def column_of(session, form, source):
    return session.scalars(select(FormColumn).where(FormColumn.form_id == form.id, FormColumn.source == source)).one()


def test_every_declared_column_can_be_filled(app):
    with asked_by(app, "county") as session:
        for form in session.scalars(select(Form)):
            columns = session.scalars(select(FormColumn).where(FormColumn.form_id == form.id)).all()
            assert columns and [one.source for one in columns if not own.fills(form, one.source)] == []
        assert not own.fills(form_of(session, "roster"), "password") and not own.fills(form_of(session, "roster"), "school.nothing")
        assert not own.fills(form_of(session, "summary"), "c33") and not own.fills(form_of(session, "care"), "talked/nobody")
        assert not own.fills(form_of(session, "bus"), "father.name") and own.fills(form_of(session, "bus"), "driver.phone")


def test_loading_again_adds_nothing(db_session):
    assert load_forms(db_session()) == []
    assert len({one["key"] for one in declarations()}) == 9


def test_a_common_form_is_nobodys_to_change(app):
    with asked_by(app, "county") as session:
        form = form_of(session, "roster")
        with pytest.raises(records.Refused):
            records.edit(session, form, {"title": "别的"})
    for account in ("school", "superior", "township"):
        with asked_by(app, account) as session, pytest.raises(records.Forbidden):
            own.copy(session, form_of(session, "roster"))


def test_a_countys_copy_holds_below_it_and_keeps_its_numbers(app):
    with asked_by(app, "county") as session:
        copied = own.copy(session, form_of(session, "summary"))
        assert own.copy(session, form_of(session, "summary")).id == copied.id
        records.edit(session, copied, {"title": "望山县留守儿童汇总表"})
        records.edit(session, column_of(session, copied, "c24"), {"label": "资助／享受"})
        records.edit(session, column_of(session, copied, "c2"), {"shown": False})
        records.edit(session, column_of(session, copied, "c1"), {"position": 9999})
        session.commit()
        copy_id = copied.id
    for account, title in (("school", "望山县留守儿童汇总表"), ("township", "望山县留守儿童汇总表"), ("superior", "农村留守儿童情况汇总表"),
                           ("school3", "农村留守儿童情况汇总表")):
        with asked_by(app, account) as session:
            form = declaration.find(session, scope.asker(session), "summary")
            assert form.title == title, account
            if account == "school":
                sources = [column.source for column in form.columns]
                assert sources[-1] == "c1" and "c2" not in sources and len(sources) == 32
                assert next(column.path for column in form.columns if column.source == "c24") == ("资助", "享受")
    with asked_by(app, "county") as session:
        copied = session.get(Form, copy_id)
        with pytest.raises(records.Refused) as refused:
            records.add(session, FormColumn, {"form": copy_id, "position": 5, "label": "坏", "source": "c99"})
        assert "source" in refused.value.errors
        session.rollback()
        records.delete(session, session.get(Form, copy_id))
        session.commit()
        assert declaration.find(session, scope.asker(session), "summary").title == "农村留守儿童情况汇总表"


def test_the_last_column_shown_is_neither_hidden_nor_deleted(app):
    with asked_by(app, "county") as session:
        copied = own.copy(session, form_of(session, "pairing"))
        first, *others = session.scalars(select(FormColumn).where(FormColumn.form_id == copied.id).order_by(FormColumn.position)).all()
        for one in others[:-1]:
            records.edit(session, one, {"shown": False})
        records.delete(session, others[-1])
        with pytest.raises(records.Refused) as refused:
            records.edit(session, first, {"shown": False})
        assert "至少要留一栏" in str(refused.value.errors["shown"])
        session.rollback()
        copied = own.copy(session, form_of(session, "pairing"))
        first, *others = session.scalars(select(FormColumn).where(FormColumn.form_id == copied.id).order_by(FormColumn.position)).all()
        for one in others:
            records.edit(session, one, {"shown": False})
        with pytest.raises(records.Refused):
            records.delete(session, first)
        session.rollback()
        records.delete(session, own.copy(session, form_of(session, "pairing")))  # all of them with their form
        session.rollback()


def test_a_copy_that_shows_no_column_already_is_passed_over(app):
    with asked_by(app, "county") as session:
        copied = own.copy(session, form_of(session, "care"))
        session.execute(update(FormColumn.__table__).where(FormColumn.__table__.c.form_id == copied.id).values(shown=False))
        assert declaration.find(session, scope.asker(session), "care").id == form_of(session, "care").id
        assert "care" in [one.key for one in declaration.forms(session, scope.asker(session))]
        session.expire_all()
        column = session.scalars(select(FormColumn).where(FormColumn.form_id == copied.id)).first()
        records.edit(session, column, {"label": "改名"})
        records.edit(session, column, {"shown": True})
        assert [one.path for one in declaration.find(session, scope.asker(session), "care").columns] == [("改名",)]
        session.rollback()


def test_the_amount_of_a_linked_row_is_not_totalled(app):
    with asked_by(app, "county") as session:
        copied = own.copy(session, form_of(session, "inspections"))
        column = column_of(session, copied, "school.pupils")
        with pytest.raises(records.Refused) as refused:
            records.edit(session, column, {"totalled": True})
        assert "不能合计" in str(refused.value.errors["totalled"])
        session.rollback()
        copied = own.copy(session, form_of(session, "inspections"))
        session.execute(update(FormColumn.__table__).where(FormColumn.__table__.c.form_id == copied.id).values(totalled=True))  # of before
        found = declaration.find(session, scope.asker(session), "inspections")
        assert [one.source for one in found.columns if not one.totalled] == ["school.pupils"]
        session.rollback()


def test_no_shipped_form_adds_the_same_number_twice():
    told = [(one["subject"], source) for one in declarations() if one["kind"] == "rows" for _label, source, _width, *total in one["columns"] if total]
    assert len(told) == 8 and [one for one in told if not sources.addable(*one)] == []
    assert not sources.addable("Inspection", "school.pupils") and sources.addable("BusRun", "boarded")
    assert not {"score", "school.pupils"} & {source for subject, source in told if subject == "Inspection"}


def test_a_new_version_of_a_form_reaches_a_filled_database_and_leaves_a_countys_columns(app):
    with asked_by(app, "county") as session:
        common, copied = form_of(session, "roster"), own.copy(session, form_of(session, "roster"))
        ids = common.id, copied.id
        records.edit(session, copied, {"title": "望山县花名册", "note": "本县说明"})
        records.edit(session, column_of(session, copied, "school"), {"label": "就读学校"})
        session.flush()
        before = told_of(session, ids[1])
        with scope.everything(session):
            session.execute(update(Form.__table__).where(Form.__table__.c.key == "roster").values(which="open_file"))
            session.execute(update(Form.__table__).where(Form.__table__.c.id == ids[0]).values(title="旧表", note="旧"))
            column = FormColumn.__table__
            session.execute(update(column).where(column.c.form_id == ids[0], column.c.position == 20).values(label="旧栏"))
            assert load_forms(session) == []
        session.expire_all()
        shipped = next(one for one in declarations() if one["key"] == "roster")
        common, copied = session.get(Form, ids[0]), session.get(Form, ids[1])
        assert (common.title, common.note, common.which) == (shipped["title"], None, shipped["which"])
        assert [(label, source) for label, source, *_rest in told_of(session, ids[0])] == [tuple(one[:2]) for one in shipped["columns"]]
        assert (copied.title, copied.note, copied.which) == ("望山县花名册", "本县说明", shipped["which"])
        assert told_of(session, ids[1]) == before and "就读学校" in [label for label, *_rest in before]
        session.rollback()


def told_of(session, form_id):
    table = FormColumn.__table__
    return session.execute(select(table.c["label", "source", "width", "totalled", "shown"]).where(table.c.form_id == form_id).order_by(table.c.position)).all()
