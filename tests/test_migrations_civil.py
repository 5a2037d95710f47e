"""A filled house gets the status of civil affairs on each child and on the forms that list by it, and gives both back."""

from datetime import timedelta
from random import Random

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, update

from app.extensions import db
from app.models.children import Child, ParentSpell
from app.models.codes import WHEREABOUTS
from app.models.forms import Form, FormColumn
from app.services import clock, derived, scope
from app.services.forms import own
from tests.support.asking import asking

CHILD, SPELL, FORM, COLUMN = Child.__table__, ParentSpell.__table__, Form.__table__, FormColumn.__table__
LABEL = "按本县口径"


def statuses(connection):
    return dict(connection.execute(select(CHILD.c.id, CHILD.c.left_behind_civil)).all())


def choices(connection):
    """Of each roster and ledger of hazards: whether it is a place's own, its choice of rows, and the columns that follow from it."""
    told = select(FORM.c.key, FORM.c.area_id, FORM.c.which, FORM.c.day, COLUMN.c.label, COLUMN.c.source).join(COLUMN, COLUMN.c.form_id == FORM.c.id)
    wanted = FORM.c.key.in_(("roster", "hazards")) & (COLUMN.c.source.like("left_behind%") | (COLUMN.c.source == "found_on"))
    return sorted(((row.key, row.area_id is not None, row.which, row.day, row.label, row.source) for row in connection.execute(told.where(wanted))), key=str)


def shuffled(connection):
    """Parents anywhere, spells that ended or begin soon, some in the trash; children on both sides of their sixteenth birthday."""
    rng, today = Random(16), clock.today()
    for spell_id, since in connection.execute(select(SPELL.c.id, SPELL.c.since).order_by(SPELL.c.id)).all():
        ended = rng.choice((None, None, None, None, today, today - timedelta(1), today + timedelta(9)))
        values = {"state": rng.choice(["away", "away", *WHEREABOUTS]), "able": rng.random() < 0.5, "until": ended and max(ended, since),
                  "deleted_at": clock.now() if rng.random() < 0.1 else None}
        connection.execute(update(SPELL).where(SPELL.c.id == spell_id).values(**values))
    for child_id in connection.scalars(select(CHILD.c.id).order_by(CHILD.c.id)).all():
        born = clock.add_months(today, -16 * 12) + timedelta(rng.choice((-1, 0, 1, 900, 900)))
        connection.execute(update(CHILD).where(CHILD.c.id == child_id).values(birth_date=born, rural=rng.random() < 0.9))


@pytest.fixture
def filled(app):
    """The house, with whereabouts of every kind and a county's own roster, one column of which it named itself."""
    with app.app_context():
        session = db.session()
        with scope.everything(session), asking(session, "county"):
            copied = own.copy(session, session.scalars(select(Form).where(Form.key == "roster", Form.area_id.is_(None))).one())
            own.copy(session, session.scalars(select(Form).where(Form.key == "hazards", Form.area_id.is_(None))).one())
            session.add(FormColumn(form_id=copied.id, position=900, label=LABEL, source="left_behind", width=9))
            session.flush()
            shuffled(session.connection())
            derived.recount(session, session.scalars(select(CHILD.c.id)).all())
            session.commit()
        db.session.remove()
        yield
        db.session.remove()
        upgrade()


def test_up_and_down_the_status_is_that_of_a_recount_and_forms_list_by_it(filled):
    with db.engine.connect() as connection:
        before, forms = statuses(connection), choices(connection)
    found = set(before.values())
    assert found == {"0", "1", "2"} and all(list(before.values()).count(code) > 9 for code in found)
    assert forms == sorted([*(("roster", own_one, "civil", None, "留守类型", "left_behind_civil") for own_one in (False, True)),
                            ("roster", True, "civil", None, LABEL, "left_behind"),
                            *(("hazards", own_one, "in_hand", None, "查出日期", "found_on") for own_one in (False, True))], key=str)
    downgrade(revision="0018")
    assert "left_behind_civil" not in {one["name"] for one in inspect(db.engine).get_columns("child")}
    with db.engine.connect() as connection:
        assert {(row[2], row[3], row[5]) for row in choices(connection)} == {("left_behind", None, "left_behind"), (None, "found_on", "found_on")}
        assert connection.scalar(select(func.count(CHILD.c.id))) == len(before)
    upgrade()
    with db.engine.connect() as connection:
        assert statuses(connection) == before
        again = choices(connection)
    assert [row for row in again if row[0] == "roster"] == [row for row in forms if row[0] == "roster"]
