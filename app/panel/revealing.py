"""What is shown whole to somebody who gets it covered: a text or a file, each time against a reason that the access log keeps."""

from __future__ import annotations

from types import SimpleNamespace

from flask import abort, render_template, request
from flask_babel import gettext as _

from app.extensions import db
from app.models.base import Entity, fields_of
from app.models.rules import clean_text
from app.panel.confirm import ask
from app.panel.declared import Declared
from app.panel.security import asker
from app.services import history, masks

SHORTEST_REASON = 4


def asks(row: Entity, what: str, label: str, text: str, action: str, back_url: str, stays: bool = False) -> str | None:
    """The page that asks why; None once a reason was sent that says something, which stands in the log by then.

    ``what``: column or file as the log names it, ``label`` and ``text``: as the page does, ``action``: where the reason is posted.
    ``stays``: what is shown against the reason is a file that leaves the page where it is. 404 for a role that sees it against no reason either.
    """
    if not masks.may_reveal(asker()):
        abort(404)
    reason, error = clean_text(request.form.get("reason", "")), ""
    if request.method == "POST":
        if _says_something(reason):
            history.log_access(db.session(), "reveal", type(row).__name__, row=row, columns=what, reason=reason[:200])
            db.session.commit()
            return None
        error = _("请写明理由，至少 %(least)s 个字，不要只重复一个字", least=SHORTEST_REASON)
    return ask(_("查看%(label)s", label=label), text, _("查看"), action, back_url, stays=stays,
               reason={"label": _("理由"), "hint": _("例如 联系监护人核实外出情况"), "error": error, "value": reason})


def reveal(view: Declared, row: Entity, key: str) -> str:
    """One sensitive text whole."""
    one = fields_of(view.model).get(key)
    if one is None or not (one.secret or one.confided and masks.withheld(row)):
        abort(404)
    whole, label, back_url = getattr(row, key) or "—", _(one.label), view.url("show", pk=row.id)
    text = _("%(name)s 的%(label)s 属于敏感信息。查看会记入日志：时间、您的姓名和理由。", name=view.name_of(row), label=label)
    page = asks(row, one.label, label, text, view.url("reveal", pk=row.id, key=key), back_url)
    if page is not None:
        return page
    told = SimpleNamespace(title=_("查看%(label)s", label=label), text=whole, revealed=True, cancel_url=back_url)
    return render_template("panel/confirm.html", page=told)


def _says_something(reason: str) -> bool:
    """Whether a reason has letters or Han characters enough, and not one of them over and over."""
    letters = [sign for sign in reason.casefold() if sign.isalpha()]
    return len(letters) >= SHORTEST_REASON and len(set(letters)) > 1
