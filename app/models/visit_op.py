"""What was taken in from phones that worked without a network (services/visit_sync.py).

No entity: nobody reads or writes such a row as such, and it has no history; the tick that came of it has. It says that an
operation, by the random name that the phone gave it, was taken, so that one sent again changes nothing. ``told_at`` is
the phone's own time, which may be wrong; ``lag`` how far its clock lagged behind the server's when it was sent (seconds;
below nothing: it was ahead). `flask purge` removes what nobody sends again. No foreign key: it holds nothing back.
"""

from sqlalchemy import Column, Integer, String, Table

from app.models.base import Entity, UtcDateTime

VISIT_OP = Table("visit_op", Entity.metadata,
                 Column("op_id", String(36), primary_key=True), Column("member_id", Integer, nullable=False),
                 Column("inspection_id", Integer, nullable=False), Column("received_at", UtcDateTime, nullable=False, index=True),
                 Column("told_at", UtcDateTime), Column("lag", Integer))
