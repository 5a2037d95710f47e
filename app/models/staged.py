"""Rows of an import that are written but not yet to be seen (services/exchange/staging.py; docs/decisions/0005-imports.md).

No entity: a line says that the rows ``low`` to ``high`` of a table belong to an import that is not done. ``kind``
"hidden": nobody sees them; "follow": they are to be seen, and what is derived from them is still to be counted.
``beat`` is renewed while the import lives.
"""

from sqlalchemy import Column, Integer, String, Table

from app.models.base import Entity, UtcDateTime

STAGED = Table("import_staged", Entity.metadata,
               Column("id", Integer, primary_key=True), Column("request_id", String(32), nullable=False),
               Column("token", String(64), nullable=False, unique=True), Column("kind", String(10), nullable=False),
               Column("table_name", String(40), nullable=False), Column("low", Integer, nullable=False), Column("high", Integer, nullable=False),
               Column("beat", UtcDateTime, nullable=False))
