"""Form fields of several answers: signs and words to tick, and the parameters of an item's figure, each in an input of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import wtforms
from flask_babel import gettext
from markupsafe import Markup
from wtforms.widgets import CheckboxInput, ListWidget

from app.models.base import Field as Declared
from app.models.letters import JOINT, Letters, Several
from app.models.parameters import PARAMETERS, read
from app.models.rules import RuleError


class BoxesWidget(ListWidget):
    """The boxes as one group, called as the field is."""

    def __call__(self, field: Any, **attrs: Any) -> Markup:
        """The list stays one: what is read aloud as a group stands round it."""
        return Markup('<div role="group" aria-label="{}">{}</div>').format(field.label.text, super().__call__(field, **attrs))


class LettersField(wtforms.SelectMultipleField):
    """A box for each sign; the data is the ticked signs run together, in their order."""

    declared: Declared
    joint = ""
    widget, option_widget = BoxesWidget(prefix_label=False), CheckboxInput()

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, choices=[(sign, gettext(word)) for sign, word in self.words()], **{**options, "render_kw": {}})

    def words(self) -> Iterable[tuple[str, str]]:
        """Each sign and its word."""
        return self.declared.type.words if isinstance(self.declared.type, Letters) else ()

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        ticked = self.joint.join(sign for sign, _word in self.choices if sign in valuelist)
        kept = self.object_data or ""
        self.data = kept if sorted(kept) == sorted(ticked) else ticked  # an order that nobody changed stays

    def pre_validate(self, form: Any) -> None:
        """What is not offered was not taken."""


class SeveralField(LettersField):
    """The same for official words, each its own code."""

    joint = JOINT

    def words(self) -> Iterable[tuple[str, str]]:
        return [(word, word) for word in self.declared.type.words] if isinstance(self.declared.type, Several) else []


class ParametersWidget:
    """An input each, with unit and default; what is wrong stands beside it."""

    def __call__(self, field: ParametersField, **_attrs: Any) -> Markup:
        lines = Markup("").join(self._line(field, name) for name in field.known)
        empty = Markup('<p class="hint">{}</p>').format(field.empty) if not field.known else ""
        return Markup('<div class="params" id="{}" role="group" aria-label="{}">{}{}</div>').format(field.id, field.label.text, lines, empty)

    def _line(self, field: ParametersField, name: str) -> Markup:
        one, pk, wrong = PARAMETERS[name], f"{field.id}-{name}", field.wrong.get(name)
        words = one.unit is None
        attrs = Markup(' class="wide"') if words else Markup(' inputmode="numeric"')
        attrs += Markup(' aria-invalid="true"') if wrong else ""
        error = Markup('<p class="err" id="{}-err">{}</p>').format(pk, wrong) if wrong else ""
        return Markup('<div class="param"><label for="{0}">{1}</label><span><input id="{0}" name="{0}" value="{2}" autocomplete="off"'
                      ' aria-describedby="{0}-hint{3}"{4}>{5}</span><small class="hint" id="{0}-hint">{6}</small>{7}</div>').format(
            pk, gettext(one.label), field.shown(name), f" {pk}-err" if wrong else "", attrs,
            "" if one.unit is None else f" {gettext(one.unit)}", field.beside.get(name, ""), error)


class ParametersField(wtforms.Field):
    """``{name: value}``. The view says by ``take`` which names the row's function knows, and their defaults."""

    declared: Declared
    widget = ParametersWidget()
    empty = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # type: ignore[override]
        super().process(formdata, data)
        self.known: Mapping[str, Any] = {}
        self.beside: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        self.posted = formdata is not None
        self.typed: dict[str, str] = {name: formdata[f"{self.name}-{name}"] for name in PARAMETERS if f"{self.name}-{name}" in formdata} if formdata else {}

    def take(self, known: Mapping[str, Any]) -> None:
        """Read what was typed for these names; what was left empty is the default."""
        self.known, kept = known, self.object_data or {}
        found = {name: kept.get(name, default) for name, default in known.items()}
        for name, text in self.typed.items():
            if name in known:
                try:
                    found[name] = read(name, text) if text.strip() else known[name]
                except RuleError as wrong:
                    self.wrong[name] = gettext(wrong.message, **wrong.params)
        self.process_errors: list[str] = [gettext(PARAMETERS[name].label) + gettext("：") + why for name, why in self.wrong.items()]
        self.data = found or ({} if self.object_data == {} else None)

    def shown(self, name: str) -> Any:
        return self.typed[name] if name in self.wrong else (self.data or {})[name]
