"""When and where a photo of a visit was taken, beside the picture."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

COLUMNS = (('shot_at', sa.DateTime), ('latitude', sa.Float), ('longitude', sa.Float), ('within', sa.Integer))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column('attachment', sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    for name, _kind in reversed(COLUMNS):
        op.drop_column('attachment', name)
