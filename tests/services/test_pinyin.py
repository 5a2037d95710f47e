import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import pinyin


@pytest.mark.parametrize(
    "name, full, initials",
    [
        ("陈子涵", "chenzihan", "czh"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("单雨欣", "shanyuxin", "syx"),
        ("仇一鸣", "qiuyiming", "qym"),
        ("解小燕", "xiexiaoyan", "xxy"),
        ("查文", "zhawen", "zw"),
        ("区伟", "ouwei", "ow"),
        ("任静", "renjing", "rj"),
        ("华明", "huaming", "hm"),
        ("覃勇", "qinyong", "qy"),
        ("朴英", "piaoying", "py"),
        ("吕绿", "lvlv", "ll"),
        ("欧阳娜", "ouyangna", "oyn"),
        ("尉迟敏", "yuchimin", "ycm"),
        ("尉敏", "weimin", "wm"),
        ("万俟青", "moqiqing", "mqq"),
        ("澹台宇", "tantaiyu", "tty"),
        ("长孙乐", "zhangsunle", "zsl"),
        ("诸葛亮", "zhugeliang", "zgl"),
        ("王重阳", "wangchongyang", "wcy"),
        ("王单", "wangdan", "wd"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("José Li", "joseli", "joseli"),
        ("李\U00020bb7", "li", "l"),
        ("", "", ""),
    ],
)
def test_readings(name, full, initials):
    assert (pinyin.full(name), pinyin.initials(name)) == (full, initials)


def test_the_table_of_surnames_says_nothing_that_pypinyin_knows():
    for surname, reading in pinyin.SURNAMES.items():
        alone = [syllable for char in surname for syllable in pinyin._read(char)]
        assert alone != reading, surname


def test_keys_of_a_name():
    assert set(pinyin.search_keys("陈子涵")) == {
        "陈子涵", "子涵", "涵", "chenzihan", "zihan", "han", "czh", "zh",
    }


def found(query: str, name: str) -> bool:
    low, high = pinyin.prefix_range(pinyin.normalise_query(query))
    return any(low <= key < high for key in pinyin.search_keys(name))


@pytest.mark.parametrize(
    "query",
    ["陈", "子", "陈子", "子涵", "涵", " 涵 ", "chen", "CHENZI", "chen zi han", "zih", "han", "c", "zh", "ＣＺＨ", "h"],
)
def test_any_part_is_found(query):
    assert found(query, "陈子涵")


@pytest.mark.parametrize("query", ["李", "涵子", "henzi", "zhc", "陈涵", "子涵子"])
def test_what_is_no_part_is_not_found(query):
    assert not found(query, "陈子涵")


def test_dots_and_apostrophes_do_not_matter():
    assert found("阿依古丽买买提", "阿依古丽·买买提")
    assert found("古丽•买", "阿依古丽·买买提")
    assert found("xi'an", "李西安")


def test_long_names_stay_within_the_column_and_are_found():
    name = "壮" * 40
    assert max(map(len, pinyin.search_keys(name))) == pinyin.KEY_LENGTH
    assert len(pinyin.full(name)) == pinyin.KEY_LENGTH
    assert found("zhuang" * 40, name)


@given(st.text(st.sampled_from("陈子涵曾单吕尉迟长乐ab·\U00020bb7\ue000"), min_size=1, max_size=8), st.data())
def test_every_part_of_every_name_is_found(name, data):
    name = pinyin.normalise_query(name)
    start = data.draw(st.integers(0, len(name)))
    part = name[start : data.draw(st.integers(start, len(name)))]
    assert not part or found(part, name)
    assert not pinyin.initials(name) or found(pinyin.initials(name), name)
    assert not pinyin.full(name) or found(pinyin.full(name), name)


@pytest.mark.parametrize(
    "query, high",
    [
        ("陈", "陉"),
        ("a", "b"),
        ("ab\U0010ffff", "ac"),
        ("\ud7ff", "\ue000"),
        ("\U0010ffff", "\U0010ffff\U0010ffff"),
        ("", "\U0010ffff"),
    ],
)
def test_bounds(query, high):
    assert pinyin.prefix_range(query) == (query, high)


# A few characters on which ranges break, and no lone surrogate, which no database takes.
EDGES = st.text(st.sampled_from("az陈\ud7ff\ue000\uffff\U00010000\U0010fffe\U0010ffff"), max_size=4)


@given(EDGES, EDGES)
def test_a_range_holds_exactly_what_begins_so(query, key):
    low, high = pinyin.prefix_range(query)
    low_bytes, high_bytes = low.encode(), high.encode()
    inside = low_bytes <= key.encode() < high_bytes
    if query.strip("\U0010ffff") or not key[len(query) :].startswith("\U0010ffff"):
        assert inside == key.startswith(query)


@pytest.mark.parametrize(
    "query, plain",
    [(" 陈 子　涵 ", "陈子涵"), ("ＡＢ１", "ab1"), ("a\x00b\u200b", "ab"), ("%_'\"", "")],
)
def test_normalise_query(query, plain):
    assert pinyin.normalise_query(query) == plain
