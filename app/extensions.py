"""The parts that a Flask application is extended by, made once and bound in create_app."""

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

# The metadata is the framework's: with a plain SQLA() migrations would see no table at all.
db = SQLA(metadata=Model.metadata)
migrate = Migrate()
csrf = CSRFProtect()
