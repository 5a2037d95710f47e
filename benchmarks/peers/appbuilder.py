"""Flask-AppBuilder's list as shipped: ``python -m benchmarks.peers.appbuilder <database file>``."""

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.models.sqla.interface import SQLAInterface

from benchmarks.desk import serve
from benchmarks.peers import case, tables
from benchmarks.wire import Browser

database, asked = case.read()
_, Child = tables.models(Model)
app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}", SECRET_KEY="of no use" * 4, AUTH_RATE_LIMITED=False, RATELIMIT_ENABLED=False)
db = SQLA(metadata=Model.metadata)
db.init_app(app)


class ChildView(ModelView):
    datamodel = SQLAInterface(Child)
    route_base = "/child"
    list_columns = tables.COLUMNS
    search_columns = ["name", "left_behind", "school_class"]
    base_order = ("pinyin", "asc")
    page_size = tables.SIZE


with app.app_context():
    panel = AppBuilder(app, db.session)
    panel.add_view(ChildView, "Children")
    if not panel.sm.find_user("peer"):
        panel.sm.add_user("peer", "Peer", "Peer", "peer@example.org", panel.sm.find_role("Admin"), "peer")
    counted = case.counter(db.engine)
browser = Browser(app.wsgi_app)
browser.log_in("/login/", "peer", "peer")
LIST = f"/child/list/?psize_ChildView={tables.SIZE}"
ADDRESSES = {
    "list": LIST, "deep": f"{LIST}&page_ChildView={asked['page'] - 1}",
    "by name": f"{LIST}&_oc_ChildView=name&_od_ChildView=desc",
    "filtered": f"{LIST}&_flt_3_left_behind=2", "name": f"{LIST}&_flt_2_name={asked['name']}"}
serve({name: lambda a=address: browser.get(a) for name, address in ADDRESSES.items()}, counted)
