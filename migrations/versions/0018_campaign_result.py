"""What a campaign had come to when it was closed; why a school was not inspected."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'campaign_result',
        sa.Column('campaign_id', sa.Integer(), sa.ForeignKey('campaign.id'), nullable=False), sa.Column('closing', sa.Integer(), nullable=False),
        sa.Column('branch', sa.String(12), nullable=False), sa.Column('made_at', sa.DateTime(), nullable=False), sa.Column('figures', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('campaign_id', 'closing', 'branch'))
    op.add_column('campaign_school', sa.Column('unvisited', sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column('campaign_school', 'unvisited')
    op.drop_table('campaign_result')
