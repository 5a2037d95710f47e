"""Records that go their way by declared steps: a button for each step that is offered, a page that asks, and the button that takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from flask import abort, flash, redirect, request
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.rules import RuleError
from app.models.words import N_
from app.panel import confirm
from app.panel.forms import new_token, say, say_all, token_sent
from app.panel.security import asker
from app.panel.view import PanelView
from app.services import records


class Step(NamedTuple):
    """A button of a record: in which states it is offered (none: in any), what it asks and does, what is said then.

    ``work`` takes the session, the row and, where the step ``asks``, the text that was typed; it refuses that under "reason". Where the step
    ``makes`` a record it takes the page's ``token`` too, so that what is sent twice makes one, and gives that record: one is led to it. It asks
    nothing then: there are no other words that it could be sent with again.
    """

    label: str
    states: tuple[str, ...]
    text: str
    done: str
    work: Callable[..., Any]
    role: str = ""  # whose it is, beside the right to write; "": of everybody who has that
    asks: str = ""  # the label of a text without which it is not done
    asks_of: Callable[[Any], bool] | None = None  # the rows of which it asks that; of every one where nothing is said
    only: Callable[[Any], bool] | None = None  # what must hold of the row beside its state
    makes: bool = False


NO_ERRORS: Mapping[str, RuleError] = {}


class Taken(NamedTuple):
    """What became of a step: what its work gave, or why it was not taken, by field; ``stale``: someone else had changed the record.

    ``again``: it was taken with other words before; sent once more with a new token, it is taken anew.
    """

    made: Any = None
    errors: Mapping[str, RuleError] = NO_ERRORS
    stale: bool = False
    again: bool = False


NOT_TAKEN = Taken()


def taken(work: Callable[[], Any]) -> Taken:
    """Take a step and commit. Refused, nothing of it stays in the database; the page that asked gives back what was typed."""
    try:
        made = work()
        db.session.commit()
    except records.Refused as refused:
        db.session.rollback()
        return Taken(errors=refused.errors, again=refused.made is not None)
    except records.Conflict:
        db.session.rollback()
        return Taken(errors={"": RuleError(N_("有人刚刚改了这条记录，请核对后再办。"))}, stale=True)
    return Taken(made)


class Stepped(PanelView):
    """A view whose records go on by steps."""

    steps: ClassVar[Mapping[str, Step]] = {}

    def subject(self, row: Any) -> str:
        """What the asking page names beside the step."""
        return str(row)

    def back_of(self, row: Any) -> str:
        """Where the step is asked for, and where one stands again when nothing was done."""
        return self.url("show", pk=row.id)

    def after(self, row: Any, what: str) -> str:
        """Where one stands when it was done; ``row`` is the record that the step made, where it makes one."""
        return self.back_of(row)

    def warning_of(self, row: Any, what: str) -> str:
        """What the asking page says of this very row, behind what it says of any."""
        return ""

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        return [{"label": _(step.label), "url": self.url("step", pk=row.id, what=what)} for what, step in self.steps.items() if self._offers(step, row)]

    def _offers(self, step: Step, row: Any) -> bool:
        mine = self.may("write") and step.role in ("", asker().role)
        return mine and (not step.states or row.state in step.states) and (step.only is None or step.only(row))

    @expose("/step/<int:pk>/<what>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def step(self, pk: int, what: str) -> str | Response:
        """A page that asks; its button takes the step."""
        row, step = self.row(pk), self.steps.get(what) or abort(404)
        if step.role not in ("", asker().role):
            raise records.Forbidden(f"{what} {self.model.__name__}")
        if request.method == "GET":
            return self._asked(row, what, step)
        typed, back = request.form.get("reason", ""), self.back_of(row)
        done = taken(lambda: step.work(db.session(), row, *([typed] if step.asks else []), **({"token": token_sent()} if step.makes else {})))
        if done.errors and (step.asks_of is None or "reason" in done.errors) and step.asks:
            return self._asked(self.row(pk), what, step, typed, done)
        if done.errors:
            flash(say_all(done.errors), "danger")
            return redirect(back)
        flash(_(step.done), "success")
        return redirect(self.after(done.made if step.makes else row, what))

    def _asked(self, row: Any, what: str, step: Step, typed: str = "", done: Taken = NOT_TAKEN) -> str:
        """The page that asks; with what was typed, where that was refused."""
        label, errors = _(step.label), done.errors
        beside, rest = errors.get("reason"), {key: error for key, error in errors.items() if key != "reason"}
        asks = step.asks and (beside or step.asks_of is None or step.asks_of(row))
        text = {"label": _(step.asks), "hint": "", "value": typed, "error": say(beside) if beside else ""} if asks else None
        hidden = [("_token", new_token())] if step.makes else ()
        return confirm.ask(f"{label} · {self.subject(row)}", _(step.text) + self.warning_of(row, what), label, self.url("step", pk=row.id, what=what),
                           self.back_of(row), hidden=hidden, reason=text, message=say_all(rest))
