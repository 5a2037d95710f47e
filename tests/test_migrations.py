"""The migrations make what the models declare, and the way back, empty and filled, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text

from app.extensions import db
from app.models import entities
from app.models.base import Entity
from app.models.campaign_result import CAMPAIGN_RESULT
from app.models.counts import COUNT, TOUCHED
from app.models.staged import STAGED
from app.models.visit_op import VISIT_OP
from tests.support import houses

FRAMEWORK = "ab_"  # tables of the framework that the house does not use


@pytest.fixture
def empty(empty_url):
    """The app on a database without a table."""
    with houses.app_at(empty_url) as made, made.app_context():
        yield made


def tables():
    return {name for name in inspect(db.engine).get_table_names() if not name.startswith(FRAMEWORK)} - {"alembic_version"}


def ours(_item, name, kind, _reflected, _compared):
    return not (kind == "table" and (name or "").startswith(FRAMEWORK))


def differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return compare_metadata(context, db.metadata)


def counts():
    with db.engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(model.__table__)) for name, model in entities().items()}


def revisions(app):
    script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    return [one.revision for one in script.walk_revisions()]  # the newest first


def test_up_down_and_up_again_on_an_empty_database(empty):
    upgrade()
    assert tables() == {model.__tablename__ for model in entities().values()} | {COUNT.name, TOUCHED.name, STAGED.name, VISIT_OP.name, CAMPAIGN_RESULT.name}
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert differences() == []


def test_migrations_and_models_say_the_same(empty):
    upgrade()
    assert differences() == [], "make a migration: flask --app app db migrate"


def test_the_indexes_of_unique_values_leave_out_the_trash(empty):
    """A partial index is what autogenerate does not compare."""
    upgrade()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            found = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'ux%'")).all())
        else:
            found = dict(connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ux%'")).all())
    declared = {index.name for table in Entity.metadata.tables.values() for index in table.indexes if index.name.startswith("ux_")}
    assert set(found) == declared
    assert all("deleted_at IS NULL" in sql for sql in found.values())


def test_revisions_are_numbered_one_after_the_other(app):
    with app.app_context():
        found = revisions(app)[::-1]
    assert [one[:4] for one in found] == [f"{number:04d}" for number in range(1, len(found) + 1)]


def test_a_filled_database_goes_down_to_nothing_and_up_again(app):
    with app.app_context():
        before = counts()
        assert before["Child"] > 300
        # One step keeps every row of the tables that stay; the first step takes all away.
        if len(revisions(app)) > 1:
            downgrade(revision="-1")
            stay = {name for name, model in entities().items() if model.__tablename__ in tables()}
            upgrade()
            assert {name: count for name, count in counts().items() if name in stay} == {name: before[name] for name in stay}
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        assert differences() == []
        assert set(counts().values()) == {0}
