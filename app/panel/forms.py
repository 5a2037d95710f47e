"""A form from the declaration: one WTForms field a declared field, the rules in services/records.py."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import wtforms
from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from sqlalchemy import Boolean, Date, Float, Integer, Text, select
from wtforms import Field

from app.extensions import db
from app.models import entities
from app.models.base import Entity, UtcDateTime, fields_of
from app.models.base import Field as Declared
from app.models.by_row import ByRow
from app.models.letters import Letters, Several
from app.models.parameters import Parameters
from app.models.rules import RuleError, clean_text
from app.panel.address import whole
from app.panel.item_fields import LettersField, ParametersField, SeveralField
from app.services import choosing, clock, masks, narrow, once
from app.services.scope import Asker
from app.services.table import names, names_anywhere
from app.services.values import parse, text_of


def say(error: RuleError) -> str:
    """A rule's message in the reader's language."""
    return gettext(error.message, **{name: _said(value) for name, value in error.params.items()})


def say_all(errors: Mapping[str, RuleError]) -> str:
    """All that is wrong, in one line."""
    return gettext("；").join(say(error) for error in errors.values())


def _said(value: Any) -> Any:
    """A parameter: a label translated, a list of names joined."""
    if isinstance(value, list):
        return gettext("、").join(value)
    return gettext(value) if isinstance(value, str) else value


def new_token() -> str:
    """What a form carries in ``_token``, so that it makes one row however often it is posted."""
    return secrets.token_urlsafe(24)


def token_sent(name: str = "_token", prefix: str = "", file: bytes = b"") -> once.Token | None:
    """The token of the form that was posted, or of those of its fields that begin so, with what was typed and the file that came along."""
    token = clean_text(request.form.get(name, ""))[:64]
    typed = sorted(one for one in request.form.items(multi=True) if not one[0].startswith("_") and one[0].startswith(prefix) and one[0] != "csrf_token")
    said = json.dumps(typed) + (hashlib.sha256(file).hexdigest() if file else "")
    return once.Token(token, said) if token else None


class LookupWidget:
    """A hidden id and a text that searches; without script the typed name is sent and looked up."""

    def __call__(self, field: LookupField, **attrs: Any) -> Markup:
        said = "".join(f' {name.replace("_", "-")}="{escape(value)}"' for name, value in attrs.items() if value not in (False, None, True))
        focus = " autofocus" if attrs.get("autofocus") is True else ""
        required = " required" if field.flags.required else ""
        return Markup('<input type="hidden" name="{0}" value="{1}"><input type="text" id="{0}" name="{0}__text" value="{2}" '  # noqa: S704
                      'data-lookup-url="{3}"{4}{5}{6}>').format(
            field.name, field.data or "", field.text, field.lookup_url, Markup(said), Markup(focus), Markup(required))  # noqa: S704


class LookupField(Field):
    """A reference to another row, by search instead of a select of all rows. Its data is the row's id."""

    widget = LookupWidget()

    def __init__(self, label: str, *, declared: Declared, owner: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.target, self.typed, self.declared, self.owner = entities()[str(declared.target)], "", declared, owner

    @property
    def lookup_url(self) -> str:
        return url_for("Lookup.find", entity=self.target.__name__, of=f"{self.owner}.{self.declared.key}" if self.declared.among else None)

    @property
    def text(self) -> str:
        if self.typed and not self.data:
            return self.typed
        known = names_anywhere if self.declared.named and self.data == self.object_data else names  # of what the row has already
        return known(db.session(), self.target, [self.data]).get(self.data, "") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = whole(valuelist[0]) if valuelist else None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # type: ignore[override]
        super().process(formdata, data)
        self.typed = clean_text(formdata.get(f"{self.name}__text", "")) if formdata else ""
        if formdata and self.typed and not self.data:
            self.data = self._by_name(self.typed)

    def _by_name(self, text: str) -> int | None:
        """The one visible row of exactly this name."""
        title = getattr(self.target, self.target.__title__)
        found = db.session.scalars(select(self.target.id).where(title == text, *narrow.conditions(self.declared)).limit(2)).all()
        return found[0] if len(found) == 1 else None

    def pre_validate(self, form: Any) -> None:
        if self.typed and not self.data:
            raise wtforms.ValidationError(gettext("没有找到“%(name)s”，请从搜索结果中选择", name=self.typed))


class Parsed:
    """What was typed goes through the one converter that sheets and the API use too."""

    declared: Declared

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None  # type: ignore[assignment]
        try:
            self.data = parse(self.declared, valuelist[0]) if valuelist else None
        except RuleError as wrong:
            raise ValueError(say(wrong)) from wrong


class StringField(Parsed, wtforms.StringField):
    pass


class TextAreaField(Parsed, wtforms.TextAreaField):
    pass


class IntegerField(Parsed, wtforms.IntegerField):
    pass


class DecimalField(Parsed, wtforms.DecimalField):
    pass


class DateField(Parsed, wtforms.DateField):
    pass


class DateTimeLocalField(Parsed, wtforms.DateTimeLocalField):
    """Typed in local time, kept with its zone."""

    def process_data(self, value: Any) -> None:
        self.data = clock.local(value) if value else value


class Must:
    """Marks a field that has to be filled; whether it is, records.check says."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Nothing to check here: a message must not stand twice."""


class PanelForm(FlaskForm):
    """The base of all generated forms; CSRF is checked for every request in guard.py."""

    class Meta:
        csrf = False

    def complain(self, errors: Mapping[str, RuleError]) -> str:
        """Put what was refused beside its fields; returns what belongs to none of them."""
        rest = []
        for key, error in errors.items():
            if key in self:
                self[key].errors = self[key].errors or (say(error),)
            else:
                rest.append(say(error))
        return gettext("；").join(rest)

    def values(self) -> dict[str, Any]:
        """What was typed, by field key; a covered secret that came back as it was is left out."""
        return {name: None if field.data == "" else field.data for name, field in self._fields.items() if not _untouched(field)}



def form_class(model: type[Entity], keys: tuple[str, ...]) -> type[PanelForm]:
    """The form of an entity with these fields, made once."""
    return _form_class(model.__name__, keys)


@cache
def _form_class(entity: str, keys: tuple[str, ...]) -> type[PanelForm]:
    fields = fields_of(entities()[entity])
    return type(f"{entity}Form", (PanelForm,), {key: field_of(fields[key], entity) for key in keys})


def _untouched(field: Field) -> bool:
    """A covered text that came back as it was shown."""
    return masks.still_covered(field.data) and field.data == field.object_data


def field_of(one: Declared, owner: str) -> Any:
    """The form's field of a declared one; ``owner`` is the entity that a link's look-up asks for."""
    said = {"label": lazy_gettext(one.label), "description": lazy_gettext(one.hint) if one.hint else "", "render_kw": _attributes(one),
            "validators": [Must()] if one.required and not isinstance(one.type, Boolean) else []}
    if one.target:
        return LookupField(**said, declared=one, owner=owner)
    if one.choices or isinstance(one.choices, ByRow):
        return wtforms.SelectField(**said, choices=_choices(one), default=one.default or "", validate_choice=False)
    if isinstance(one.type, Boolean):
        return wtforms.BooleanField(**said, default=one.default)
    plain = next((field for kind, field in FIELD_OF if isinstance(one.type, kind)), StringField)
    return type(plain.__name__, (plain,), {"declared": one})(**said, default=one.default)


# In this order: Text is a String.
FIELD_OF: tuple[tuple[Any, Any], ...] = (
    (UtcDateTime, DateTimeLocalField), (Date, DateField), (Float, DecimalField), (Integer, IntegerField), (Text, TextAreaField),
    (Letters, LettersField), (Several, SeveralField), (Parameters, ParametersField))


def _choices(one: Declared) -> list[tuple[str, Any]]:
    blank = [] if one.required and one.default is not None else [("", lazy_gettext("请选择"))]
    return [*blank, *((code, lazy_gettext(label)) for code, label in (one.choices or {}).items())]


def offer(model: type[Entity], form: PanelForm) -> None:
    """Put the choices of the row, as it is typed, into the fields that depend on it; what a field has already is among them."""
    for key, one in fields_of(model).items():
        if key in form and isinstance(one.choices, ByRow):
            known, field = _of_row(model, form, one), form[key]
            codes = [*known, *([field.data] if field.data in known and field.data not in [*known] else [])]
            field.choices = _grouped([(code, choosing.said(known[code], gettext)) for code in codes])


def _grouped(words: list[tuple[str, str]]) -> Any:
    """The choices below the first part of their labels, where they have parts; those without come first."""
    groups = {"": [("", gettext("请选择") if words else gettext("先选好上面的，点“保存”后再选"))]}
    for code, label in words:
        groups.setdefault(label.partition(choosing.WITHIN)[0] if choosing.WITHIN in label else "", []).append((code, label))
    own = groups.pop("")
    return {gettext("基本项目"): own, **groups} if groups else own


def text(model: type[Entity], form: PanelForm, one: Declared) -> str:
    """What a field says, as it is typed."""
    value = form[one.key].data
    return _of_row(model, form, one).get(value, value or "") if isinstance(one.choices, ByRow) else text_of(one, value)


def _of_row(model: type[Entity], form: PanelForm, one: Declared) -> choosing.Vocabulary:
    decided = choosing.basis(db.session(), model, one, lambda other: form[other.key].data if other.key in form else None)
    return choosing.choices(one, decided)


def _attributes(one: Declared) -> dict[str, Any]:
    """Of the input: how long it may be, and whether browsers may keep a draft of it (draft.js)."""
    if isinstance(one.type, Text):
        return {"rows": 4}
    if one.secret:
        return {"autocomplete": "off", "data-secret": True}
    length = getattr(one.type, "length", None)
    return {"autocomplete": "off", "maxlength": length} if length and one.choices is None else {}


def data_of(row: Entity, keys: tuple[str, ...], who: Asker) -> dict[str, Any]:
    """What the form of a row begins with; secrets as covered as the asker sees them."""
    fields, found = fields_of(type(row)), {}
    for key in keys:
        one = fields[key]
        value = getattr(row, one.column if one.target else key)
        found[key] = masks.cover(value, masks.level(who, type(row), one)) if one.secret else value
    return found
