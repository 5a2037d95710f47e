"""A token that comes again with other words: what was saved stays, what was typed is not lost, and it is told."""


import io
import re

from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from app.extensions import db
from app.models.audit import Attachment, Submission
from app.models.care import Talk
from app.models.org import Member
from app.models.safety import Hazard
from app.services import clock, scope
from tests.panel.test_editing import HAZARD, form_of, value_of

TOLD = "这一份已经保存过，内容与这次的不同"


def number(look, what):
    return look(lambda session: session.scalar(select(func.count(Hazard.id)).where(Hazard.what == what)))


def test_other_words_with_the_same_token_are_given_back_beside_the_way_to_what_was_saved(client_for, look):
    client = client_for("school")
    _page, hidden = form_of(client, "/hazard/add")
    first = client.post("/hazard/add", data={**HAZARD, **hidden, "what": "先写的"})
    again = client.post("/hazard/add", data={**HAZARD, **hidden, "what": "后写的"})
    page = again.get_data(as_text=True)
    assert again.status_code == 200 and TOLD in page and 'value="后写的"' in page and f'href="{first.location}"' in page
    assert (number(look, "先写的"), number(look, "后写的")) == (1, 0)
    once_more = {**HAZARD, "what": "后写的", "_token": value_of(page, "_token")}  # on purpose: it is another one
    assert client.post("/hazard/add", data=once_more).status_code == 302
    assert (number(look, "先写的"), number(look, "后写的")) == (1, 1)
    assert client.post("/hazard/add", data={**HAZARD, **hidden, "what": "先写的"}).location == first.location, "the same words lead to what they made"


def test_other_words_with_the_same_key_of_a_request_are_refused(client_for, look):
    client, key = client_for("school"), {"Idempotency-Key": "words-1"}
    first = client.post("/api/v1/hazard/", json={**HAZARD, "what": "接口先写的"}, headers=key)
    same = client.post("/api/v1/hazard/", json={**HAZARD, "what": "接口先写的"}, headers=key)
    other = client.post("/api/v1/hazard/", json={**HAZARD, "what": "接口后写的"}, headers=key)
    assert (first.status_code, same.status_code, other.status_code) == (201, 201, 422) and same.json == first.json
    assert TOLD in other.json["message"] and number(look, "接口后写的") == 0


def test_a_line_of_the_one_page_entry_is_told_too_and_no_other_line(client_for, look):
    client = client_for("school")
    page = client.get("/quick/talk/").get_data(as_text=True)
    one, two = list(dict.fromkeys(re.findall(r'name="child" value="(\d+)"', page)))[:2]
    tokens = {f"_token{pk}": value_of(page, f"_token{pk}") for pk in (one, two)}
    said = {"child": [one, two], **tokens, **{f"c{pk}-talked_on": clock.today().isoformat() for pk in (one, two)}}
    kinds = {f"c{pk}-kind": "regular" for pk in (one, two)}
    assert client.post("/quick/talk/", data={**said, **kinds, f"c{one}-content": "聊了学习"}).status_code == 302
    told = client.post("/quick/talk/", data={**said, **kinds, f"c{one}-content": "聊了家里", f"c{two}-content": "聊了同学"})
    again = told.get_data(as_text=True)
    assert told.status_code == 200 and again.count(TOLD) == 1 and "聊了家里" in again
    assert value_of(again, f"_token{one}") != said[f"_token{one}"]
    made = look(lambda session: session.scalar(select(Talk.id).where(Talk.content == "聊了学习")))
    assert "要另外新建一条，请再点一次“保存”。" in again and f'href="/talk/show/{made}"' in again, "its new token makes another one"
    texts = look(lambda session: sorted(session.scalars(select(Talk.content).where(Talk.child_id.in_((int(one), int(two))), Talk.content.like("聊了%")))))
    assert texts == sorted(["聊了学习", "聊了同学"])


def test_another_file_with_the_same_token_is_refused_and_said(client_for, look):
    client = client_for("school")
    pk = look(lambda session: session.scalar(select(Hazard.id).join(Member, Member.school_id == Hazard.school_id).where(Member.username == "school")))
    token = value_of(client.get(f"/hazard/show/{pk}").get_data(as_text=True), "_token")

    def send(text, name="a.pdf", **headers):
        return client.post(f"/file/Hazard/{pk}", data={"file": (io.BytesIO(b"%PDF-1.4\n" + text + b"\n%%EOF"), name), "_token": token}, headers=headers,
                           content_type="multipart/form-data")

    json = {"Accept": "application/json"}
    first, same, other = send(b"one", **json), send(b"one", "b.pdf", **json), send(b"two", **json)
    assert (first.status_code, same.status_code, other.status_code) == (200, 200, 422)
    assert same.json["id"] == first.json["id"] and TOLD in other.json["message"]
    assert send(b"two").status_code == 302
    page = client.get(f"/hazard/show/{pk}").get_data(as_text=True)
    assert TOLD in page and value_of(page, "_token") != token, "beside the button, which sends it as another one from now on"
    assert look(lambda session: session.scalars(select(Attachment.name).where(Attachment.entity == "Hazard", Attachment.row_id == pk)).all()) == ["a.pdf"]


def test_forms_of_before_are_known_after_the_house_goes_up(app):
    with app.app_context():
        with scope.everything(db.session()):
            db.session.add_all(Submission(token=token, content=content, entity="Hazard", row_id=1) for token, content in (("old", None), ("new", "0" * 32)))
            db.session.commit()
            db.session.remove()
        before = kept()
        downgrade(revision="0021")
        assert "content" not in {one["name"] for one in inspect(db.engine).get_columns("submission")}
        upgrade()
        assert kept() == dict.fromkeys(before) and before["new"] == "0" * 32, "every form is known still, and none is compared"


def kept():
    """Token → digest."""
    with db.engine.connect() as connection:
        return dict(connection.execute(select(Submission.token, Submission.content)).all())
