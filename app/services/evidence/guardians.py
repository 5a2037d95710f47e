"""Figures on guardianship and the letters with guardians (C1, C2, C8)."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.models.children import Child, Guardian, ParentSpell
from app.models.safety import ResponsibilityLetter
from app.models.words import _
from app.services.evidence import group
from app.services.evidence.core import Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import faults, share
from app.services.evidence.period import last_birth
from app.services.evidence.place import Place
from app.services.evidence.reads import tally


@evidence("entrustment_letters", label=_("委托照护书"), target_percent=100)
def entrustment_letters(at: Place, params: Params) -> Figure:
    """Children with both parents away whose parents told the school and left a letter (minors' protection 22, 23)."""
    of = (*group.left_behind(at.school), Child.left_behind == "2")
    unsaid = group.spell_of(ParentSpell.state == "away", group.in_force(at.on), ~ParentSpell.notified)
    letter = group.has_letter("entrustment", at.on)
    found = yield tally(Child, *of, good=letter & ~unsaid, letters=letter, told=~unsaid)
    return share(found.good, found.total, target=params["target_percent"], letters=found.letters, told=found.told,
                 rows=Rows(Child, ids(Child, *of, untrue(letter & ~unsaid)), found.total - found.good),
                 text=_("双亲外出 %(total)s 人，有委托照护书 %(letters)s 人，已书面告知学校 %(told)s 人，两样都有 %(good)s 人"),
                 empty=_("没有双亲外出的留守儿童"))


@evidence("weak_guardians", label=_("委托监护人照护能力"), elderly_from_years=70)
def weak_guardians(at: Place, params: Params) -> Figure:
    """Entrusted guardians of left-behind children who are elderly, ill or weak; unable ones suggest "fail"."""
    of = (Guardian.school_id == at.school.id, Guardian.rank == "second",
          Guardian.child_id.in_(select(Child.id).where(*group.left_behind(at.school))))
    elderly = Guardian.birth_date <= last_birth(params["elderly_from_years"], at.on)
    unable = Guardian.ability == "none"
    bad = or_(elderly, Guardian.ill, Guardian.ability.in_(("weak", "none")))
    found = yield tally(Guardian, *of, bad=bad, elderly=elderly, ill=Guardian.ill, weak=Guardian.ability == "weak", unable=unable)
    return faults(found.bad, found.total, unit=_("人"), rows=Rows(Guardian, ids(Guardian, *of, bad), found.bad),
                  suggestion="fail" if found.unable else "partly" if found.bad else "pass",
                  text=_("委托监护人 %(total)s 人，其中满 %(years)s 周岁 %(elderly)s 人、患病 %(ill)s 人、"
                         "能力较弱 %(weak)s 人、无照护能力 %(unable)s 人"),
                  empty=_("没有登记委托监护人"), threshold=_("有照护能力，没有禁止情形"), years=params["elderly_from_years"],
                  elderly=found.elderly, ill=found.ill, weak=found.weak, unable=found.unable)


@evidence("guardian_letters", label=_("责任书签订率"), target_percent=100)
def guardian_letters(at: Place, params: Params) -> Figure:
    """Left-behind children whose guardian signed a letter that still holds (S0 plan 4; S1)."""
    letter, of, good = ResponsibilityLetter, group.left_behind(at.school), group.has_letter("school_guardian", at.on)
    found, expired = yield (tally(Child, *of, good=good), tally(letter, letter.school_id == at.school.id, letter.level == "school_guardian",
                                                                letter.expires_on < at.on))
    return share(found.good, found.total, target=params["target_percent"], empty=group.NO_CHILDREN, expired=expired.total,
                 rows=Rows(Child, ids(Child, *of, untrue(good)), found.total - found.good),
                 text=_("留守儿童 %(total)s 人，与监护人签订且有效 %(good)s 人，未签 %(bad)s 人；已过期的责任书 %(expired)s 份"))
