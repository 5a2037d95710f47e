"""One demo county for all tests of a module that only read it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.services import clock
from tests.support import demo, memory


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Session, dict]]:
    """The session and what make_demo told."""
    session = memory.database()
    told = demo.county(session)
    with clock.freeze(demo.TODAY):
        yield session, told
    session.close()


@pytest.fixture
def session(made: tuple[Session, dict]) -> Session:
    return made[0]
