"""Flask-Admin's own export to xlsx (through tablib): ``python -m benchmarks.peers.flask_admin_export <url> <rows> <target>``.

Its 30 columns are those of benchmarks/peers/django_site.py, which is django-import-export's.
"""

import sys
from pathlib import Path

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy

from benchmarks.cost import told
from benchmarks.peers import server, tables
from benchmarks.wire import Browser

app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI=sys.argv[1], SECRET_KEY="of no use")
Babel(app)
db = SQLAlchemy(app)
_, Child = tables.models(db.Model, whole=True)


class ChildView(ModelView):
    can_export, export_types, export_max_rows = True, ["xlsx"], 0
    column_list = column_export_list = ["id", "pinyin", *tables.COLUMNS, *tables.REST]
    column_default_sort = "id"


def main(rows: int, target: Path) -> int:
    """The whole table, as a reader who presses the button gets it."""
    target.write_bytes(Browser(app.wsgi_app).get("/admin/child/export/xlsx/"))
    with app.app_context():
        found = db.session.query(Child).count()
    assert found <= rows
    return found


with app.app_context():
    Admin(app).add_view(ChildView(Child, db.session, endpoint="child"))
    elsewhere = server.behind(db.engine)
told(lambda: main(int(sys.argv[2]), Path(sys.argv[3])), elsewhere)
