"""The table of jobs: each change of state is one statement that says from which state, so that of two only one succeeds."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.base import utc_now
from app.models.job import OPEN, WORKED_ON, Job
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope, transactions
from app.services.scope import Asker

JOB: Any = Job.__table__
KEPT = timedelta(hours=24)
MOST_OPEN = 5  # jobs that one member may have waiting or running
MOST_SHOWN = 50
MOST_ATTEMPTS = 2
DIED = _("处理时中断了两次，没有完成。请再试一次，仍不行请联系系统管理员。")


class Claim(NamedTuple):
    """A job that this worker works on; ``name`` is the name of its file, and the proof that the job is still ours."""

    id: int
    member_id: int
    kind: str
    args: dict[str, Any]
    name: str


# For whoever asks --------------------------------------------------------------------------
def submit(session: Session, kind: str, args: dict[str, Any], *, title: str, file_name: str) -> int:
    """The id of the asker's open job of this kind and arguments; made where there is none. Commits. Refused beyond MOST_OPEN."""
    member_id = scope.asker(session).member_id
    if member_id is None:
        raise records.Forbidden("a job needs a member")
    key = _key(member_id, kind, args)
    values = {"member_id": member_id, "kind": kind, "args": args, "open_key": key, "title": title[:200], "file_name": file_name[-200:],
              "expires_at": utc_now() + KEPT}
    while (found := session.scalar(select(Job.id).where(Job.open_key == key))) is None:
        _insert(session, values)
    session.commit()
    return found


def _key(member_id: int, kind: str, args: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([member_id, kind, args], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _insert(session: Session, values: dict[str, Any]) -> None:
    """A new job, unless the same one was made meanwhile."""
    moment = utc_now()
    machinery = {"uid": uuid.uuid4().hex, "version": 1, "created_at": moment, "updated_at": moment, "state": "queued", "done": 0, "total": 0, "attempt": 0}
    with transactions.writing(session):
        own = select(func.count()).where(JOB.c.member_id == values["member_id"], JOB.c.state.in_(OPEN))
        if (session.scalar(own) or 0) >= MOST_OPEN:
            raise records.Refused({"": RuleError(_("您已有 %(most)s 个任务在排队或处理，请等其中一个完成后再试。"), most=MOST_OPEN)})
        try:
            with session.begin_nested():
                session.execute(insert(JOB).values(**machinery, **values))
        except IntegrityError:
            pass


def mine(session: Session) -> Sequence[Job]:
    """The asker's own jobs, the newest first; those whose day is over are gone."""
    return session.scalars(select(Job).where(Job.expires_at > utc_now()).order_by(Job.id.desc()).limit(MOST_SHOWN)).all()


def find(session: Session, job_id: int) -> Job | None:
    """One of the asker's own jobs."""
    found = records.find(session, Job, job_id)
    return found if found is not None and (found.is_open or found.expires_at > utc_now()) else None


def cancel(session: Session, job: Job) -> None:
    """A waiting job is over, a running one is asked to stop. Commits."""
    with transactions.writing(session):
        session.execute(update(JOB).where(JOB.c.id == job.id, JOB.c.state == "queued").values(state="cancelled", **_over()))
        session.execute(update(JOB).where(JOB.c.id == job.id, JOB.c.state == "running").values(state="stopping"))
    session.expire(job)


def sight_of(asker: Asker) -> str:
    """What an asker sees, as one short text: a file made under another sight is not handed out."""
    seen = [asker.role, asker.area_id, asker.path, asker.school_id, asker.staff_id, asker.class_ids, asker.paired_ids]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


# For the worker ----------------------------------------------------------------------------
def claim(connection: Connection, job_id: int) -> Claim | None:
    """Take a waiting job; None where somebody else was first, or where it waits no longer."""
    name, moment = secrets.token_hex(20), utc_now()
    taken = update(JOB).where(JOB.c.id == job_id, JOB.c.state == "queued").values(
        state="running", attempt=JOB.c.attempt + 1, stored_as=name, heartbeat=moment, done=0, total=0)
    if not connection.execute(taken).rowcount:
        return None
    row = connection.execute(select(JOB.c["id", "member_id", "kind", "args"]).where(JOB.c.id == job_id)).one()
    return Claim(row.id, row.member_id, row.kind, row.args, name)


def beat(connection: Connection, name: str, done: int, total: int) -> bool:
    """Say that the work goes on and how far it is; False when it is wanted no longer."""
    told = update(JOB).where(JOB.c.stored_as == name, JOB.c.state.in_(WORKED_ON)).values(heartbeat=utc_now(), done=done, total=total)
    return bool(connection.execute(told).rowcount)


def settle(connection: Connection, name: str) -> bool:
    """From now on nobody can cancel it; False when it is wanted no longer."""
    told = update(JOB).where(JOB.c.stored_as == name, JOB.c.state.in_(WORKED_ON)).values(state="finishing")
    return bool(connection.execute(told).rowcount)


def finish(connection: Connection, name: str, *, size: int, rows: int, sight: str) -> bool:
    """The file is whole; False when it is wanted no longer."""
    ended = update(JOB).where(JOB.c.stored_as == name, JOB.c.state.in_(WORKED_ON)).values(
        state="done", size=size, done=rows, total=rows, sight=sight, **_over())
    return bool(connection.execute(ended).rowcount)


def fail(connection: Connection, name: str, error: str) -> None:
    """There will be no file, and why."""
    connection.execute(update(JOB).where(JOB.c.stored_as == name, JOB.c.state.in_(OPEN)).values(state="failed", error=error, stored_as=None, **_over()))


def give_up(connection: Connection, name: str) -> None:
    """The worker stops before the end: a cancelled job is over, another one waits again and loses no attempt."""
    connection.execute(_cancelled(JOB.c.stored_as == name))
    connection.execute(update(JOB).where(JOB.c.stored_as == name, JOB.c.state.in_(WORKED_ON)).values(
        state="queued", attempt=JOB.c.attempt - 1, stored_as=None, heartbeat=None, done=0))


def recover(connection: Connection, dead_after: timedelta) -> list[int]:
    """Jobs whose worker died start over, once; returns the ids of all that wait, the oldest first."""
    dead = JOB.c.heartbeat < utc_now() - dead_after
    connection.execute(_cancelled(dead))
    again = (dead, JOB.c.state.in_(WORKED_ON))
    connection.execute(update(JOB).where(*again, JOB.c.attempt >= MOST_ATTEMPTS).values(state="failed", error=DIED, stored_as=None, **_over()))
    connection.execute(update(JOB).where(*again).values(state="queued", stored_as=None, heartbeat=None, done=0))
    return list(connection.scalars(select(JOB.c.id).where(JOB.c.state == "queued").order_by(JOB.c.id)))


def _cancelled(condition: Any) -> Any:
    return update(JOB).where(condition, JOB.c.state == "stopping").values(state="cancelled", stored_as=None, **_over())


def _over() -> dict[str, Any]:
    """What any job's end sets."""
    moment = utc_now()
    return {"open_key": None, "finished_at": moment, "updated_at": moment, "expires_at": moment + KEPT}


def purge(connection: Connection) -> int:
    """Forget the jobs whose day is over; returns how many."""
    return connection.execute(delete(JOB).where(JOB.c.expires_at < utc_now(), JOB.c.state.not_in(("stopping", *WORKED_ON)))).rowcount


def names(connection: Connection) -> set[str]:
    """The files that are there for a reason."""
    return set(connection.scalars(select(JOB.c.stored_as).where(JOB.c.stored_as.is_not(None))))
