"""Jobs: who they work for, how they end, what is left of them; on both engines."""

import stat
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from app.models.audit import Change
from app.models.base import utc_now
from app.models.org import Member
from app.services import progress, records, scope
from app.services.jobs import run, store
from app.services.jobs.kinds import Unable, Work
from tests.support.asking import asking
from tests.support.jobs import JOB, WAIT, at, do, files, folder, making, row, session, submit

assert folder and making and session  # pytest finds them here by their names


# One click, two clicks -----------------------------------------------------------------------
def test_two_clicks_make_one_job_until_it_is_over(session, making, folder):
    making(lambda work: work.file.write(b"x"))
    first = submit(session, area=1, section="a")
    assert submit(session, section="a", area=1) == first
    assert submit(session, area=2, section="a") != first
    assert submit(session, "township", area=1, section="a") != first
    do(session, first, folder)
    assert submit(session, area=1, section="a") != first


def test_the_database_itself_refuses_the_second_of_two_servers(session):
    taken = row(session, submit(session))._mapping
    twin = {key: value for key, value in taken.items() if key != "id"}
    with pytest.raises(Exception, match="(?i)unique"):
        session.execute(insert(JOB).values(**twin))
    session.rollback()


def test_a_member_may_have_a_few_jobs_open(session):
    for number in range(store.MOST_OPEN):
        submit(session, number=number)
    assert submit(session, number=0)
    with pytest.raises(records.Refused):
        submit(session, number=99)
    submit(session, "township", number=99)


def test_everybody_sees_the_own_jobs_only(session):
    mine, other = submit(session), submit(session, "township")
    with asking(session, "county"):
        assert [job.id for job in store.mine(session)] == [mine]
        assert store.find(session, mine).id == mine and store.find(session, other) is None
    with asking(session, "admin"):
        assert store.mine(session) == []


