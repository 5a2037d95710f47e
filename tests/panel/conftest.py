"""What the panel's tests share."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.services import scope
from tests.support.checklists import drafted


@pytest.fixture
def look(app: Flask) -> Callable[[Callable[[Any], Any]], Any]:
    """look(lambda session: …) works on the database in a context of its own, which is closed before a client asks again.

    Unlike db_session: requests made inside an open context would share its ``g``, and so its member.
    """

    def run(work: Callable[[Any], Any]) -> Any:
        with app.app_context(), scope.everything(db.session()):
            found = work(db.session())
            db.session.commit()
            return found

    return run


@pytest.fixture
def draft(look: Callable[[Callable[[Any], Any]], Any]) -> int:
    """Id of a draft of the county's checklist."""
    return look(drafted)
