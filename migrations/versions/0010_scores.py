"""The rules of scores as part of a checklist's version; grade and next visit of an inspection."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

# What counted until now, and the first version of every county.
RULES = {'excellent_from': 90, 'good_from': 75, 'fair_from': 60, 'critical_days': 15, 'general_days': 30, 'excellent_months': 6,
         'good_months': 4, 'fair_months': 2, 'poor_months': 2}
FROM, MONTHS = {'excellent': 90, 'good': 75, 'fair': 60, 'poor': 0}, {'excellent': 6, 'good': 4, 'fair': 2, 'poor': 2}

inspection = sa.table('inspection', sa.column('id', sa.Integer), sa.column('state', sa.String), sa.column('score', sa.Float),
                      sa.column('submitted_at', sa.DateTime), sa.column('grade', sa.String), sa.column('next_due_on', sa.Date))
answer = sa.table('answer', *(sa.column(name, sa.Integer) for name in ('inspection_id', 'item_id')), sa.column('result', sa.String),
                  sa.column('deleted_at', sa.DateTime))
item = sa.table('checklist_item', sa.column('id', sa.Integer), sa.column('critical', sa.Boolean))


def upgrade() -> None:
    for name, value in RULES.items():
        op.add_column('checklist_template', sa.Column(name, sa.Integer(), nullable=False, server_default=str(value)))
    op.add_column('checklist_template', sa.Column('cap', sa.String(length=10), nullable=False, server_default='fair'))
    op.add_column('inspection', sa.Column('grade', sa.String(length=10), nullable=True))
    op.add_column('inspection', sa.Column('next_due_on', sa.Date(), nullable=True))
    op.create_index('ix_inspection_next', 'inspection', ['next_due_on', 'id'])
    _fill()


def _fill() -> None:
    """Grade and next visit of what was submitted already, by the rules that counted."""
    bind = op.get_bind()
    red = sa.select(answer.c.item_id).join(item, item.c.id == answer.c.item_id).where(
        answer.c.inspection_id == inspection.c.id, answer.c.result == 'fail', answer.c.deleted_at.is_(None), item.c.critical).exists()
    rows = bind.execute(sa.select(inspection.c.id, inspection.c.score, inspection.c.submitted_at, red).where(
        inspection.c.state == 'submitted', inspection.c.score.is_not(None), inspection.c.submitted_at.is_not(None))).all()
    for row_id, score, moment, capped in rows:
        grade = next(key for key, least in FROM.items() if score >= least)
        grade = 'fair' if capped and grade in ('excellent', 'good') else grade
        bind.execute(inspection.update().where(inspection.c.id == row_id).values(grade=grade, next_due_on=_later(moment, MONTHS[grade])))


def _later(moment: datetime, months: int) -> date:
    """The day in Shanghai so many months on; the last of the month where it has no such day."""
    day = (moment + timedelta(hours=8)).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def downgrade() -> None:
    op.drop_index('ix_inspection_next', table_name='inspection')
    op.drop_column('inspection', 'next_due_on')
    op.drop_column('inspection', 'grade')
    op.drop_column('checklist_template', 'cap')
    for name in RULES:
        op.drop_column('checklist_template', name)
