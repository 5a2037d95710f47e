"""What a row that went to another school has left behind, in words: who is now to be found anew."""

from __future__ import annotations

from itertools import groupby

from flask import flash
from flask_babel import gettext as _

from app.extensions import db
from app.models.base import Entity, Kind, fields_of
from app.services import leaving

MOST_NAMED = 5


def tell() -> None:
    """Once a save is through, on the page that follows."""
    for sentence in sentences():
        flash(sentence, "warning")


def sentences() -> list[str]:
    """What was left behind since it was last asked for. No personal name: a message in the session's cookie can be read."""
    said = []
    left = leaving.told(db.session())
    if left.links:
        groups = groupby(left.links, key=lambda one: (type(one.leaner), one.field))
        what = _("、").join(_said(model, one, list(links)) for (model, one), links in groups)
        said.append(_("已随之空出，请另行安排：%(what)s。", what=what))
    if left.pairings:
        said.append(_("与离开的教师结的 %(count)s 对帮扶已经结束。", count=left.pairings))
    if left.accounts:
        said.append(_("离开的教职工在原学校的 %(count)s 个账号已经停用：改好学校再启用。", count=left.accounts))
    return said


def _said(model: type[Entity], one: leaving.Field, links: list[leaving.Loosened]) -> str:
    words = {"label": _(model.__label__), "link": _(one.label)}
    if len(links) > MOST_NAMED or not model.__title__ or fields_of(model)[model.__title__].kind is Kind.PERSONAL:
        return _("%(count)s 条%(label)s的%(link)s", count=len(links), **words)
    return _("、").join(_("%(label)s“%(name)s”的%(link)s", name=str(link.leaner), **words) for link in links)
