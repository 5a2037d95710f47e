"""What people write in cells, and what it means."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.services.sheet.cells import cell_parser, parse_cell
from app.services.sheet.column import Column
from app.services.sheet.errors import CellError, SheetError
from app.services.sheet.header import find_header, heads_of, is_record
from tests.services.sheet.samples import COLUMNS, SEX

TYPES = {name: Column(name, name, name) for name in ("text", "int", "decimal", "date", "datetime", "bool")}
TYPES["choice"] = Column("sex", "性别", "choice", choices=SEX)
DAY = date(2015, 3, 2)


@pytest.mark.parametrize("value", [
    "2015.3.2", "2015年3月2日", "2015-03-02", "2015/3/2", "20150302", " 2015 年 3 月 2 号 ", "２０１５．３．２", "2015-3/2",
    "2015-03-02 08:30:00", "2015-03-02T00:00", "\u200b2015-03-02\ufeff", "2015。3。2", 42065, 42065.0, "42065",
    20150302, 20150302.0, DAY, datetime(2015, 3, 2), 42065.75,
], ids=repr)
def test_a_day_however_it_is_written(value):
    assert parse_cell(TYPES["date"], value) == DAY
    assert type(parse_cell(TYPES["date"], value)) is date


@pytest.mark.parametrize("value", [
    "2015", "2015-3", "3/2/2015", "15.3.2", "2015-02-30", "2015-13-01", "昨天", "0000-01-01", 2015, 2015.3, -5, 10**12,
    True, "201503021", "2015-03-02 25:00", "²015-03-02", "２", 1e300,
], ids=repr)
def test_no_day(value):
    with pytest.raises(CellError):
        parse_cell(TYPES["date"], value)


@pytest.mark.parametrize(("value", "seconds"), [
    ("2015-03-02 08:30", 0), ("2015年3月2日8时30分", 0), ("2015/3/2 8:30:15", 15), ("2015.3.2　8：30", 0),
    ("2015年3月2日 8点30分15秒", 15), (42065.354166666664, 0), (datetime(2015, 3, 2, 8, 30), 0), ("2015-03-02T08:30:15.000", 15),
])
def test_a_time_however_it_is_written(value, seconds):
    assert parse_cell(TYPES["datetime"], value) == datetime(2015, 3, 2, 8, 30, seconds)


@pytest.mark.parametrize(("type_", "value", "found"), [
    ("text", " 张三　", "张三"), ("text", "张\u200b三\ufeff", "张三"), ("text", "张三\r\n李四", "张三 李四"), ("text", 123.0, "123"),
    ("text", 123, "123"), ("text", 1.5, "1.5"), ("text", 0.1 + 0.2, "0.3"), ("text", 13800001111.0, "13800001111"),
    ("text", "１３８００００１１１１", "13800001111"), ("text", "Ｇ９９", "G99"), ("text", "第１组（甲）", "第１组（甲）"),
    ("text", True, "是"), ("text", DAY, "2015-03-02"), ("text", datetime(2015, 3, 2, 8), "2015-03-02 08:00:00"),
    ("text", "👨‍👩‍👧", "👨‍👩‍👧"), ("text", "张\u200d三", "张三"), ("text", "=1", "=1"), ("text", 0, "0"), ("text", 0.0, "0"),
    ("int", "5", 5), ("int", 5.0, 5), ("int", " ５ ", 5), ("int", "1,200", 1200), ("int", "１，２００", 1200), ("int", "-3", -3),
    ("int", "5.0", 5), ("int", 0, 0), ("int", 999999999999999.0, 999999999999999),
    ("decimal", 0.1, Decimal("0.1")), ("decimal", "12.50", Decimal("12.50")), ("decimal", 1e-7, Decimal("0.0000001")),
    ("decimal", 7, Decimal(7)),
    ("choice", "男", "1"), ("choice", "1", "1"), ("choice", 2.0, "2"), ("choice", 2, "2"), ("choice", " 女 ", "2"),
    ("choice", "２", "2"), ("bool", "是", True), ("bool", "√", True), ("bool", "有", True), ("bool", "Y", True),
    ("bool", 1.0, True), ("bool", True, True), ("bool", "否", False), ("bool", "无", False), ("bool", "×", False),
    ("bool", False, False), ("bool", "0", False), ("bool", "没有", False),
])
def test_a_value(type_, value, found):
    assert parse_cell(TYPES[type_], value) == found and type(parse_cell(TYPES[type_], value)) is type(found)


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("value", [None, "", "  ", "\u200b", "　\n"])
def test_nothing_is_none_and_refused_where_required(type_, value):
    assert parse_cell(TYPES[type_], value) is None
    column = Column("a", "甲", type_, choices=SEX, required=True)
    with pytest.raises(CellError, match="必填"):
        parse_cell(column, value)


@pytest.mark.parametrize(("type_", "value", "words"), [
    ("text", 1.10101199003070e17, "文本格式"), ("text", 10**15, "文本格式"), ("text", "1.10101E+17", "文本格式"),
    ("int", "1.5", "整数"), ("int", "五", "数字"), ("int", True, "数字"), ("int", "1,2", "数字"), ("int", "1e5", "数字"),
    ("int", "9" * 16, "位数"), ("decimal", "nan", "数字"), ("decimal", "1_000", "数字"), ("decimal", DAY, "数字"),
    ("decimal", "5²", "数字"), ("int", "①", "数字"), ("decimal", "٣", "数字"), ("int", "1" * 5000, "位数"),
    ("choice", "不男", "可填：男、女"), ("choice", "3", "可填"), ("bool", "也许", "是 或 否"), ("bool", 2, "是 或 否"),
])
def test_what_is_refused_is_told(type_, value, words):
    with pytest.raises(CellError, match=words):
        parse_cell(TYPES[type_], value)


def test_long_text_keeps_its_lines():
    assert parse_cell(Column("a", "甲", "text", long=True), " 一\r\n二\r三 \n") == "一\n二\n三"


def test_a_label_wins_over_a_code():
    column = Column("a", "甲", "choice", choices={"1": "2", "2": "1"})
    assert [parse_cell(column, value) for value in ("1", "2")] == ["2", "1"]


def test_columns_alike_but_for_their_choices_have_their_own_parsers():
    one, other = (Column("a", "甲", "choice", choices={"1": label}) for label in ("男", "女"))
    assert cell_parser(one)("男") == "1"
    with pytest.raises(CellError):
        cell_parser(other)("男")


def test_a_message_can_be_translated():
    with pytest.raises(CellError) as found:
        parse_cell(TYPES["int"], "五")
    assert found.value.message % found.value.values == str(found.value) == "“五”不是数字"


def test_the_header_is_found_below_titles_and_notes():
    head = [" 姓 名* ", "身份证号\n", "出生日期：", None, "性别", "备注", "姓名", ""]
    header = find_header([["登记表"], ["姓名要填全"], [], head, ["张三", "男"]], COLUMNS)
    assert header.row == 3 and header.unknown == ["备注"] and header.doubled == ["姓名"] and header.missing == []
    assert header.at == {"name": 0, "id_number": 1, "born_on": 2, "sex": 4}


def test_missing_required_columns_are_named():
    assert find_header([["姓名", "性别"]], COLUMNS).missing == ["身份证号"]


@pytest.mark.parametrize("rows", [[], [[]], [["甲", "乙"]], [[None, 5, DAY]], [[]] * 60 + [["姓名"]]])
def test_a_sheet_without_header_is_refused(rows):
    with pytest.raises(SheetError, match="表头"):
        find_header(rows, COLUMNS)


@pytest.mark.parametrize(("column", "value", "found"), [
    (Column("a", "餐位数", "int"), "120座", 120), (Column("a", "核载人数", "int"), "19 人", 19), (Column("a", "学费", "decimal"), "3.5元", Decimal("3.5")),
    (Column("a", "留样克数", "int"), "125克", 125), (Column("a", "留样克数", "int"), "0.125千克", 125), (Column("a", "留样克数", "int"), "２.５两", 125),
    (Column("a", "时长（分钟）", "int"), "1.5小时", 90), (Column("a", "年级", "int"), "三年级", 3), (Column("a", "年级", "int"), "3年级", 3)])
def test_a_unit_in_a_cell_is_read_along(column, value, found):
    assert parse_cell(column, value) == found


@pytest.mark.parametrize(("label", "value", "words"), [
    ("留样克数", "2份", "按“克”填写"),
    ("时长（分钟）", "30元", "按“分钟”填写"), ("金额", "3万元", "去掉单位"), ("人数", "12x", "数字"), ("人数", "约12人", "数字")])
def test_a_unit_that_does_not_fit_is_refused(label, value, words):
    with pytest.raises(CellError, match=words):
        parse_cell(Column("a", label, "int"), value)


@pytest.mark.parametrize(("value", "found"), [
    ("二〇一五年三月二日", DAY), ("2015年3月2日（星期一）", DAY), ("2015.03.02.", DAY), ("周一 2015-03-02", DAY), ("2015年三月二日 下午3点20分", DAY),
    ("—", None), ("/", None), ("无", None)])
def test_a_day_as_clerks_write_it(value, found):
    assert parse_cell(TYPES["date"], value) == found


@pytest.mark.parametrize(("value", "hour"), [("2015年3月2日 下午3点20分", 15), ("2015-03-02 上午 8:20", 8),
                                             ("2015-03-02 中午12:20", 12), ("2015-03-02 晚上 8:20", 20)])
def test_an_hour_before_and_after_noon(value, hour):
    assert parse_cell(TYPES["datetime"], value) == datetime(2015, 3, 2, hour, 20)


@pytest.mark.parametrize(("column", "value", "found"), [
    (Column("a", "寄宿", "bool"), "寄宿", True), (Column("a", "寄宿", "bool"), "不寄宿", False), (Column("a", "寄宿", "bool"), "走读", False),
    (TYPES["bool"], "—", False), (TYPES["bool"], "☑", True), (TYPES["bool"], "□", False),
    (Column("a", "性别", "choice", choices={"m": "男", "f": "女"}), "女生", "f"), (Column("a", "性别", "choice", choices={"m": "男", "f": "女"}), 1.0, "m"),
    (TYPES["choice"], "1-男", "1"), (TYPES["choice"], "—", None), (TYPES["text"], "张　三", "张三"),
    (TYPES["text"], "上官　甲", "上官甲"), (TYPES["text"], "'0123", "0123")])
def test_words_and_marks_as_clerks_write_them(column, value, found):
    assert parse_cell(column, value) == found


TWO_ROWS = [["示例小学花名册"], ["序号", "性别", "家庭", None, "父亲", None], [None, None, "姓名", "出生日期", "手机", "职业"], [1, "男", "张三"]]


def test_a_header_of_several_rows_with_merged_cells():
    header = find_header(TWO_ROWS, COLUMNS)
    assert (header.top, header.row) == (1, 2) and header.at == {"sex": 1, "name": 2, "born_on": 3}
    assert header.unknown == ["序号", "父亲手机", "父亲职业"] and header.names[2] == "家庭姓名"


def test_a_heading_under_two_roofs_is_nobodys():
    header = find_header([["学生", None, "父亲"], ["姓名", "性别", "姓名"], ["张三", "男", "张二"]], COLUMNS)
    assert header.at == {"sex": 1} and header.unknown == ["学生姓名", "父亲姓名"] and header.missing == ["姓名", "身份证号"]


def test_a_header_under_other_names_is_found_and_read_as_the_sender_says():
    rows = [["花名册", None, "2026年"], ["学生姓名", "男女", "生日", "序号"], ["张三", "男", "2015.3.2", 1]]
    assert find_header(rows, COLUMNS).at == {} and find_header(rows, COLUMNS).row == 1
    known = {"学生姓名": "name", "男女": "sex", "生日": "born_on", "序号": ""}
    header = find_header(rows, COLUMNS, known)
    assert header.at == {"name": 0, "sex": 1, "born_on": 2} and header.unknown == [] and header.missing == ["身份证号"]


@pytest.mark.parametrize(("row", "record"), [
    (["合计", None, 3], False), (["合  计：35人"], False), ([1, "小计", 5], False), (["姓名", "性别"], False), (["填表人：张三", None, "审核人：李四"], False),
    (["备注：本表一式两份"], False), (["张三", "合计"], True), (["张三"], True), (["计小明", "男"], True), ([1, 2], True)])
def test_sums_signatures_and_repeated_headers_are_no_records(row, record):
    assert is_record(row, heads_of([["姓名", "性别"]], find_header([["姓名", "性别"]], COLUMNS))) is record
