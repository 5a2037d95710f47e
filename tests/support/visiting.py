"""What tests of the visit share: which inspections stand in the demo, a tick, a photo."""

import io
from datetime import timedelta

from PIL import Image
from sqlalchemy import select, update

from app.extensions import db
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Inspection
from app.models.org import Member
from app.services import clock, scope, visits
from tests.support.asking import asking
from tests.support.filling import fill
from tests.support.phones import EMPTY, given_of, message, op, texts_of

JSON = {"Accept": "application/json"}


def planned(app) -> int:
    """Id of the demo inspection that waits for its inspector."""
    return one(app, select(Inspection.id).where(Inspection.state != "submitted").order_by(Inspection.id))


def submitted(app, account: str = "school") -> int:
    """Id of a submitted inspection of the account's school."""
    school = select(Member.school_id).where(Member.username == account).scalar_subquery()
    return one(app, select(Inspection.id).where(Inspection.state == "submitted", Inspection.school_id == school))


def second_inspector(app) -> str:
    """The name of another inspector of the same county, with the same password."""
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        if session.scalar(select(Member.id).where(Member.username == "inspector2")) is None:
            first = session.scalars(select(Member).where(Member.username == "inspector")).one()
            session.add(Member(username="inspector2", name="何督导", role="inspector", area_id=first.area_id, password=first.password))
            session.commit()
    return "inspector2"


def leave_near(app, schools: int) -> None:
    """Put off all planned inspections but the first ones, so that a phone takes along no more than it needs."""
    later = select(Inspection.id).where(Inspection.state == "planned").order_by(Inspection.id).offset(schools)
    day = clock.today() + 2 * timedelta(visits.NEAR_DAYS)
    with app.app_context(), scope.everything(db.session()):
        db.session.connection().execute(update(Inspection.__table__).where(Inspection.id.in_(later)).values(planned_on=day))
        db.session.commit()


def one(app, query):
    with app.app_context(), scope.everything(db.session()):
        return db.session.scalars(query).first()


def photo() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(written, "JPEG")
    written.seek(0)
    return written


def unticked(app, pk: int) -> str:
    """Code of an item without a tick, of those at every school whose figure is looked at on the spot alone: whatever is ticked speaks against no record."""
    ticked = select(Answer.id).where(Answer.inspection_id == pk, Answer.item_id == ChecklistItem.id, Answer.result.is_not(None))
    of = select(ChecklistItem.code).join(ChecklistSection).join(Inspection, Inspection.template_id == ChecklistSection.template_id).where(Inspection.id == pk)
    return one(app, of.where(ChecklistItem.evidence.is_(None), ChecklistItem.applies_when.is_(None), ~ticked.exists()).order_by(ChecklistItem.position))


def tick_of(app, pk: int, code: str) -> dict[str, str]:
    """A tick as the server has it."""
    with app.app_context(), scope.everything(db.session()):
        query = select(Answer).join(ChecklistItem).where(Answer.inspection_id == pk, ChecklistItem.code == code)
        return texts_of(vars(db.session.scalars(query).one()))


def sync(client, *ops, **more):
    """The answer to ticks that a phone sends."""
    with client.session_transaction() as session:
        who = int(session.get("_user_id", "0").partition(".")[0])  # member and stamp, as Flask-Login keeps them
    return client.post("/visit/sync", json=message(who, *ops, **more))


def tick(client, pk: int, code: str, result: str, base: dict = EMPTY, **said) -> dict:
    """What becomes of one tick, sent as the page sends it; ``base``: the tick that it was made from."""
    return sync(client, op(pk, code, {"result": result, **said}, given_of(base))).json["done"][0]


def fill_the_rest(app, pk: int, fails: tuple[str, ...] = ("H2",)) -> None:
    """Every open item passes, but for those that fail; asked by the inspector's own role."""
    with app.app_context(), scope.everything(db.session()):
        session = db.session()
        with asking(session, "inspector"):
            row = session.get_one(Inspection, pk)
            fill(session, row, dict.fromkeys(fails, "fail"))
            session.commit()
