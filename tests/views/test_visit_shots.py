"""When and where a photo of a visit was taken: beside the picture, for inspectors and the county office."""

import io
import json

import pytest
from PIL import Image
from sqlalchemy import select

from app.extensions import db
from app.models.audit import Attachment, Change
from app.models.inspection import Inspection
from app.services import inspection, scope
from tests.support.asking import asking
from tests.support.visiting import JSON, fill_the_rest, one, photo, planned, tick

SHOT = json.dumps({"at": 1_000, "now": 2_000, "lat": 26.580001, "lon": 106.710002, "within": 8})
PLACE = "26.58000, 106.71000"


@pytest.fixture(scope="module")
def pk(app, client_for):
    """A submitted inspection with one photo."""
    pk, client = planned(app), client_for("inspector")
    url = tick(client, pk, "E2", "pass")["answer"]["upload_url"]
    sent = {"file": (photo(), "现场.jpg"), "_shot": SHOT, "_token": "a" * 32}
    told = client.post(url, data=sent, headers=JSON, content_type="multipart/form-data")
    assert told.status_code == 200 and "26.58" not in told.text
    fill_the_rest(app, pk)
    with app.app_context(), scope.everything(db.session()), asking(db.session(), "inspector"):
        inspection.submit(db.session(), db.session().get_one(Inspection, pk))
        db.session().commit()
    return pk


def test_it_stands_in_columns_and_not_in_the_picture(app, client_for, pk):
    found = one(app, select(Attachment).where(Attachment.latitude.is_not(None)))
    assert (found.latitude, found.longitude, found.within) == (26.580001, 106.710002, 8) and found.shot_at < found.created_at
    kept = Image.open(io.BytesIO(client_for("inspector").get(f"/file/{found.id}", buffered=True).data))
    assert not kept.getexif() and not [key for key in kept.info if "exif" in key.lower()]


@pytest.mark.parametrize(("account", "seen"), [("inspector", True), ("county", True), ("school", False), ("township", False)])
def test_only_inspectors_and_the_county_office_see_it(app, client_for, pk, account, seen):
    with app.app_context(), scope.everything(db.session()):
        school = db.session.get(Inspection, pk).school_id
    page = client_for(account).get(f"/visit/{pk}/report")
    assert page.status_code in ((200,) if seen else (200, 404)), school
    assert (PLACE in page.text) is seen
    assert "26.58" not in client_for(account).get(f"/inspection/history/{pk}").text


def test_the_history_does_not_tell_it(app, pk):
    lines = one(app, select(Change.lines).where(Change.entity == "Attachment").order_by(Change.id.desc()))
    assert lines and not [line for line in lines if line[0] in ("shot_at", "latitude", "longitude", "within")]
