"""A child that moved out and a colleague who left give their numbers up to whoever registers them in another county."""

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


def downgrade() -> None:
    for table, column, borne in INDEXES:
        _give_up_doubles(table, column, borne)
        _made_anew(table, column, 'deleted_at IS NULL')


def _made_anew(table: str, column: str, where: str) -> None:
    op.drop_index(f'ux_{table}_{column}', table)
    op.create_index(f'ux_{table}_{column}', table, [f'{column}_hash'], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _give_up_doubles(table: str, column: str, borne: str) -> None:
    """Below this version a number is found by its first row alone: a released row keeps it, but is no longer found by it where another bears it."""
    op.execute(sa.text(
        f'UPDATE {table} SET {column}_hash = NULL WHERE deleted_at IS NULL AND {column}_hash IS NOT NULL AND NOT ({borne}) AND EXISTS '  # noqa: S608
        f'(SELECT 1 FROM {table} AS other WHERE other.{column}_hash = {table}.{column}_hash AND other.deleted_at IS NULL AND other.id <> {table}.id)'))
