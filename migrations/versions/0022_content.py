"""A form that was taken keeps a keyed digest of what was sent with it: the same token with other words is told of."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('submission', sa.Column('content', sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column('submission', 'content')
