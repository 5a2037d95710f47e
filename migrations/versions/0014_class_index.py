"""The children of a class are found by the class alone, and sorted: they are few, and each import that changes classes writes one index less."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

LIVING = {f'{engine}_where': sa.text('deleted_at IS NULL') for engine in ('sqlite', 'postgresql')}


def upgrade() -> None:
    op.drop_index('ix_child_class_pinyin', table_name='child')


def downgrade() -> None:
    op.create_index('ix_child_class_pinyin', 'child', ['school_class_id', 'pinyin', 'id'], **LIVING)
