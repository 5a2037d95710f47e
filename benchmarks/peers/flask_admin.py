"""Flask-Admin's list: ``python -m benchmarks.peers.flask_admin <database file>``."""

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy

from benchmarks.desk import serve
from benchmarks.peers import case, tables
from benchmarks.wire import Browser

database, asked = case.read()
app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}", SECRET_KEY="of no use")
Babel(app)  # as soon as flask-babel is installed Flask-Admin wants it set up
db = SQLAlchemy(app)
_, Child = tables.models(db.Model)


class ChildView(ModelView):
    column_list = tables.COLUMNS
    column_searchable_list = ["name"]
    column_filters = ["left_behind"]
    column_default_sort = [("pinyin", False), ("id", False)]
    page_size = tables.SIZE


with app.app_context():
    Admin(app).add_view(ChildView(Child, db.session, endpoint="child"))
    counted = case.counter(db.engine)
browser = Browser(app.wsgi_app)
ADDRESSES = {
    "list": "/admin/child/", "deep": f"/admin/child/?page={asked['page'] - 1}", "by name": "/admin/child/?sort=0&desc=1",
    "filtered": "/admin/child/?flt0_left_behind_equals=2", "name": f"/admin/child/?search={asked['name']}"}
serve({name: lambda a=address: browser.get(a) for name, address in ADDRESSES.items()}, counted)
