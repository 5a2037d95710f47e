"""Figures on the children's files (B4, B5, B6, B10, B12, C3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from app.models.audit import AccessLog
from app.models.children import Child, ParentSpell
from app.models.words import _
from app.services import left_behind
from app.services.evidence import group
from app.services.evidence.core import Evidence, Figure, Params, Rows, among, evidence, ids, untrue
from app.services.evidence.judge import faults, share, share_of
from app.services.evidence.period import end_of, last_birth, start_of
from app.services.evidence.place import Place
from app.services.evidence.reads import Read, look, tally


@evidence("filing_rate", label=_("建档率"), target_percent=100)
def filing_rate(at: Place, params: Params) -> Figure:
    """Left-behind children with a day on which the file was made (S0, S1, S3)."""
    return share_of(Child, group.left_behind(at.school), Child.filed_on <= at.on, target=params["target_percent"],
                    text=_("留守儿童 %(total)s 人，已建档 %(good)s 人，未建档 %(bad)s 人"), empty=group.NO_CHILDREN)


def card_fields(on: date) -> tuple[Any, ...]:
    """What a contact card must say, besides what no file can lack: name, sex, birth, health."""
    return (Child.id_number_enc.is_not(None), Child.school_class_id.is_not(None), Child.residence_enc.is_not(None),
            group.has_phone_of("first", "second"), group.spell_of(group.in_force(on)))


@evidence("card_completeness", label=_("联系卡完整率"), target_percent=100)
def card_completeness(at: Place, params: Params) -> Figure:
    """Filled fields of all contact cards; behind it the children with one that lacks (S0, S3, S4)."""
    of, fields = group.left_behind(at.school), card_fields(at.on)
    parts = {f"field{number}": one for number, one in enumerate(fields)}
    found = yield tally(Child, *of, complete=and_(*fields), **parts)
    incomplete = found.total - found.complete
    return share(sum(getattr(found, name) for name in parts), found.total * len(fields), target=params["target_percent"],
                 rows=Rows(Child, ids(Child, *of, untrue(and_(*fields))), incomplete), empty=group.NO_CHILDREN,
                 text=_("联系卡应填 %(total)s 项，已填 %(good)s 项；%(children)s 人的卡有缺项"
                        "（身份证号、班级、现住址、监护人电话、父母去向）"),
                 children=incomplete)


def clarities(on: date) -> tuple[Any, ...]:
    """The five clarities: basics, character, hobbies, health, contact of parents and guardians (000, 004).

    Character and hobbies stand in one column; health is clear when an illness or disability is explained.
    """
    known = group.filled(Child.character)
    return (and_(Child.id_number_enc.is_not(None), Child.school_class_id.is_not(None)), known, known,
            or_(Child.health == "healthy", group.filled(Child.illness)), group.has_phone_of("first", "second"))


@evidence("five_clarities", label=_("五个清楚"), target_percent=100, clarities=5)
def five_clarities(at: Place, params: Params) -> Figure:
    """Children of whom all five are on file; ``clarities``: how many of them, in their order, are asked for."""
    asked = clarities(at.on)[: params["clarities"]]
    return share_of(Child, group.left_behind(at.school), and_(*asked), target=params["target_percent"],
                    text=_("留守儿童 %(total)s 人，%(asked)s 项齐全 %(good)s 人，不齐 %(bad)s 人"),
                    empty=group.NO_CHILDREN, asked=len(asked))


@evidence("definition_counts", label=_("各口径人数"), sample_files=10, away_months=3, max_age_years=16)
def definition_counts(at: Place, params: Params) -> Figure:
    """How many are left-behind by each definition; behind it those on whom the definitions differ.

    A count proves no definition right, so it suggests nothing: the inspector samples.
    """
    definitions = {
        "education": replace(left_behind.DEFINITIONS["education"], months=params["away_months"]),
        "civil_affairs": replace(left_behind.DEFINITIONS["civil_affairs"], under_age=params["max_age_years"]),
        "half_year": left_behind.DEFINITIONS["half_year"]}
    columns = (ParentSpell.child_id, ParentSpell.parent, ParentSpell.state, ParentSpell.since, ParentSpell.until, ParentSpell.able)
    away = group.spell_of(ParentSpell.state == "away", group.in_force(at.on))
    found, children, spells = yield (
        tally(Child, *group.on_file(at.school)), look(select(Child.id, Child.birth_date, Child.rural, Child.stage).where(*group.on_file(at.school), away)),
        look(select(*columns).where(ParentSpell.school_id == at.school.id)))
    total, (counts, differing) = found.total, _by_definition(children, spells, at.on, definitions)
    if not total:
        return share(0, 0, text="", empty=_("学校没有在册儿童档案"))
    text = _("在册 %(total)s 人：教育口径 %(education)s 人，民政口径 %(civil_affairs)s 人，"
             "半年口径 %(half_year)s 人；口径不一 %(differing)s 人")
    said = {"total": total, "differing": len(differing), "sample": params["sample_files"], **counts}
    return Evidence(text, counts["education"], _("人"), None, total, None, "ok", None, _("抽查 %(sample)s 份档案"), said,
                    among(Child, differing))


def _by_definition(children: Sequence[Any], spells: Sequence[Any], on: date,
                   definitions: Mapping[str, left_behind.Definition]) -> tuple[dict[str, int], list[int]]:
    """Count by definition, and the children on whom they differ. Without a parent away nobody is left-behind."""
    of_child = defaultdict(list)
    for spell in spells:
        of_child[spell.child_id].append(spell)
    counts, differing = dict.fromkeys(definitions, 0), []
    for child in children:
        found = left_behind.statuses(birth=child.birth_date, on=on, rural=child.rural, stage=child.stage,
                                     spells=of_child[child.id], definitions=definitions)
        for key, status in found.items():
            counts[key] += status.left_behind
        if len({status.left_behind for status in found.values()}) > 1:
            differing.append(child.id)
    return counts, differing


@evidence("key_children", label=_("重点儿童单列"))
def key_children(at: Place, params: Params) -> Figure:
    """Left-behind children who belong on the separate list, and those who stand on it (S1)."""
    groups: dict[str, Any] = {name: Child.special_group == name for name in group.KEY_GROUPS}
    of = (*group.left_behind(at.school), group.KEY)
    found, exports = yield tally(Child, *of, good=Child.special_group.in_(group.KEY_GROUPS), **groups), _exports(at)
    listed = Child.special_group.in_(group.KEY_GROUPS)
    return share(found.good, found.total, rows=Rows(Child, ids(Child, *of, untrue(listed)), found.total - found.good),
                 text=_("重点儿童 %(total)s 人，已单列 %(good)s 人（特困 %(needy)s、残疾 %(disabled)s、无人监护 %(unguarded)s、"
                        "重病 %(seriously_ill)s）；本学期导出儿童档案 %(exports)s 次"),
                 empty=_("没有登记重点儿童"), exports=exports.total,
                 **{name: getattr(found, name) for name in groups})


def _exports(at: Place) -> Read:
    """How often children's files of the school alone were exported this term."""
    return tally(AccessLog, AccessLog.school_id == at.school.id, AccessLog.action == "export", AccessLog.entity == "Child",
                 AccessLog.at >= start_of(at.term.first), AccessLog.at < end_of(at.on))


