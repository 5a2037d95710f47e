"""Cells that hold an error value, or a formula without its value, are named; nothing is erased by them."""

import io

import openpyxl
import pytest

from app.models.children import Child
from app.services.sheet.read import read_book
from tests.support.intake import outcome, plan_of, roster, told
from tests.support.sheets import asked_by, exported


def read_back(rows, faulty):
    """The rows as a workbook has them, in which some cells (label → error or formula) of the last one are faulty."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    head = [cell.value for row in book.active.iter_rows() if "姓名" in str([cell.value for cell in row]) for cell in row]
    for label, text in faulty.items():
        cell = book.active.cell(len(rows), head.index(label) + 1, text)
        cell.data_type = "f" if text.startswith("=") else "e"
    target = io.BytesIO()
    book.save(target)
    return read_book(target.getvalue()).rows


FAULTY = {"姓名*": "#N/A", "出生日期*": "#VALUE!", "班级": "#REF!", "现住址": "#DIV/0!", "就学状态*": "=VLOOKUP(A1,B1:C2,2)"}


def test_each_faulty_cell_of_a_new_row_is_named(app):
    with asked_by(app, "school") as session:
        plan = plan_of(session, "Child", read_back(roster(session, "甲某", "乙某"), FAULTY))
        assert {label: error for _row, label, _value, error in told(plan)} == {
            label.strip("*"):
                "单元格是公式，文件里没有它的计算结果，请改成内容或清空" if text[0] == "=" else f"单元格是错误值 {text}，请改成内容或清空"
            for label, text in FAULTY.items()}
        assert {row for row, *_rest in told(plan)} == {3} and outcome(plan) == {"new": 1, "wrong": 1}


@pytest.mark.parametrize("as_text", [False, True])
def test_what_is_known_of_a_child_is_not_erased(app, as_text):
    with asked_by(app, "school") as session:
        rows = exported(session, "Child")[2:4]
        labels = {"现住址": "#N/A", "性格爱好": "#REF!", "系统编号": rows[1][rows[0].index("系统编号")]}
        if as_text:  # pasted, and in a .csv
            for label, text in labels.items():
                rows[1][rows[0].index(label)] = text
        else:
            rows = read_back(rows, {label: text for label, text in labels.items() if label != "系统编号"})
        plan = plan_of(session, "Child", rows)
        assert sorted(label for _row, label, *_rest in told(plan)) == ["性格爱好", "现住址"] and outcome(plan) == {"wrong": 1}
        assert session.get(Child, labels["系统编号"]).residence
