"""Counters of each school, and the marks of schools that were touched since."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

COUNTED = ('files', 'left_behind', 'one', 'both', 'boys', 'girls', 'boarders', 'key', 'filed', 'talked', 'visited', 'contacted',
           'letters', 'hazards', 'overdue', 'inspections', 'scores', 'talks_0', 'talks_1', 'talks_2', 'talks_3', 'talks_4', 'talks_5',
           'civil_affairs', 'education', 'half_year')


def upgrade() -> None:
    op.create_table('school_count',
    sa.Column('school_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('stamp', sa.String(length=32), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=True),
    sa.Column('defined_on', sa.Date(), nullable=True),
    *(sa.Column(key, sa.Float() if key == 'scores' else sa.Integer(), server_default='0', nullable=False) for key in COUNTED),
    sa.PrimaryKeyConstraint('school_id')
    )
    op.create_table('school_touched',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_school_touched_school_id', 'school_touched', ['school_id'])


def downgrade() -> None:
    op.drop_index('ix_school_touched_school_id', table_name='school_touched')
    op.drop_table('school_touched')
    op.drop_table('school_count')
