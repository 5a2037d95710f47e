"""What the services' tests share."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.services import scope
from tests.support.asking import asking


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Asked by the school's admin; rolled back after."""
    with app.app_context():
        made = db.session()
        scope.bind(made, scope.SYSTEM)
        with asking(made, "school"):
            yield made
            made.rollback()
