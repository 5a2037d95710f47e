"""A key ends with the password and with the account."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.audit import Change
from app.models.org import AccessKey, Member
from app.services import clock, keys
from tests.support.client import DeskClient, switched
from tests.support.settings import PASSWORD

NEW = "Another-pass-2028"


@pytest.fixture
def keys_of(app, look):
    """Two running keys of an account, and what a machine that bears the first is answered."""

    def make(username):
        texts = [f"sw_{secrets.token_hex(8)}" for _key in range(2)]

        def add(session):
            member_id = session.scalar(select(Member.id).where(Member.username == username))
            session.add_all(AccessKey(name=text, member_id=member_id, digest=keys.digest(text), prefix=text[:8],
                                      expires_on=clock.today() + timedelta(days=30)) for text in texts)
            return member_id

        member_id = look(add)

        def answers():
            return [app.test_client().get("/api/v1/school/", headers={"Authorization": f"Bearer {text}"}).status_code for text in texts]

        assert answers() == [200, 200]
        return member_id, texts, answers

    return make


def revoked(look, text):
    return look(lambda session: session.scalar(select(AccessKey.revoked_at).where(AccessKey.digest == keys.digest(text))))


def test_a_reset_password_ends_the_keys_of_this_account_alone(client_for, look, keys_of):
    pk, texts, answers = keys_of("school2")
    _other, _texts, others = keys_of("school")
    assert client_for("township").get(f"/member/password/{pk}").status_code == 200
    assert answers() == [200, 200], "asking alone changes nothing"
    assert client_for("township").post(f"/member/password/{pk}").status_code == 200
    assert answers() == [401, 401] and all(revoked(look, text) for text in texts)
    assert others() == [200, 200]
    told = look(lambda session: session.scalars(select(Change.who).join(AccessKey, AccessKey.id == Change.row_id).where(
        Change.entity == "AccessKey", Change.action == "edit", AccessKey.member_id == pk)).all())
    assert len(told) == 2 and "系统" not in told


def test_an_account_that_was_switched_off_comes_back_without_its_keys(client_for, keys_of):
    pk, _texts, answers = keys_of("school3")
    for state in ([401, 401], [401, 401]):
        assert switched(client_for("admin"), pk).status_code == 302
        assert answers() == state


def test_an_own_new_password_ends_them_and_says_so(app, look, keys_of):
    _pk, _texts, answers = keys_of("county")
    client = DeskClient(app)
    client.log_in("county", PASSWORD)
    answer = client.post("/me/password", data={"old": "wrong", "new": NEW, "again": NEW})
    assert answer.status_code == 200 and answers() == [200, 200]
    page = client.post("/me/password", data={"old": PASSWORD, "new": NEW, "again": NEW}, follow_redirects=True).get_data(as_text=True)
    assert "2 个接口密钥已停用" in page and answers() == [401, 401]
