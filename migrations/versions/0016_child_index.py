"""One index of a school's children in place of two: they are counted and sorted by it, and each import writes one index less."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NAME = 'ix_child_school_pinyin'
LIVING = {f'{engine}_where': sa.text('deleted_at IS NULL') for engine in ('sqlite', 'postgresql')}


def upgrade() -> None:
    op.drop_index(NAME, table_name='child')
    op.create_index(NAME, 'child', ['school_id', 'deleted_at', 'pinyin', 'id'])
    op.drop_index('ix_child_school_id', table_name='child')


def downgrade() -> None:
    op.create_index('ix_child_school_id', 'child', ['school_id'])
    op.drop_index(NAME, table_name='child')
    op.create_index(NAME, 'child', ['school_id', 'pinyin', 'id'], **LIVING)
