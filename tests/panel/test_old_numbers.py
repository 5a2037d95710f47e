"""A number that was stored before today's rule refuses it: the child's pages stand, and whoever keeps it may change the rest."""

import pytest
from sqlalchemy import select

from app.models.children import Child
from app.models.crypto import digest, seal
from app.models.org import Member

CHILD = Child.__table__


@pytest.mark.parametrize("number", ["110105000012310024", "110105201013310025", "qzk4071xbq9m2ab7cd", "123"])
def test_a_child_with_a_number_that_names_no_day_is_edited(client_for, look, number):
    def plant(session):
        school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
        child = session.scalars(select(Child).where(Child.school_id == school).order_by(Child.id)).first()
        sealed = {"id_number_enc": seal(number, "child.id_number", child.uid), "id_number_hash": digest(number, "child.id_number")}
        session.execute(CHILD.update().where(CHILD.c.id == child.id).values(**sealed))
        return child.id

    client, pk = client_for("school"), look(plant)
    assert look(lambda session: session.get(Child, pk).id_number) == number
    for page in ("show", "edit", "history"):
        assert client.get(f"/child/{page}/{pk}").status_code == 200
    version = client.get(f"/api/v1/child/{pk}").json["version"]
    answer = client.patch(f"/api/v1/child/{pk}", json={"version": version, "name": "改名之后"})
    assert answer.status_code == 200, answer.json
    assert look(lambda session: (session.get(Child, pk).name, session.get(Child, pk).id_number)) == ("改名之后", number)