@evidence("unguarded_children", label=_("无人监护"), alone_under_years=16, unattended_under_years=8)
def unguarded_children(at: Place, params: Params) -> Figure:
    """Children who live alone or are unattended at an age at which the law forbids it (minors' protection 21).

    Any other child without a guardian suggests "partly". All open files count, left-behind or not.
    """
    unguarded = or_(Child.guard_rating == "none", Child.special_group == "unguarded")
    alone = and_(Child.alone, Child.birth_date > last_birth(params["alone_under_years"], at.on))
    unattended = and_(unguarded, Child.birth_date > last_birth(params["unattended_under_years"], at.on))
    of, bad = group.on_file(at.school), or_(alone, unattended)
    found = yield tally(Child, *of, bad=bad, alone=alone, unattended=unattended, unguarded=unguarded, either=or_(bad, unguarded))
    advice = "fail" if found.bad else "partly" if found.unguarded else "pass"
    return faults(found.bad, found.total, unit=_("人"), suggestion=advice,
                  rows=Rows(Child, ids(Child, *of, or_(bad, unguarded)), found.either),
                  text=_("未满 %(years)s 周岁独自生活 %(alone)s 人，未满 %(under)s 周岁无人看护 %(unattended)s 人；"
                         "登记为无人监护的共 %(unguarded)s 人"),
                  empty=_("学校没有在册儿童档案"), alone=found.alone, unattended=found.unattended, unguarded=found.unguarded,
                  years=params["alone_under_years"], under=params["unattended_under_years"])
