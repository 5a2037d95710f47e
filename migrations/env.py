"""How migrations run: on the application's own engine, over our tables alone."""

from alembic import context
from flask import current_app

from app.models.base import UtcDateTime

target = current_app.extensions["migrate"].db
UNUSED = "ab_"  # the framework's user and role tables; members and roles are ours


def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    return not (kind == "table" and (name or "").startswith(UNUSED))


def written(kind: str, item: object, autogen: object) -> str | bool:
    """Types of our own are written as what the database sees."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    with target.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=target.metadata, include_object=ours, render_item=written,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database, not into a file")
run()
