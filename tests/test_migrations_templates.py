"""Versions of the checklist when the house learns whose each is: what a county's office made is that county's, the rest everybody's."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from app.extensions import db
from app.models.inspection import ChecklistTemplate
from app.models.org import Member
from app.services import checklist, scope
from tests.support.asking import asking

TEMPLATE = ChecklistTemplate.__table__


def test_a_version_is_its_makers(app):
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        first = session.scalars(select(ChecklistTemplate).where(ChecklistTemplate.state == "published")).first()
        place = session.scalar(select(Member.area_id).where(Member.username == "county"))
        made = {}
        for account in ("county", "admin"):
            with asking(session, account):
                made[account] = checklist.new_version(session, first).id
        seeded = first.id
        session.commit()
        session.close()
        downgrade(revision="0012")
        assert "area_id" not in {column["name"] for column in inspect(db.engine).get_columns("checklist_template")}
        upgrade()
        with db.engine.connect() as connection:
            found = {row.id: row.area_id for row in connection.execute(select(TEMPLATE.c.id, TEMPLATE.c.area_id))}
    assert (found[made["county"]], found[made["admin"]], found[seeded]) == (place, None, None)
