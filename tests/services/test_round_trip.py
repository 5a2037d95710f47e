"""A whole register out and in again: 3,000 children, no change."""

from dataclasses import replace

from app.extensions import db
from app.models.org import Member
from app.panel.views_by_entity import VIEWS
from app.services import exporting, importing, scope
from app.services.sheet.read import read_book
from seeds.demo import make_demo
from tests.support import houses, settings

CHILDREN, SCHOOLS = 3000, 30


def test_3000_children_exported_and_read_back_change_nothing(migrated_url, tmp_path):
    with houses.app_at(migrated_url) as app, app.app_context():
        session, view, target = db.session(), VIEWS["Child"], tmp_path / "children.xlsx"
        scope.bind(session, scope.SYSTEM)
        make_demo(session, children=CHILDREN, schools=SCHOOLS, seed=1, records="light", password=settings.PASSWORD,
                  hash_method=app.config["FAB_PASSWORD_HASH_METHOD"])
        county = session.query(Member).filter_by(username="county").one()
        # No role imports for a whole county; the school's verbs and masks with the county's place do.
        scope.bind(session, replace(scope.asker_of(session, county), role="school"))
        assert exporting.export(session, scope.asker(session), view.model, view.columns, target) == CHILDREN
        plan = importing.read_plan(session, view.model, view.columns, read_book(target).rows)
        assert plan.wrong == [] and dict(plan.counts()) == {"unchanged": CHILDREN}
