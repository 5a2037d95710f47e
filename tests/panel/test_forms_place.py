"""Whose a form is: a place's own copy is read by the place, what lies above and below it; the common ones by everybody."""

import pytest
from sqlalchemy import delete, select

from app.models.forms import Form, FormColumn
from app.services import scope
from app.services.forms import declaration, own
from tests.support.asking import asking

TITLE, LABEL = "外县的花名册", "外县的栏目"


def copied(session, account):
    """Ids of the account's place's own copy of a roster, renamed, and of its first column."""
    common = session.scalars(select(Form).where(Form.key == "roster", Form.area_id.is_(None))).one()
    with asking(session, account):
        area_id = scope.asker(session).area_id
    made = Form(**{key: getattr(common, key) for key in ("key", "kind", "period", "subject", "which", "day", "sorted_by", "portrait", "signers")},
                title=TITLE, area_id=area_id)
    session.add(made)
    session.flush()
    column = FormColumn(form_id=made.id, position=1, label=LABEL, source="name", width=10, totalled=False, shown=True)
    session.add(column)
    session.flush()
    return made.id, column.id


@pytest.fixture
def elsewhere(look):
    form, column = look(lambda session: copied(session, "school3"))
    yield form, column
    look(lambda session: [session.execute(delete(model.__table__).where(model.__table__.c.id == pk)) for model, pk in ((FormColumn, column), (Form, form))])


def test_no_way_leads_to_the_copy_of_another_county(client_for, elsewhere):
    form, column = elsewhere
    client = client_for("county")
    for path, status in ((f"/form/show/{form}", 404), (f"/form/show/{form}?tab=FormColumn", 404), (f"/form/history/{form}", 404), (f"/form/edit/{form}", 404),
                         (f"/form_column/show/{column}", 404), (f"/form_column/edit/{column}", 404), (f"/api/v1/form/{form}", 404),
                         (f"/api/v1/form_column/{column}", 404), ("/form/list/?size=200", 200), ("/form_column/list/?size=200&o=id&d=desc", 200),
                         ("/api/v1/form/?size=200", 200), ("/api/v1/form_column/?size=200", 200), ("/lookup/Form", 200), ("/forms/", 200)):
        answer = client.get(path)
        told = answer.get_data(as_text=True) + str(answer.json if answer.is_json else "")
        assert (answer.status_code, TITLE in told or LABEL in told) == (status, False), path


@pytest.mark.parametrize(("account", "seen"), [("county", False), ("inspector", False), ("school", False), ("school3", True), ("superior", True)])
def test_a_copy_is_seen_by_its_place_and_what_lies_above_and_below(look, elsewhere, account, seen):
    def rows(session):
        with asking(session, account):
            found = [session.scalar(select(model.id).where(model.id == pk)) is not None for model, pk in zip((Form, FormColumn), elsewhere, strict=True)]
            return found, session.scalars(select(Form.id).where(Form.area_id.is_(None))).all() != []

    assert look(rows) == ([seen] * 2, True)


def test_a_county_changes_no_copy_of_another_and_uses_its_own(look, elsewhere):
    def use(session):
        foreign = session.get(Form, elsewhere[0])
        with asking(session, "county") as who:
            assert not own.changeable(session, foreign)
            made = own.copy(session, session.scalars(select(Form).where(Form.key == "roster", Form.area_id.is_(None))).one())
            used = declaration.find(session, who, "roster")
            found = used.id == made.id and len(used.columns) > 1
        session.rollback()
        with asking(session, "school3") as who:
            return found, declaration.find(session, who, "roster").title

    assert look(use) == (True, TITLE)
