"""What the official registration form asks for besides the card: household, disability, income, aid, grandparents.

Rolled with dice of its own, so that the rest of the county stays as it was.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.models import codes
from app.models.children import Guardian
from app.services.clock import add_months
from seeds import names
from seeds.bulk import Row
from seeds.demo.world import School, World

REGISTERED = {"yes": 99, "no": 1}
NEEDY_AID = ("低保", "低保、医疗救助", "低保、临时救助", "低保、住房救助", "临时救助")
AID = {codes.NO_AID: 82, "低保": 8, "临时救助": 4, "医疗救助": 3, "其他救助": 3}
INCOME_HOME = ("种养殖业", "打工收入、种养殖业", "种养殖业、政府救助", "种养殖业、亲朋接济")
INCOME_AWAY = ("打工收入", "打工收入", "打工收入、种养殖业", "打工收入、亲朋接济")
DISABILITY = {"肢体": "limbs", "听力": "hearing", "视力": "sight", "言语": "speech"}
GRANDPARENTS = ("grandfather", "grandmother", "maternal_grandfather", "maternal_grandmother")
GONE_PERCENT = 18


def dice(child: Row) -> Random:
    """The child's own, the same whenever the county is made."""
    return Random(child["uid"])


def fill(child: Row, away: bool) -> None:
    """Household, disability, income and aid of one child; ``away``: a parent works elsewhere."""
    rng = dice(child)
    child["registered"] = "no" if child["id_number_enc"] is None else rng.choices(list(REGISTERED), list(REGISTERED.values()))[0]
    if child["health"] == "disabled":
        said = child["illness"] or ""
        child["disability_kind"] = next((code for word, code in DISABILITY.items() if said.startswith(word)), "several")
        child["disability_grade"] = next((code for code, label in codes.DISABILITY_GRADE.items() if said.endswith(label)), "3")
    child["income"] = rng.choice(INCOME_AWAY if away else INCOME_HOME)
    hard = child["special_group"] in ("needy", "disabled", "seriously_ill")
    child["aid"] = rng.choice(NEEDY_AID) if hard else rng.choices(list(AID), list(AID.values()))[0]


def grandparents(world: World, school: School) -> None:
    """The grandparents of a school's children who guard nobody: name and birth date, as the form has them."""
    for child in school.children:
        rng = dice(child)
        for relation in GRANDPARENTS:
            if relation in school.guarding.get(child["id"], ()):
                continue
            birth = add_months(child["birth_date"], -12 * rng.randint(48, 66)) - timedelta(days=rng.randint(0, 364))
            world.bulk.add(Guardian, **school.of_child(child), name=names.guardian_name(rng, relation, child["name"]), rank="relative",
                           relation=relation, birth_date=birth, deceased=rng.random() * 100 < GONE_PERCENT)
