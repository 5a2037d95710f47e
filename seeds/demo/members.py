"""The demo accounts: one of each role, and two more school admins to look over the fence."""

from __future__ import annotations

import secrets
from typing import Any

from werkzeug.security import generate_password_hash

from app.models.codes import ROLE
from app.models.org import Member
from seeds import names
from seeds.bulk import Row
from seeds.demo.care import demo_teacher
from seeds.demo.world import Place, School, World


class Accounts:
    """Makes members with one password and remembers them as (username, role, place)."""

    def __init__(self, world: World, password: str, method: str) -> None:
        self.world, self._password = world, generate_password_hash(password, method)
        self.made: list[dict[str, str]] = []

    def at_place(self, username: str, role: str, place: Place, **values: Any) -> Row:
        return self._make(username, role, place.name, place.row["id"], **values)

    def at_school(self, username: str, school: School) -> Row:
        return self._make(username, "school", school.plan.name, school.plan.place.row["id"], school_id=school.id)

    def teacher(self, username: str, school: School) -> Row:
        """The class teacher of the school's first child."""
        staff = demo_teacher(school)
        return self._make(username, "teacher", school.plan.name, school.plan.place.row["id"], name=staff["name"],
                          school_id=school.id, staff_id=staff["id"])

    def _make(self, username: str, role: str, where: str, area_id: int, **values: Any) -> Row:
        self.made.append({"username": username, "role": ROLE[role], "place": where})
        values["name"] = values.get("name") or names.person_name(self.world.rng, "f", "parent")
        return self.world.bulk.add(
            Member, username=username, role=role, area_id=area_id, session_stamp=secrets.token_hex(16),
            password=self._password, **values)
