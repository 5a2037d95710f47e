"""The way of a finding: its steps, the opinion letter, the clocks of a checklist's version."""

import uuid
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

CLOCKS = {'objection_days': 7, 'recheck_days': 10, 'extend_days': 30, 'escalate_days': 15}
BEFORE = {'objected': 'open', 'asked': 'open', 'withdrawn': 'closed'}  # states that the version below does not know
LIVE = sa.text('deleted_at IS NULL')
OFFSET = timedelta(hours=8)  # from UTC to Shanghai

finding = sa.table('finding', *(sa.column(name, sa.Integer) for name in ('id', 'school_id', 'inspection_id', 'item_id')),
                   *(sa.column(name, sa.Date) for name in ('due_on', 'fixed_on', 'recheck_by', 'escalates_on')),
                   sa.column('state', sa.String), sa.column('repeated', sa.Boolean))
item = sa.table('checklist_item', sa.column('id', sa.Integer), sa.column('code', sa.String))
inspection = sa.table('inspection', sa.column('id', sa.Integer), sa.column('school_id', sa.Integer), sa.column('state', sa.String),
                      sa.column('submitted_at', sa.DateTime), sa.column('deleted_at', sa.DateTime))
opinion = sa.table('opinion', *(sa.column(name, sa.Integer) for name in ('inspection_id', 'school_id', 'version')), sa.column('uid', sa.String),
                   sa.column('state', sa.String), sa.column('objection_due_on', sa.Date),
                   *(sa.column(name, sa.DateTime) for name in ('created_at', 'updated_at')))


def upgrade() -> None:
    for name, days in CLOCKS.items():
        op.add_column('checklist_template', sa.Column(name, sa.Integer(), nullable=False, server_default=str(days)))
    op.add_column('finding', sa.Column('repeated', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('finding', sa.Column('recheck_by', sa.Date(), nullable=True))
    op.add_column('finding', sa.Column('escalates_on', sa.Date(), nullable=True))
    _table('finding_step', [
        sa.Column('finding_id', sa.Integer(), nullable=False), sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('text', sa.Text(), nullable=True), sa.Column('day', sa.Date(), nullable=True), sa.Column('way', sa.String(length=8), nullable=True),
        sa.Column('level', sa.String(length=10), nullable=True), sa.Column('member_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False)], 'finding', ('member_id', 'member'))
    _table('opinion', [
        sa.Column('inspection_id', sa.Integer(), nullable=False), sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('objection_due_on', sa.Date(), nullable=False), sa.Column('office_id', sa.Integer(), nullable=True),
        sa.Column('year', sa.Integer(), nullable=True), sa.Column('serial', sa.Integer(), nullable=True), sa.Column('issued_on', sa.Date(), nullable=True),
        sa.Column('score', sa.Float(), nullable=True), sa.Column('grade', sa.String(length=10), nullable=True),
        sa.Column('signed_at', sa.DateTime(), nullable=True), sa.Column('signed_by', sa.String(length=40), nullable=True)],
        'inspection', ('office_id', 'area'))
    op.create_index('ux_opinion_inspection', 'opinion', ['inspection_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index('ux_opinion_serial', 'opinion', ['office_id', 'year', 'serial'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    _fill()


def _table(name: str, columns: list[sa.Column], parent: str, other: tuple[str, str]) -> None:
    """A table of rows of one school that are part of another of the same school."""
    column, target = other
    op.create_table(
        name, *columns, sa.Column('school_id', sa.Integer(), nullable=False), sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=32), nullable=False), sa.Column('version', sa.Integer(), nullable=False),
        *(sa.Column(moment, sa.DateTime(), nullable=moment == 'deleted_at') for moment in ('created_at', 'updated_at', 'deleted_at')),
        sa.ForeignKeyConstraint([column], [f'{target}.id']), sa.ForeignKeyConstraint(['school_id'], ['school.id']),
        sa.ForeignKeyConstraint([f'{parent}_id', 'school_id'], [f'{parent}.id', f'{parent}.school_id'], name=f'fk_{name}_{parent}_school',
                                onupdate='CASCADE'),
        sa.UniqueConstraint('id', 'school_id', name=f'uq_{name}_school'), sa.PrimaryKeyConstraint('id'))
    for key in (f'{parent}_id', column, 'school_id'):
        op.create_index(f'ix_{name}_{key}', name, [key])


def _fill() -> None:
    """What was found and submitted already gets its clocks, and a draft that the county may send out."""
    bind, seen = op.get_bind(), {}
    rows = bind.execute(sa.select(finding.c.id, finding.c.school_id, finding.c.inspection_id, finding.c.due_on, finding.c.fixed_on, finding.c.state,
                                  item.c.code).join(item, item.c.id == finding.c.item_id).order_by(finding.c.inspection_id, finding.c.id)).all()
    for row in rows:
        first = seen.setdefault((row.school_id, row.code), row.inspection_id)
        waits = row.fixed_on + timedelta(CLOCKS['recheck_days']) if row.state == 'done' and row.fixed_on else None
        bind.execute(finding.update().where(finding.c.id == row.id).values(
            repeated=first != row.inspection_id, recheck_by=waits, escalates_on=row.due_on + timedelta(CLOCKS['escalate_days'])))
    done = bind.execute(sa.select(inspection.c.id, inspection.c.school_id, inspection.c.submitted_at).where(
        inspection.c.state == 'submitted', inspection.c.submitted_at.is_not(None), inspection.c.deleted_at.is_(None))).all()
    if done:
        op.bulk_insert(opinion, [_draft(row.id, row.school_id, row.submitted_at) for row in done])


def _draft(inspection_id: int, school_id: int, moment: datetime) -> dict[str, object]:
    due: date = (moment + OFFSET).date() + timedelta(CLOCKS['objection_days'])
    return {'inspection_id': inspection_id, 'school_id': school_id, 'version': 1, 'uid': uuid.uuid4().hex, 'state': 'draft',
            'objection_due_on': due, 'created_at': moment, 'updated_at': moment}


def downgrade() -> None:
    for state, known in BEFORE.items():
        op.execute(finding.update().where(finding.c.state == state).values(state=known))
    op.drop_table('opinion')
    op.drop_table('finding_step')
    for name in ('escalates_on', 'recheck_by', 'repeated'):
        op.drop_column('finding', name)
    for name in CLOCKS:
        op.drop_column('checklist_template', name)
