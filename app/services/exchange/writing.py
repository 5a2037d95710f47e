"""A plan into the database: all of it at one moment, or nothing.

PostgreSQL: one transaction. SQLite: new rows and the history go in by short transactions, hidden; one last short
transaction changes the old rows, shows the new ones and writes the batch down. See docs/decisions/0005-imports.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.models import entities
from app.models.audit import Change, ImportBatch, Submission
from app.models.base import Entity, Field, fields_of, new_uid, utc_now
from app.models.children import Child, ChildKey
from app.models.counts import TOUCHED
from app.models.rules import RuleError
from app.models.staged import STAGED
from app.models.words import _
from app.services import history, leaving, progress, records, scope, touched, transactions
from app.services.exchange import bulk, made, staging
from app.services.exchange.altered import NAME, Altered
from app.services.exchange.born import Births
from app.services.exchange.identity import asked
from app.services.exchange.plan import Plan
from app.services.progress import Share

CHANGE, KEY, BATCH = Change.__table__, ChildKey.__table__, ImportBatch.__table__

PAGES = 8000  # of the log before SQLite copies them back: each step touches the same pages of the indexes again
COPY_BACK = "PRAGMA wal_checkpoint"  # waits for no writer and holds none up: so it is done before and after the moment, not at its end


class Stopped(Exception):
    """A row was refused while writing, so nothing was written; the plan bears what was wrong."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


