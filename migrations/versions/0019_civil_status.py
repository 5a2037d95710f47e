"""Who is left behind by the definition of civil affairs, kept on each child beside the county's own: the official forms name those."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

CHUNK = 1_000
UNDER_YEARS = 16
OFFSET = timedelta(hours=8)  # from UTC to Shanghai
AWAY, GONE, UNABLE, OTHER = 'away', 'gone', 'unable', 'other'

child = sa.table('child', sa.column('id', sa.Integer), sa.column('birth_date', sa.Date), sa.column('rural', sa.Boolean), sa.column('left_behind_civil', sa.String))
spell = sa.table('parent_spell', sa.column('child_id', sa.Integer), sa.column('parent', sa.String), sa.column('state', sa.String), sa.column('able', sa.Boolean),
                 sa.column('since', sa.Date), sa.column('until', sa.Date), sa.column('deleted_at', sa.DateTime))
form = sa.table('form', sa.column('id', sa.Integer), sa.column('key', sa.String), sa.column('which', sa.String), sa.column('day', sa.String))
column = sa.table('form_column', sa.column('form_id', sa.Integer), sa.column('label', sa.String), sa.column('source', sa.String))
OFFICIAL = sa.select(form.c.id).where(form.c.key.in_(('registration', 'roster')))


def upgrade() -> None:
    op.add_column('child', sa.Column('left_behind_civil', sa.String(length=1), nullable=False, server_default='0'))
    _fill((datetime.now(UTC) + OFFSET).date())
    bind = op.get_bind()
    bind.execute(form.update().where(form.c.id.in_(OFFICIAL)).values(which='civil'))
    shipped = column.c.source == 'left_behind', column.c.label == '留守类型', column.c.form_id.in_(OFFICIAL)  # whoever gave it another name meant it
    bind.execute(column.update().where(*shipped).values(source='left_behind_civil'))


def _fill(today: date) -> None:
    """As the nightly recount does: rural, under 16, both parents away, or one and the other unable to look after the child."""
    bind, last = op.get_bind(), 0
    born_after = today.replace(year=today.year - UNDER_YEARS)
    query = sa.select(child.c.id).where(child.c.rural, child.c.birth_date > born_after, child.c.birth_date <= today).order_by(child.c.id).limit(CHUNK)
    while ids := list(bind.scalars(query.where(child.c.id > last))):
        last = ids[-1]
        codes: dict[str, list[int]] = {'1': [], '2': []}
        for child_id, standings in _standings(bind, ids, today).items():
            if (code := _code(standings)) is not None:
                codes[code].append(child_id)
        for code, some in codes.items():
            bind.execute(child.update().where(child.c.id.in_(some)).values(left_behind_civil=code))


def _standings(bind: sa.Connection, ids: Iterable[int], today: date) -> dict[int, dict[str, str]]:
    """Child → parent → what the spell says that holds; of several the one begun last."""
    holds = (spell.c.since <= today, sa.or_(spell.c.until.is_(None), spell.c.until >= today), spell.c.deleted_at.is_(None), spell.c.child_id.in_(ids))
    found: dict[int, dict[str, str]] = {}
    rows = bind.execute(sa.select(spell).where(*holds)).all()
    for row in sorted(rows, key=lambda one: (one.since, one.until or date.max)):
        found.setdefault(row.child_id, {})[row.parent] = _standing(row)
    return found


def _standing(row: Any) -> str:
    return AWAY if row.state == 'away' else GONE if row.state in ('dead', 'missing') else OTHER if row.able else UNABLE


def _code(standings: dict[str, str]) -> str | None:
    father, mother = standings.get('father', OTHER), standings.get('mother', OTHER)
    if AWAY not in (father, mother):
        return None
    other = mother if father == AWAY else father
    return '2' if other in (AWAY, GONE) else '1' if other == UNABLE else None


def downgrade() -> None:
    """The version below knows neither the column nor the choices of rows that came with it."""
    bind = op.get_bind()
    bind.execute(column.update().where(column.c.source.in_(('left_behind_civil', 'child.left_behind_civil'))).values(
        source=sa.func.replace(column.c.source, 'left_behind_civil', 'left_behind')))
    bind.execute(form.update().where(form.c.which == 'civil').values(which='left_behind'))
    bind.execute(form.update().where(form.c.which == 'in_hand').values(which=None, day='found_on'))
    op.drop_column('child', 'left_behind_civil')
