"""The compiled check of a column says of every cell what a form says of it, word for word."""

import random
from datetime import date, datetime

import pytest

from app.models import entities, rules
from app.models.base import OfChild, fields_of
from app.models.rules import RuleError
from app.panel.views_by_entity import VIEWS
from app.services import clock, importing, masks, records
from app.services.exchange.checked import Checked
from app.services.values import column_of, parse
from tests.support.sheets import asked_by

SEED, ROWS = 20260901, 400


def numbers():
    for base in ("99010120160302123", "99010120991302123", "99010118000101001", "99010120160302000"):
        yield base + rules.check_digit(base)
        yield base + "0"


NASTY = [
    None, "", " ", "\u3000", "甲", "张 三", "张　三", "甲\n乙", "A\tB", "'0123", "１２３", "ＡＢＣ", "5²", "é",
    "e\u0301", "\u200b甲\u200d", "👨\u200d👩", "\ufeff", "是", "否", "√", "—", "无", "男", "女", "m", "小学", "1", "0",
    "02.小学", "1.5e+17", "2016-02-30", "2016年3月2日", "2016.3.2", "42430", "3天", "1,234", "-1", "七", "=1+1",
    "+86 138 1234 5678", "0857-8234567", "13812345678", "贵F12345", "贵F·12345", "2026—2027学年", "2026-2027",
    "G990101201603021234", "x" * 41, "长" * 130, "长" * 70, masks.DOTS, masks.DOTS + "1234", "示例村1组", "（甲）",
    "甲（1）", "A（１）", 0, 1, 2, 12, 13, -1, 42430, 990101201603021234, 1.0, 0.0, 2.5, 1e17, float(42430), True, False,
    date(2016, 3, 2), date(2099, 1, 1), date(1850, 1, 1), datetime(2016, 3, 2), datetime(2016, 3, 2, 8, 30), *numbers()]


def said(outcome):
    return ("wrong", str(outcome)) if isinstance(outcome, RuleError) else (type(outcome), outcome)


def by_form(one, raw):
    try:
        return records.check_value(one, parse(one, raw))
    except RuleError as wrong:
        return wrong


@pytest.mark.parametrize("entity", [name for name in VIEWS if name in entities()])
def test_a_column_is_checked_as_a_form_checks_each_value(entity):
    chance = random.Random(f"{SEED} {entity}")
    for one in fields_of(entities()[entity]).values():
        if one.target:
            continue
        pools = [NASTY, [raw for raw in NASTY if isinstance(raw, str)], list(numbers()), [None, *numbers()], [None, "甲", "乙"],
                 ["甲", "乙丙", "示例村1组", "A1", "（甲）"]]
        for pool in pools:
            column = [chance.choice(pool) for _row in range(60)]
            shown = [raw for raw in column if not (isinstance(raw, str) and raw.strip().startswith(masks.DOTS))]
            check = Checked(one)
            for some in (shown, shown, shown[::2], [*reversed(shown)]):  # asked for more than once, and in parts
                assert [said(outcome) for outcome in check.of(some)] == [said(by_form(one, raw)) for raw in some], one.key
            assert check.failed == any(isinstance(by_form(one, raw), RuleError) for raw in shown)


@pytest.mark.parametrize("entity", ["Child", "Guardian", "ParentSpell", "Talk", "HomeVisit", "Hazard", "Canteen", "MealRecord", "Bus", "BusDriver"])
def test_a_row_is_refused_as_a_form_refuses_it(app, entity):
    """New rows of nasty cells: the plan's complaints are those of records.check, cell by cell."""
    view, chance = VIEWS[entity], random.Random(f"{SEED} rows {entity}")
    fields = {key: one for key, one in records.editable(view.model).items() if key in view.columns}
    with asked_by(app, "school") as session:
        usual = {key: _usual(session, one) for key, one in fields.items()}
        rows = [[column_of(one).label for one in fields.values()]]
        for _row in range(ROWS):
            rows.append([chance.choice(NASTY) if chance.random() < 0.08 else usual[key] for key in fields])
        rows = [row for row in rows if not any(isinstance(cell, str) and masks.DOTS in cell for cell in row)]
        plan = importing.read_plan(session, view.model, view.columns, rows)
        found = {}
        for one in plan.wrong:
            if "重复" not in str(one.error):  # told of the file, not of the row
                found.setdefault(one.row, {})[one.label] = str(one.error)
        checked = 0
        for line in plan.lines:
            expected = _form(session, view.model, fields, rows[line.at]) if line.row_id is None else None
            if expected is not None:
                assert {label: text for label, text in found.get(line.at, {}).items() if "系统编号" not in text} == expected, rows[line.at]
                checked += 1
        assert checked > 50 and any(found.values())


def _usual(session, one):
    """A cell that is right."""
    if one.target:
        target = entities()[one.target]
        return next(iter(f"{row} #{row.id}" for row in session.query(target).order_by(target.id).limit(1)), None)
    first = next(iter((one.choices or {"": ""}).values()))
    return next((raw for raw in ("甲乙丙", "13812345678", "2026—2027学年", "贵F12345", "小学", *numbers(), clock.today(), 1, first)
                 if not isinstance(by_form(one, raw), RuleError) and not (one.unique or one.secret)), None)


def _form(session, model, fields, cells):
    """What a form says of the row: label → message; None for one with a link that is not the usual row's."""
    values, wrong, cells_of = {}, {}, dict(zip(fields, cells, strict=True))
    for (key, one), cell in zip(fields.items(), cells, strict=True):
        if one.target:
            numbered = cell if isinstance(cell, str) and "#" in cell else None
            if cell is not None and numbered is None:
                return None
            values[key] = int(numbered.split("#")[1]) if numbered else None
            continue
        try:
            values[key] = parse(one, cell)
        except RuleError as error:
            wrong[one.label] = str(error)
    placed = {**values, "school": session.info["asker"].school_id if not issubclass(model, OfChild) else 0}
    try:
        records.check(session, model, placed)
    except records.Refused as refused:
        if wrong:  # what a form cannot read it asks for again, before it looks at the values together
            own = {key: by_form(one, cells_of[key]) for key, one in fields.items() if not one.target}
            refused.errors = {key: error for key, error in refused.errors.items() if isinstance(own.get(key, error), RuleError)}
        wrong = {fields_of(model)[key].label: str(error) for key, error in refused.errors.items() if key in fields} | wrong
        if not set(refused.errors) <= set(fields):
            return None
    return wrong
