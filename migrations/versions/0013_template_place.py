"""Whose a version of the checklist is: an area's, or everybody's."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

template = sa.table('checklist_template', sa.column('id', sa.Integer), sa.column('area_id', sa.Integer))
change = sa.table('change', *(sa.column(name, sa.Integer) for name in ('id', 'row_id', 'member_id')), *(sa.column(name, sa.String) for name in ('entity', 'action')))
member = sa.table('member', sa.column('id', sa.Integer), sa.column('area_id', sa.Integer), sa.column('role', sa.String))


def upgrade() -> None:
    # Said so, because SQLite takes a key with a new column and not after it; both engines take this.
    op.execute('ALTER TABLE checklist_template ADD COLUMN area_id INTEGER REFERENCES area (id)')
    op.create_index('ix_checklist_template_area_id', 'checklist_template', ['area_id'])
    _fill()


def _fill() -> None:
    """What a county's office made is that county's; who made it stands in the history."""
    made = sa.select(member.c.area_id).join(change, change.c.member_id == member.c.id).where(
        change.c.entity == 'ChecklistTemplate', change.c.action == 'add', change.c.row_id == template.c.id, member.c.role == 'county')
    op.get_bind().execute(template.update().values(area_id=made.order_by(change.c.id).limit(1).scalar_subquery()))


def downgrade() -> None:
    op.drop_index('ix_checklist_template_area_id', table_name='checklist_template')
    op.drop_column('checklist_template', 'area_id')
