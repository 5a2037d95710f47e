"""What the services' tests share."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.campaign import Campaign
from app.services import scope
from tests.support.asking import asking
from tests.support.campaigning import Office


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Asked by the school's admin; rolled back after."""
    with app.app_context():
        made = db.session()
        scope.bind(made, scope.SYSTEM)
        with asking(made, "school"):
            yield made
            made.rollback()


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """A new campaign of the county; rolled back after."""
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        for row in session.scalars(select(Campaign)):
            row.state = "closed"  # those of the demo are out of the way
        session.flush()
        with asking(session, "county"):
            yield Office(session)
            session.rollback()
