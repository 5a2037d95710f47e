"""What the files of a school were drawn from, so that their draw can be repeated."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

COLUMNS = (('files_hash', lambda: sa.String(64)), ('files_from', sa.JSON))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column('campaign_school', sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    for name, _kind in reversed(COLUMNS):
        op.drop_column('campaign_school', name)