class Writer:
    """Writes one plan."""

    def __init__(self, session: Session, model: type[Entity], plan: Plan, file_name: str, token: str) -> None:
        self.session, self.model, self.plan, self.file_name, self.token = session, model, plan, file_name, token
        self.request_id, self.moment, self.who = uuid.uuid4().hex, utc_now(), scope.asker(session)
        self.table: Any = model.__table__
        self.new = plan.places("new")
        self.old = plan.places("changed")
        self.altered = Altered(session, model, plan, self.old)
        if self.altered.lost:
            self._stop(self.altered.lost, _("这一行刚刚被别人改过，请重新检查"))
        # Ids are counted from 0 until the database has given the first one.
        self.made = made.new_rows(model, plan, self.new, range(len(self.new)), self.moment)
        self.keys = made.search_keys(self.made, self.moment) if model is Child else {}
        lines = made.lines_of_new(session, model, self.made) if self.new else []
        schools = self.made.get("school_id", [None] * len(self.new))
        self.told = made.told(session, model, self.request_id, self.moment, [*self.made["id"], *self.altered.ids], [*schools, *self.altered.schools],
                              [*lines, *self.altered.lines])
        self.links, self.births = [*self._links()], Births(model, plan, self.new, self.altered)
        self.renamed, self.moving, self.left = self.altered.renamed(), self.altered.moving(), self.altered.left()
        places = {*self.told["school_id"], *self.altered.values("school")} - {None}
        self.schools = sorted(places) if issubclass(model, touched.READ) else []
        self.done = Share(session, len(plan.lines), len(self.new) + len(self.told["uid"]) + len(self.keys.get("uid", ())))

    def _links(self) -> Iterator[tuple[Field, list[Select[Any]]]]:
        """Links of the rows, each with what finds those in the trash among the rows that it points at."""
        for one in fields_of(self.model).values():
            target: Any = entities()[one.target].__table__ if one.target else self.table
            meant = {*self.made.get(one.column, ()), *self.altered.values(one.key)} - {None}
            if target is not self.table and meant:
                gone = select(target.c.id).where(target.c.deleted_at.is_not(None)).limit(1)
                yield one, [*asked(self.session, gone, target.c.id, meant)]

    def write(self) -> int:
        """The id of the batch; Stopped where something is refused, and then nothing was written."""
        if self.session.get_bind().dialect.name == "postgresql":
            return self._write_at_once()
        self.session.commit()
        with self.session.get_bind().connect() as connection:  # type: ignore[union-attr]
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA wal_autocheckpoint={PAGES}")
            try:
                return self._write_in_steps(connection)
            finally:
                driver.execute("PRAGMA wal_autocheckpoint=1000")  # SQLite's own
                driver.execute(f"DROP TABLE IF EXISTS temp.{NAME}")

    # At once ------------------------------------------------------------------------------
    def _write_at_once(self) -> int:
        connection = self.session.connection()
        try:
            self.births.lock(self.session)
            if self.altered.ids:
                self.altered.stage(connection)
            ids = connection.scalars(text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
                                     {"name": self.table.name, "count": len(self.new)}).all() if self.new else []
            self._number(ids)
            for table, columns in ((self.table, self.made), (KEY, self.keys), (CHANGE, self.told)):
                for statement in bulk.inserts(connection.dialect, table, columns) if columns.get("uid") else ():
                    statement.run(connection)
                    self.done.step(statement.rows)
            self.done.end()
            batch_id = self._finish(connection, ids)
            for _step in staging.follow(self.session, self.model, self._to_follow(ids), self.renamed, self.left):
                pass
            progress.settle(self.session)
            self.session.commit()
        except IntegrityError as broken:
            self.session.rollback()
            raise self._refused() from broken
        except BaseException:
            self.session.rollback()
            raise
        return batch_id

    # In steps -----------------------------------------------------------------------------
    def _write_in_steps(self, connection: Connection) -> int:
        if self.altered.ids:
            with transactions.begun(connection, to_write=False):
                self.altered.stage(connection)
        try:
            ids = self._stage(connection)
            progress.settle(self.session)
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_autocheckpoint=0")
            driver.execute(COPY_BACK)
            with staging.short(connection):
                batch_id = self._finish(connection, ids)
        except BaseException as broken:
            staging.sweep(self.session, self.request_id)
            if isinstance(broken, IntegrityError):
                raise self._refused() from broken
            raise
        driver.execute(COPY_BACK)
        if self._to_follow(ids) or self.renamed:
            staging.in_steps(self.session, staging.follow(self.session, self.model, self._to_follow(ids), self.renamed, self.left))
            with transactions.writing(self.session):
                self.session.execute(delete(STAGED).where(STAGED.c.request_id == self.request_id))
        return batch_id

    def _stage(self, connection: Connection) -> list[int]:
        """Write new rows and history, hidden; gives the new ids."""
        count, lines = len(self.new), len(self.told["uid"])
        with staging.short(connection):
            first = staging.reserve(connection, self.table, self.request_id, self.token, count) if count else 0
            if lines:
                low = staging.reserve(connection, CHANGE, self.request_id, f"{self.token}:change", lines)
                self.told["id"] = [*range(low, low + lines)]
            ids = [*range(first, first + count)]
            self._number(ids)
            for table, columns in ((self.table, self.made), (CHANGE, self.told)):
                for statement in bulk.inserts(connection.dialect, table, {name: values[-1:] for name, values in columns.items()}) if columns["uid"] else ():
                    statement.run(connection)
        for statement in self._statements(connection):
            with staging.short(connection):
                statement.run(connection)
                staging.alive(connection, self.request_id)
            self.done.step(statement.rows)
        self.done.end()
        return ids

    def _statements(self, connection: Connection) -> Iterator[bulk.Statement]:
        for table, columns in ((self.table, self.made), (CHANGE, self.told)):
            yield from bulk.inserts(connection.dialect, table, {name: values[:-1] for name, values in columns.items()})
        if self.keys:
            yield from bulk.inserts(connection.dialect, KEY, self.keys)

    def _number(self, ids: Sequence[int]) -> None:
        """Put the database's ids where they were counted from 0."""
        self.made["id"] = list(ids)
        self.told["row_id"][: len(ids)] = ids
        if self.keys:
            self.keys["child_id"] = [ids[at] for at in self.keys["child_id"]]

    # The moment ---------------------------------------------------------------------------
    def _finish(self, connection: Connection, ids: Sequence[int]) -> int:
        """Change the old rows, show the new ones, write the batch down; the caller's transaction makes it one moment."""
        self._leave(connection)
        if self.altered.ids and not self.altered.apply(connection, self.moment):
            self._stop(self.altered.stale(connection), _("这一行刚刚被别人改过，请重新检查"))
        self._show(connection, ids)
        self._hold_links(connection)
        self._hold_births(connection, ids)
        if self.schools:
            connection.execute(insert(TOUCHED), [{"school_id": school_id} for school_id in self.schools])
        return self._open_batch(connection, ids)

    def _leave(self, connection: Connection) -> None:
        """Rows that go to another school leave behind what leans on them, in this transaction and told under this request."""
        going = self.altered.moved()
        if not going:
            return
        with self._beside(connection) as beside:
            for row_id, error in leaving.holding(beside, self.model, going).items():
                self._stop([going[row_id]], error.message, "school", **error.params)
            try:
                with history.told_as(beside, "import", self.request_id):
                    leaving.loosen(beside, self.model, going.keys())
            except StaleDataError:
                self._stop([*going.values()], _("与它相连的记录刚刚被别人改过，请重新检查"), "school")
            except scope.OutOfScope:
                self._stop([*going.values()], _("与它相连的记录不在您的管辖范围，不能换学校"), "school")
            except records.Refused as refused:
                error = next(iter(refused.errors.values()))
                self._stop([*going.values()], error.message, "school", **error.params)

    def _show(self, connection: Connection, ids: Sequence[int]) -> None:
        if connection.dialect.name != "sqlite" or not self.told["uid"]:
            return
        mine = STAGED.c.request_id == self.request_id
        kept = STAGED.c.table_name == (self.table.name if ids else CHANGE.name)
        shown = connection.execute(update(STAGED).where(mine, kept).values(kind="follow", table_name=self.table.name)).rowcount
        connection.execute(delete(STAGED).where(mine, STAGED.c.kind != "follow" if self._to_follow(ids) or self.renamed else mine))
        if not shown:
            self._stop([0], _("导入中断过，请重新检查"))

    def _hold_links(self, connection: Connection) -> None:
        """What the rows point at must still be there: it may have gone to the trash while they were on their way."""
        for one, queries in self.links:
            for gone in (connection.scalar(query) for query in queries):
                if gone is not None:
                    pointing = [i for i in range(len(self.plan.lines)) if self.plan.lines.value(one.key, i) == gone]
                    self._stop(pointing or [0], _("它所属的%(label)s刚刚被删除，请重新检查"), one.key, label=entities()[str(one.target)].__label__)

    def _hold_births(self, connection: Connection, ids: Sequence[int]) -> None:
        """Nothing is done for a child before its birth, as either stands by now."""
        with self._beside(connection) as beside:
            for place, key, error in self.births.wrong(beside, ids):
                self.plan.refuse(place, key, error)
        if self.plan.lines.wrong:
            raise Stopped(self.plan)

    def _beside(self, connection: Connection) -> Session:
        """A session of who asks, whose end does not end the connection's transaction."""
        return Session(connection, info={"asker": self.who})

    def _open_batch(self, connection: Connection, ids: Sequence[int]) -> int:
        same = {"version": 1, "created_at": self.moment, "updated_at": self.moment}
        found = connection.execute(insert(BATCH).values(
            school_id=self.who.school_id, member_id=self.who.member_id, who=self.who.name, entity=self.model.__name__, uid=new_uid(),
            file_name=self.file_name[:200], request_id=self.request_id, added=len(self.new), changed=len(self.old), added_ids=ranges(ids), **same))
        batch_id = int(found.inserted_primary_key[0])  # type: ignore[index]  # of one row
        connection.execute(insert(Submission.__table__).values(token=self.token, entity=ImportBatch.__name__, row_id=batch_id, uid=new_uid(), **same))
        return batch_id

    def _to_follow(self, ids: Sequence[int]) -> list[int]:
        """Rows from which something kept on children follows; of new children nothing yet does."""
        if self.model not in staging.COUNTED:
            return []
        return [*(() if self.model is Child else ids), *self.moving]

    # What goes wrong ----------------------------------------------------------------------
    def _stop(self, places: Sequence[int], message: str, key: str = "", **values: Any) -> None:
        for i in places:
            self.plan.refuse(i, key, RuleError(message, **values))
        raise Stopped(self.plan)

    def _refused(self) -> Stopped:
        """The database has refused a row; which one is found by asking once more what is taken."""
        self.plan.again()
        if not self.plan.wrong:
            self.plan.refuse(0, "", RuleError(_("与已有记录冲突，未保存，请核对后重试")))
        return Stopped(self.plan)


def ranges(ids: Sequence[int]) -> list[list[int]]:
    """Ids in ascending order as [first, last] of each run without a gap."""
    runs = ([one for _at, one in run] for _key, run in groupby(enumerate(ids), lambda pair: pair[1] - pair[0]))
    return [[run[0], run[-1]] for run in runs]