# What a job does ----------------------------------------------------------------------------
def test_a_job_asks_as_its_member_and_leaves_a_shut_file_with_a_name_that_tells_nothing(session, making, folder):
    seen = []

    def maker(work: Work) -> None:
        seen.append((work.asker, scope.asker(work.session), work.args))
        work.total(2)
        work.file.write(b"whole")
        work.progress(2)

    making(maker)
    done = do(session, submit(session, "school", word="张"), folder)
    with asking(session, "school") as asker:
        assert seen == [(asker, asker, {"word": "张"})]
        assert done.sight == store.sight_of(asker)
    assert (done.state, done.done, done.total, done.size, done.open_key) == ("done", 2, 2, 5, None)
    assert done.expires_at - done.finished_at == timedelta(hours=24)
    assert files(folder) == [done.stored_as] and (folder / done.stored_as).read_bytes() == b"whole"
    assert stat.S_IMODE((folder / done.stored_as).stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(done.stored_as) <= set("0123456789abcdef") and len(done.stored_as) == 40


def test_a_job_is_no_change_of_anybodys_record(session, making, folder):
    making(lambda work: None)
    count = select(func.count()).select_from(Change.__table__)
    before = session.scalar(count)
    do(session, submit(session), folder)
    assert session.scalar(count) == before


def test_a_job_that_is_over_is_not_done_again(session, making, folder):
    done = []
    making(lambda work: done.append(1))
    job = submit(session)
    do(session, job, folder)
    do(session, job, folder)
    assert done == [1]


@pytest.mark.parametrize("change", ["active", "deleted_at"])
def test_an_account_that_was_switched_off_or_deleted_gets_nothing(session, making, folder, change):
    making(lambda work: work.file.write(b"x"))
    job, who = submit(session, "superior"), Member.__table__.c.username == "superior"
    session.execute(update(Member.__table__).where(who).values(active=False) if change == "active"
                    else update(Member.__table__).where(who).values(deleted_at=utc_now()))
    session.commit()
    refused = do(session, job, folder)
    session.execute(update(Member.__table__).where(who).values(active=True, deleted_at=None))
    session.commit()
    assert (refused.state, refused.error) == ("failed", run.SWITCHED_OFF) and files(folder) == []


@pytest.mark.parametrize(("error", "told"), [
    (records.Forbidden("export Child"), run.FORBIDDEN), (Unable("换一个区域再试。"), "换一个区域再试。"), (OSError(28, "full"), run.NO_SPACE),
    (ZeroDivisionError("张三"), run.BROKEN)])
def test_what_goes_wrong_is_told_in_a_sentence_and_nothing_is_left(session, making, folder, error, told, caplog):
    def maker(work: Work) -> None:
        work.file.write(b"half")
        raise error

    making(maker)
    failed = do(session, submit(session), folder)
    assert (failed.state, failed.error, failed.stored_as, failed.open_key) == ("failed", told, None, None)
    assert files(folder) == [] and "张三" not in caplog.text


def test_rows_read_in_chunks_are_heard(session):
    heard = []
    with progress.heard(session, heard.append):
        progress.tell(session, 3)
    progress.tell(session, 4)
    assert heard == [3]


# Cancelled -----------------------------------------------------------------------------------
def test_a_waiting_job_is_cancelled_at_once(session, making, folder):
    done = []
    making(lambda work: done.append(1))
    job = submit(session)
    with asking(session, "county"):
        store.cancel(session, store.find(session, job))
    assert do(session, job, folder).state == "cancelled" and done == []


def test_a_running_job_hears_that_it_is_cancelled(app, session, making, folder):
    job = submit(session)

    def maker(work: Work) -> None:
        work.file.write(b"half")
        with asking(work.session, "county"):
            store.cancel(work.session, store.find(work.session, job))
        assert work.stop.wait(WAIT)
        work.progress(1)

    making(maker)
    assert do(session, job, folder).state == "cancelled" and files(folder) == []


def test_a_job_cancelled_in_its_last_moment_leaves_no_file(session, making, folder):
    job = submit(session)

    def maker(work: Work) -> None:
        work.file.write(b"whole")
        with asking(work.session, "county"):
            store.cancel(work.session, store.find(work.session, job))

    making(maker)
    assert do(session, job, folder).state == "cancelled" and files(folder) == []


def test_a_worker_that_ends_puts_its_job_back_and_takes_no_attempt(session, making, folder):
    def maker(work: Work) -> None:
        work.file.write(b"half")
        assert work.stop.wait(WAIT)
        work.progress(1)

    making(maker)
    job = submit(session)
    session.rollback()
    run.run(session, job, folder, ending=lambda: True)
    back = row(session, job)
    assert (back.state, back.attempt, back.stored_as) == ("queued", 0, None) and files(folder) == []


# Died ----------------------------------------------------------------------------------------
@contextmanager
def connected(session):
    session.rollback()
    with session.get_bind().begin() as connection:
        yield connection


def died(session, job):
    """The job as a worker leaves it that was killed long ago."""
    with connected(session) as connection:
        assert store.claim(connection, job)
    at(session, job, heartbeat=utc_now() - timedelta(minutes=2))


def recovered(session):
    with connected(session) as connection:
        return store.recover(connection, timedelta(minutes=1))


def test_a_job_whose_worker_died_starts_over_once_and_then_says_that_it_failed(session):
    job = submit(session)
    died(session, job)
    assert recovered(session) == [job] and row(session, job).state == "queued"
    died(session, job)
    assert recovered(session) == []
    assert (row(session, job).state, row(session, job).error) == ("failed", store.DIED)
    assert submit(session) != job


def test_a_job_with_a_heartbeat_is_left_alone(session):
    job = submit(session)
    with connected(session) as connection:
        assert store.claim(connection, job) and store.claim(connection, job) is None
    assert recovered(session) == [] and row(session, job).state == "running"


def test_a_job_that_was_being_cancelled_when_its_worker_died_is_cancelled(session):
    job = submit(session)
    died(session, job)
    at(session, job, state="stopping")
    recovered(session)
    assert row(session, job).state == "cancelled"


def test_a_worker_that_only_slept_cannot_finish_what_was_given_to_another(session, making, folder):
    job = submit(session)

    def maker(work: Work) -> None:
        work.file.write(b"late")
        at(work.session, job, heartbeat=utc_now() - timedelta(minutes=2))
        recovered(work.session)
        with connected(work.session) as connection:
            assert store.claim(connection, job)

    making(maker)
    now = do(session, job, folder)
    assert now.state == "running" and now.attempt == 2 and files(folder) == []


# Gone ----------------------------------------------------------------------------------------
def test_after_a_day_row_and_file_go_and_what_nobody_knows_goes_too(session, making, folder):
    making(lambda work: work.file.write(b"x"))
    old, new = do(session, submit(session, n=1), folder), do(session, submit(session, n=2), folder)
    (folder / "0000.part").write_bytes(b"half")
    at(session, old.id, expires_at=utc_now() - timedelta(seconds=1))
    with asking(session, "county"):
        assert store.find(session, old.id) is None and [job.id for job in store.mine(session)] == [new.id]
    session.rollback()
    assert run.sweep(session.get_bind(), folder) == 1
    assert files(folder) == [new.stored_as] and session.scalars(select(JOB.c.id)).all() == [new.id]


def test_a_running_job_keeps_its_half_file_whatever_the_hour(session, making, folder):
    job = submit(session)

    def maker(work: Work) -> None:
        at(work.session, job, expires_at=utc_now() - timedelta(seconds=1))
        assert run.sweep(work.session.get_bind(), folder) == 0 and len(files(folder)) == 1

    making(maker)
    assert do(session, job, folder).state == "done"


def test_flask_purge_takes_old_downloads_along(app, session):
    job = submit(session)
    at(session, job, expires_at=utc_now() - timedelta(seconds=1))
    told = app.test_cli_runner().invoke(args=["purge"])
    assert told.exit_code == 0 and "job: 1" in told.output
