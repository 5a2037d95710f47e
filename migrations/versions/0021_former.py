"""Hazards and findings that were put right keep the name of who was responsible and then went to another school."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

TABLES = 'hazard', 'finding'


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('former', sa.String(length=40), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'former')
