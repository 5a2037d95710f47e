"""What a request changed is found entity by entity in the index, so that a record's history asks of a large import what else it brought in a few steps."""

from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

NAME = 'ix_change_request'


def upgrade() -> None:
    op.drop_index(NAME, table_name='change')
    op.create_index(NAME, 'change', ['request_id', 'entity', 'row_id'])


def downgrade() -> None:
    op.drop_index(NAME, table_name='change')
    op.create_index(NAME, 'change', ['request_id'])
