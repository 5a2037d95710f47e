"""A child that moved out and a colleague who left give their numbers up to whoever registers them in another county."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

INDEXES = (('child', 'id_number', "file_state <> 'moved_out'"), ('child', 'student_number', "file_state <> 'moved_out'"), ('staff', 'id_number', 'present'))


def upgrade() -> None:
    for table, column, borne in INDEXES:
        _made_anew(table, column, f'deleted_at IS NULL AND {borne}')
        op.create_index(f'ix_{table}_{column}', table, [f'{column}_hash'], **_where('deleted_at IS NULL'))


def downgrade() -> None:
    for table, column, borne in INDEXES:
        op.drop_index(f'ix_{table}_{column}', table)
        _give_up_doubles(table, column, borne)
        _made_anew(table, column, 'deleted_at IS NULL')


def _made_anew(table: str, column: str, where: str) -> None:
    op.drop_index(f'ux_{table}_{column}', table)
    op.create_index(f'ux_{table}_{column}', table, [f'{column}_hash'], unique=True, **_where(where))


def _where(said: str) -> dict[str, Any]:
    return {'sqlite_where': sa.text(said), 'postgresql_where': sa.text(said)}


def _give_up_doubles(table: str, column: str, borne: str) -> None:
    """Below this version a number is found by one row alone: a released row is no longer found by it where another bears it, or was released before."""
    op.execute(sa.text(
        f'UPDATE {table} SET {column}_hash = NULL WHERE deleted_at IS NULL AND {column}_hash IS NOT NULL AND NOT ({borne}) AND EXISTS '  # noqa: S608
        f'(SELECT 1 FROM {table} AS other WHERE other.{column}_hash = {table}.{column}_hash AND other.deleted_at IS NULL '
        f'AND other.id <> {table}.id AND (other.{borne} OR other.id < {table}.id))'))
