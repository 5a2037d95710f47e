"""What phones sent that had worked without a network."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('visit_op', sa.Column('op_id', sa.String(length=36), primary_key=True), sa.Column('member_id', sa.Integer(), nullable=False),
                    sa.Column('inspection_id', sa.Integer(), nullable=False), sa.Column('received_at', sa.DateTime(), nullable=False),
                    sa.Column('told_at', sa.DateTime()), sa.Column('lag', sa.Integer()))
    op.create_index('ix_visit_op_received_at', 'visit_op', ['received_at'])


def downgrade() -> None:
    op.drop_table('visit_op')
