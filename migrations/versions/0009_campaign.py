"""Campaigns of inspections: team, schools, recusals, drawn files, self-checks."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

TEXT, DAY, NUMBER, MOMENT, YES_NO = sa.String, sa.Date(), sa.Integer(), sa.DateTime(), sa.Boolean()
Column = tuple[str, sa.types.TypeEngine, bool]  # name, type, whether it may be empty
OWN: dict[str, tuple[Column, ...]] = {
    'campaign': (('name', TEXT(80), False), ('notice_no', TEXT(40), True), ('starts_on', DAY, False), ('ends_on', DAY, False),
                 ('self_due_on', DAY, False), ('template_id', NUMBER, False), ('unit', TEXT(10), False), ('kindergarten', NUMBER, False),
                 ('primary', NUMBER, False), ('junior', NUMBER, False), ('senior', NUMBER, False), ('files', NUMBER, False),
                 ('seed', TEXT(40), True), ('state', TEXT(10), False), ('drawn_at', MOMENT, True), ('list_hash', TEXT(64), True),
                 ('drawn_from', sa.JSON(), True), ('announced_on', DAY, True), ('area_id', NUMBER, False)),
    'campaign_member': (('campaign_id', NUMBER, False), ('member_id', NUMBER, False), ('team', NUMBER, False), ('leader', YES_NO, False),
                        ('area_id', NUMBER, False)),
    'campaign_school': (('campaign_id', NUMBER, False), ('how', TEXT(8), False), ('reason', TEXT(200), True), ('stratum', TEXT(16), True),
                        ('place', NUMBER, True), ('team', NUMBER, True), ('inspector_id', NUMBER, True), ('planned_on', DAY, True),
                        ('inspection_id', NUMBER, True), ('self_due_on', DAY, True), ('self_submitted_at', MOMENT, True),
                        ('announced_on', DAY, True), ('school_id', NUMBER, False)),
    'recusal': (('member_id', NUMBER, False), ('why', TEXT(200), False), ('school_id', NUMBER, False)),
    'drawn_child': (('inspection_id', NUMBER, False), ('place', NUMBER, False), ('child_id', NUMBER, False), ('origin_school_id', NUMBER, True),
                    ('school_id', NUMBER, False)),
    'self_answer': (('inspection_id', NUMBER, False), ('item_id', NUMBER, False), ('result', TEXT(10), True), ('remark', sa.Text(), True),
                    ('answered_at', MOMENT, True), ('school_id', NUMBER, False)),
}
LINKS = {'template_id': 'checklist_template', 'area_id': 'area', 'campaign_id': 'campaign', 'member_id': 'member', 'inspector_id': 'member',
         'item_id': 'checklist_item', 'school_id': 'school'}
# Links that the database holds within one school or area: table → (column, target, what both share).
WITHIN = {'campaign_member': [('campaign_id', 'campaign', 'area_id')], 'campaign_school': [('inspection_id', 'inspection', 'school_id')],
          'drawn_child': [('child_id', 'child', 'school_id')], 'self_answer': [('inspection_id', 'inspection', 'school_id')]}
UNIQUE = {'campaign_member': ('ux_campaign_member', ['campaign_id', 'member_id']),
          'campaign_school': ('ux_campaign_school', ['campaign_id', 'school_id']), 'recusal': ('ux_recusal', ['member_id', 'school_id']),
          'drawn_child': ('ux_drawn_child', ['inspection_id', 'child_id']), 'self_answer': ('ux_self_answer', ['inspection_id', 'item_id'])}
LIVE = sa.text('deleted_at IS NULL')


def common() -> list[sa.Column]:
    """What every entity has."""
    return [sa.Column('id', sa.Integer(), nullable=False), sa.Column('uid', sa.String(length=32), nullable=False),
            sa.Column('version', sa.Integer(), nullable=False),
            *(sa.Column(name, sa.DateTime(), nullable=name == 'deleted_at') for name in ('created_at', 'updated_at', 'deleted_at'))]


def keys(table: str) -> list:
    """The foreign keys of a table, and the one that others point at."""
    linked = [name for name, _type, _empty in OWN[table]]
    found: list = [sa.ForeignKeyConstraint([name], [f'{LINKS[name]}.id']) for name in linked if name in LINKS]
    if table == 'drawn_child':
        found.append(sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id']))
    for name, target, shared in WITHIN.get(table, ()):
        within = shared.removesuffix('_id')
        called = f'fk_{table}_area' if within == 'area' else f"fk_{table}_{name.removesuffix('_id')}_{within}"
        found.append(sa.ForeignKeyConstraint([name, shared], [f'{target}.id', f'{target}.{shared}'], name=called,
                                             onupdate=None if within == 'area' else 'CASCADE'))
    if 'school_id' in linked:
        found.append(sa.UniqueConstraint('id', 'school_id', name=f'uq_{table}_school'))
    if table == 'campaign':
        found.append(sa.UniqueConstraint('id', 'area_id', name='uq_campaign_area'))
    return found


def upgrade() -> None:
    for table, columns in OWN.items():
        op.create_table(table, *(sa.Column(name, kind, nullable=empty) for name, kind, empty in columns), *common(), *keys(table),
                        sa.PrimaryKeyConstraint('id'))
        for name, _type, _empty in columns:
            if name.endswith('_id') and name != 'origin_school_id':
                op.create_index(f'ix_{table}_{name}', table, [name])
        if table in UNIQUE:
            name, fields = UNIQUE[table]
            op.create_index(name, table, fields, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index('ix_campaign_day', 'campaign', ['starts_on', 'id'])


def downgrade() -> None:
    for table in reversed(OWN):
        op.drop_table(table)
