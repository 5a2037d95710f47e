"""One job, from the claim to the file: as its member is at this moment, to a temporary name, renamed when whole."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models.org import Member
from app.models.words import _
from app.services import progress, records, scope, transactions
from app.services.jobs import store
from app.services.jobs.kinds import KINDS, Stopped, Unable, Work
from app.services.jobs.pulse import Pulse
from app.services.jobs.store import Claim
from app.services.scope import Asker
from app.services.sheet.errors import SheetProblem

log = logging.getLogger(__name__)
FOLDER = "downloads"  # below var/
PART = ".part"
SWITCHED_OFF = _("账号已停用，没有完成。")
FORBIDDEN = _("您的角色现在不能做这件事，没有完成。")
NO_SPACE = _("服务器的磁盘满了，没有完成。请联系系统管理员。")
BROKEN = _("程序出错了，没有完成。请再试一次，仍不行请联系系统管理员。")


def run(session: Session, job_id: int, folder: Path, ending: Callable[[], bool] = lambda: False) -> None:
    """Do a job that waits; nothing where it waits no longer. ``ending`` says that the worker is to stop. Ends the session's transaction."""
    engine = _engine(session)
    with engine.begin() as connection:
        claim = store.claim(connection, job_id)
    if claim is None:
        return
    try:
        _work(session, engine, claim, folder, ending)
    except Stopped:
        session.rollback()  # what the work held open would keep the next lines waiting
        with engine.begin() as connection:
            store.give_up(connection, claim.name)
    except Exception as error:  # noqa: BLE001  whatever it is, the asker is told
        session.rollback()
        _fail(engine, claim, error)
    finally:
        session.rollback()


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind


def _work(session: Session, engine: Engine, claim: Claim, folder: Path, ending: Callable[[], bool]) -> None:
    asker = _asker(session, claim.member_id)
    scope.bind(session, asker)
    with _whole(folder, claim.name) as file:
        work = Work(session, asker, claim.args, file, partial(_settle, engine, claim.name))
        with Pulse(engine, claim.name, work, ending), transactions.reading(), progress.heard(session, work.progress, work.settle):
            KINDS[claim.kind](work)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    with engine.begin() as connection:
        kept = store.finish(connection, claim.name, size=size, rows=work.done_rows, sight=store.sight_of(asker))
    if not kept:
        (folder / claim.name).unlink(missing_ok=True)
        raise Stopped


def _settle(engine: Engine, name: str) -> None:
    with engine.connect() as connection, transactions.begun(connection, to_write=True):
        if not store.settle(connection, name):
            raise Stopped


def _asker(session: Session, member_id: int) -> Asker:
    """The asker that the member is now; Unable when the account was switched off or deleted."""
    with scope.everything(session):
        member = session.scalars(select(Member).where(Member.id == member_id).options(*scope.PLACE)).one_or_none()
    if member is None or not member.active:
        raise Unable(SWITCHED_OFF)
    asker = scope.asker_of(session, member)
    session.commit()
    return asker


@contextmanager
def _whole(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file readable by its owner alone, that gets its name when it is whole, and is gone when it is not."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{name}{PART}"
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
        part.rename(folder / name)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _fail(engine: Engine, claim: Claim, error: Exception) -> None:
    """Tell the asker in a sentence, and the log where it broke, never with what: values may be a child's."""
    sentence = BROKEN
    if isinstance(error, Unable | SheetProblem):
        sentence = str(error)
    elif isinstance(error, records.Forbidden):
        sentence = FORBIDDEN
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        sentence = NO_SPACE
    if sentence in (BROKEN, NO_SPACE):
        log.error("job %s (%s) failed: %s at %s", claim.id, claim.kind, type(error).__name__, _place(error))
    with engine.begin() as connection:
        store.fail(connection, claim.name, sentence)


def _place(error: Exception) -> str:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"


def sweep(engine: Engine, folder: Path) -> int:
    """Forget jobs whose day is over, and remove the files that no job has a name for; returns how many jobs went.

    The folder is read before the table: a file's name stands in the table before the file is there.
    """
    with engine.begin() as connection:
        gone = store.purge(connection)
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    with engine.begin() as connection:
        known = store.names(connection)
    for path in files:
        if path.name.removesuffix(PART) not in known:
            path.unlink(missing_ok=True)
    return gone
