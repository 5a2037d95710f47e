"""The school's log, papers and equipment; cases and aid of a child."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# Table → own columns (name, type, nullable), indexes (what stands behind the table's name → columns), whether it hangs on a child.
TEXT, DAY, NUMBER = sa.String, sa.Date(), sa.Integer()
TABLES: dict[str, tuple[tuple[tuple[str, sa.types.TypeEngine, bool], ...], dict[str, list[str]], bool]] = {
    'log_entry': ((('kind', TEXT(20), False), ('held_on', DAY, False), ('title', TEXT(80), False), ('due', NUMBER, True),
                   ('done', NUMBER, True), ('note', TEXT(200), True)),
                  {'kind': ['school_id', 'kind', 'held_on'], 'day': ['held_on', 'id'], 'school_day': ['school_id', 'held_on', 'id']}, False),
    'school_document': ((('kind', TEXT(20), False), ('title', TEXT(80), False), ('dated_on', DAY, False), ('valid_until', DAY, True),
                         ('figure', NUMBER, True)), {'kind': ['school_id', 'kind', 'dated_on'], 'day': ['dated_on', 'id']}, False),
    'equipment': ((('kind', TEXT(20), False), ('place', TEXT(60), False), ('count', NUMBER, False), ('working', NUMBER, False),
                   ('checked_on', DAY, True), ('expires_on', DAY, True)), {'kind': ['school_id', 'kind']}, False),
    'case_file': ((('kind', TEXT(20), False), ('opened_on', DAY, False), ('plan', sa.Text(), True), ('followed_on', DAY, True),
                   ('closed_on', DAY, True)), {'kind': ['school_id', 'kind', 'opened_on'], 'day': ['opened_on', 'id']}, True),
    'aid': ((('kind', TEXT(20), False), ('decided_on', DAY, False), ('granted_on', DAY, True), ('amount', NUMBER, True),
             ('receiver', TEXT(40), True)), {'kind': ['school_id', 'kind', 'decided_on'], 'day': ['decided_on', 'id']}, True),
}


def common() -> list[sa.Column]:
    """What every entity of a school has."""
    return [sa.Column('school_id', sa.Integer(), nullable=False), sa.Column('id', sa.Integer(), nullable=False),
            sa.Column('uid', sa.String(length=32), nullable=False), sa.Column('version', sa.Integer(), nullable=False),
            *(sa.Column(name, sa.DateTime(), nullable=name == 'deleted_at') for name in ('created_at', 'updated_at', 'deleted_at'))]


def of_child(table: str) -> list:
    return [sa.Column('child_id', sa.Integer(), nullable=False), sa.Column('origin_school_id', sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(['child_id', 'school_id'], ['child.id', 'child.school_id'], name=f'fk_{table}_child_school',
                                    onupdate='CASCADE')]


def upgrade() -> None:
    for table, (columns, indexes, hangs) in TABLES.items():
        op.create_table(table, *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in columns), *common(),
                        *(of_child(table) if hangs else []), sa.ForeignKeyConstraint(['school_id'], ['school.id']),
                        sa.PrimaryKeyConstraint('id'), sa.UniqueConstraint('id', 'school_id', name=f'uq_{table}_school'))
        op.create_index(f'ix_{table}_school_id', table, ['school_id'])
        if hangs:
            op.create_index(f'ix_{table}_child_id', table, ['child_id'])
        for name, keys in indexes.items():
            op.create_index(f'ix_{table}_{name}', table, keys)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
