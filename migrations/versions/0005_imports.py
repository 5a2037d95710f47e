"""Imports of many rows: what is written but not to be seen yet, and which rows a batch has added."""

import json

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_staged',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('table_name', sa.String(length=40), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=False),
    sa.Column('beat', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token')
    )
    op.add_column('import_batch', sa.Column('added_ids', sa.JSON(), nullable=True))
    _take_over(op.get_bind())


def _take_over(connection) -> None:
    """Batches of before remembered each added row by a line among the submissions: request id, colon, row id."""
    batch, said = sa.table('import_batch', sa.column('id'), sa.column('request_id'), sa.column('added_ids', sa.JSON)), sa.table(
        'submission', sa.column('token'), sa.column('row_id'))
    for batch_id, request_id in connection.execute(sa.select(batch.c.id, batch.c.request_id)).all():
        lines = said.c.token.startswith(f'{request_id}:', autoescape=True)
        ids = sorted(connection.scalars(sa.select(said.c.row_id).where(lines)))
        connection.execute(batch.update().where(batch.c.id == batch_id).values(added_ids=json.loads(json.dumps([[one, one] for one in ids]))))
        connection.execute(said.delete().where(lines))


def downgrade() -> None:
    op.drop_column('import_batch', 'added_ids')
    op.drop_table('import_staged')
