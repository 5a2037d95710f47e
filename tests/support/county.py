"""The county that tests find in their database: small, made up, always the same."""

from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from app.services import scope
from seeds.demo import make_demo
from tests.support import settings

CHILDREN, SCHOOLS, SEED = 300, 8, 7


def migrated(url: str) -> None:
    """Migrate the empty database `url`."""
    with create_app(settings.of(url)).app_context():
        upgrade()
        db.engine.dispose()


def fill(url: str) -> None:
    """Migrate the empty database `url` and make the county in it."""
    app = create_app(settings.of(url))
    with app.app_context():
        upgrade()
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        make_demo(session, children=CHILDREN, schools=SCHOOLS, seed=SEED, password=settings.PASSWORD,
                  hash_method=app.config["FAB_PASSWORD_HASH_METHOD"])
        db.session.remove()
        db.engine.dispose()
