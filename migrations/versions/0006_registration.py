"""What the registration form and the summary ask for, and the forms as data."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

CHILD = (('registered', 3), ('disability_kind', 10), ('disability_grade', 1), ('income', 40), ('aid', 40))
FORM = (('key', 24, False), ('title', 60, False), ('kind', 10, False), ('period', 6, False), ('subject', 40, True), ('which', 24, True),
        ('day', 40, True), ('sorted_by', 80, True), ('unit', 10, True), ('signers', 80, False))


def common() -> list[sa.Column]:
    """What every entity has."""
    return [sa.Column('id', sa.Integer(), nullable=False), sa.Column('uid', sa.String(length=32), nullable=False),
            sa.Column('version', sa.Integer(), nullable=False), *(sa.Column(name, sa.DateTime(), nullable=name == 'deleted_at')
                                                                 for name in ('created_at', 'updated_at', 'deleted_at'))]


def upgrade() -> None:
    for name, length in CHILD:
        op.add_column('child', sa.Column(name, sa.String(length=length), nullable=True))
    op.create_table('form',
    *(sa.Column(name, sa.String(length=length), nullable=nullable) for name, length, nullable in FORM),
    sa.Column('area_id', sa.Integer(), nullable=True), sa.Column('portrait', sa.Boolean(), nullable=False), sa.Column('note', sa.Text(), nullable=True),
    *common(), sa.ForeignKeyConstraint(['area_id'], ['area.id']), sa.PrimaryKeyConstraint('id'))
    op.create_index('ix_form_area_id', 'form', ['area_id'])
    op.create_index('ix_form_key', 'form', ['key', 'area_id'])
    op.create_table('form_column',
    sa.Column('form_id', sa.Integer(), nullable=False), sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False), sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False), sa.Column('totalled', sa.Boolean(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False), *common(), sa.ForeignKeyConstraint(['form_id'], ['form.id']), sa.PrimaryKeyConstraint('id'))
    op.create_index('ix_form_column_form_id', 'form_column', ['form_id'])
    op.create_index('ix_form_column_place', 'form_column', ['form_id', 'position', 'id'])
    op.add_column('guardian', sa.Column('deceased', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_table('form_column')
    op.drop_table('form')
    op.drop_column('guardian', 'deceased')
    for name, _length in CHILD:
        op.drop_column('child', name)
