"""Under threads: eight clients of several roles at once, and nobody ever gets another's rows."""

import re
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.children import Child
from app.models.org import Member, SchoolClass
from app.services import scope
from tests.support.client import logged_in
from tests.support.settings import PASSWORD

ACCOUNTS = ("school", "school2", "school3", "teacher", "township", "county", "school", "school2")
TURNS = 25
SHOWN = re.compile(r"/child/show/(\d+)")


@pytest.fixture
def visible(app):
    """Account → ids of the children that it may see."""
    found = {}
    with app.app_context():
        session = db.session()
        for account in set(ACCOUNTS):
            with scope.everything(session):
                who = session.scalars(select(Member).where(Member.username == account)).one()
            scope.bind(session, scope.asker_of(session, who))
            found[account] = set(session.scalars(select(Child.id)))
    return found


def hammer(app, account, seed, visible):
    """Lists and records in turn; returns what was foreign or broken."""
    client, dice, wrong, every = logged_in(app, account, PASSWORD), Random(seed), [], sorted(set().union(*visible.values()))
    for _ in range(TURNS):
        order = dice.choice(["", "o=name&d=desc", "o=birth_date", "f.left_behind=1", "size=200", "q=l", "m=no_talk"])
        answer = client.get(f"/child/list/?{order}")
        ids = {int(one) for one in SHOWN.findall(answer.get_data(as_text=True))}
        if answer.status_code != 200 or not ids <= visible[account]:
            wrong.append((account, order, answer.status_code, sorted(ids - visible[account])[:5]))
        row_id = dice.choice(every)
        status = client.get(f"/child/show/{row_id}").status_code
        if status != (200 if row_id in visible[account] else 404):
            wrong.append((account, row_id, status))
    return wrong


def test_threads_never_see_each_others_rows(app, visible):
    assert visible["school"] and visible["school2"] and not visible["school"] & visible["school2"]
    with ThreadPoolExecutor(len(ACCOUNTS)) as pool:
        running = [pool.submit(hammer, app, account, seed, visible) for seed, account in enumerate(ACCOUNTS)]
        assert [line for one in running for line in one.result()] == []


def test_threads_write_into_their_own_school_only(app, visible):
    """Each school adds talks while the others do: every talk stands at the school of who wrote it."""
    def write(account, seed):
        client, dice = logged_in(app, account, PASSWORD), Random(seed)
        children = sorted(visible[account])
        done = []
        for turn in range(6):
            data = {"name": f"线程{account}{turn}", "grade": str(dice.randrange(1, 9))}
            answer = client.post("/school_class/add", data=data)
            done.append((answer.status_code, client.get(f"/child/show/{dice.choice(children)}").status_code))
        return done

    accounts = ("school", "school2", "school3")
    with ThreadPoolExecutor(len(accounts)) as pool:
        results = list(pool.map(write, accounts, range(len(accounts))))
    assert results == [[(302, 200)] * 6] * len(accounts)
    with app.app_context(), scope.everything(db.session()):
        schools = dict(db.session.execute(select(Member.username, Member.school_id)).all())
        made = db.session.execute(select(SchoolClass.name, SchoolClass.school_id).where(SchoolClass.name.like("线程%"))).all()
    assert len(made) == 18
    assert all(schools[name[2:-1]] == school_id for name, school_id in made)
