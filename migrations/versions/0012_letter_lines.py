"""The words of an issued opinion letter, kept as they were sent; from now on its grade says when the school is due again."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OFFSET = timedelta(hours=8)  # from UTC to Shanghai
DECISIONS = ('uphold', 'change', 'withdraw')
GRADES = ('excellent', 'good', 'fair', 'poor')


def _ids(name: str, *columns: sa.ColumnClause) -> Any:
    ids = {'opinion': ('inspection_id', 'school_id', 'office_id'), 'finding': ('inspection_id', 'item_id'), 'finding_step': ('finding_id',)}
    return sa.table(name, *(sa.column(key, sa.Integer) for key in ('id', *ids.get(name, ()))), *columns)


opinion = _ids('opinion', sa.column('grade', sa.String), sa.column('issued_on', sa.Date), sa.column('deleted_at', sa.DateTime), sa.column('sent', sa.JSON))
inspection = _ids('inspection', sa.column('name', sa.String), sa.column('submitted_at', sa.DateTime), sa.column('score', sa.Float),
                  sa.column('summary', sa.Text), sa.column('grade', sa.String), sa.column('next_due_on', sa.Date), sa.column('template_id', sa.Integer))
template = sa.table('checklist_template', sa.column('id', sa.Integer), *(sa.column(f'{grade}_months', sa.Integer) for grade in GRADES))
finding = _ids('finding', sa.column('what', sa.String), sa.column('level', sa.String), sa.column('state', sa.String), sa.column('due_on', sa.Date),
               sa.column('repeated', sa.Boolean), sa.column('deleted_at', sa.DateTime))
step = _ids('finding_step', sa.column('kind', sa.String), sa.column('text', sa.Text))
item = _ids('checklist_item', sa.column('code', sa.String))
school, area = _ids('school', sa.column('name', sa.String)), _ids('area', sa.column('name', sa.String))


def upgrade() -> None:
    op.add_column('opinion', sa.Column('sent', sa.JSON(), nullable=True))
    _fill()
    _set_next_visits()


def _fill() -> None:
    """Letters that went out before say what stands now: nothing older is known of them."""
    bind = op.get_bind()
    rows = bind.execute(sa.select(
        opinion.c.id, opinion.c.inspection_id, opinion.c.deleted_at, area.c.name.label('office'), school.c.name.label('school'), inspection.c.name,
        inspection.c.submitted_at, inspection.c.score, inspection.c.summary).join(inspection, inspection.c.id == opinion.c.inspection_id).join(
        school, school.c.id == opinion.c.school_id).outerjoin(area, area.c.id == opinion.c.office_id).where(opinion.c.issued_on.is_not(None))).all()
    for row in rows:
        found = _found(bind, row)
        steps = bind.execute(sa.select(step).where(step.c.finding_id.in_([one.id for one in found]), step.c.kind.in_(('object', *DECISIONS))).order_by(
            step.c.id)).all()
        bind.execute(opinion.update().where(opinion.c.id == row.id).values(sent=_letter(row, found, steps)))


def _set_next_visits() -> None:
    """A school whose letter says another grade than the inspection did is due by the letter's."""
    bind = op.get_bind()
    rows = bind.execute(sa.select(inspection.c.id, inspection.c.submitted_at, opinion.c.grade, *(template.c[f'{grade}_months'] for grade in GRADES)).join(
        opinion, opinion.c.inspection_id == inspection.c.id).join(template, template.c.id == inspection.c.template_id).where(
        opinion.c.issued_on.is_not(None), opinion.c.deleted_at.is_(None), opinion.c.grade.in_(GRADES), opinion.c.grade.is_distinct_from(inspection.c.grade),
        inspection.c.submitted_at.is_not(None))).all()
    for row in rows:
        due = _later((row.submitted_at + OFFSET).date(), row._mapping[f'{row.grade}_months'])
        bind.execute(inspection.update().where(inspection.c.id == row.id).values(next_due_on=due))


def _later(day: date, months: int) -> date:
    """So many months on; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _found(bind: sa.Connection, row: Any) -> list[Any]:
    """What the inspection found, without what was put away by itself."""
    query = sa.select(finding, item.c.code).outerjoin(item, item.c.id == finding.c.item_id).where(finding.c.inspection_id == row.inspection_id)
    return list(bind.execute(query.where(finding.c.deleted_at.is_not_distinct_from(row.deleted_at)).order_by(finding.c.due_on, finding.c.id)).all())


def _letter(row: Any, found: Iterable[Any], steps: Iterable[Any]) -> dict[str, Any]:
    said: dict[int, dict[bool, Any]] = {}
    for one in steps:
        said.setdefault(one.finding_id, {})[one.kind == 'object'] = one
    return {
        'office': row.office or '', 'school': row.school, 'name': row.name, 'seen_on': (row.submitted_at + OFFSET).date().isoformat() if row.submitted_at else None,
        'first_score': row.score, 'summary': row.summary or '',
        'lines': [{'finding_id': one.id, 'code': one.code or '', 'what': one.what, 'level': one.level, 'due_on': one.due_on.isoformat(),
                   'repeated': bool(one.repeated)} for one in found if one.state != 'withdrawn'],
        'objections': [_objection(one, said[one.id]) for one in found if True in said.get(one.id, {})]}


def _objection(one: Any, said: Mapping[bool, Any]) -> dict[str, Any]:
    decided = said.get(False)
    return {'code': one.code or '', 'what': one.what, 'asked': said[True].text or '', 'decision': decided.kind if decided else None,
            'why': (decided.text or '') if decided else ''}


def downgrade() -> None:
    op.drop_column('opinion', 'sent')
