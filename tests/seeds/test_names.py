"""The fictional county: names, places and sentences."""

from collections import Counter
from itertools import product
from random import Random

import pytest

from app.models import codes
from seeds import names

SEX = tuple(codes.SEX)
GENERATIONS = ("child", "parent", "grandparent")


@pytest.fixture
def rng():
    return Random(7)


def draw(function, count, *arguments):
    rng = Random(7)
    return [function(rng, *arguments) for _ in range(count)]


def everything(seed):
    rng = Random(seed)
    return [
        [names.person_name(rng, sex, generation) for sex, generation in product(SEX, GENERATIONS)],
        [names.guardian_name(rng, relation, "王小雨") for relation in names.RELATIONS],
        names.township_names(rng, 12), names.village_names(rng, 12), names.school_names(rng, "primary", "青石镇", 6),
        names.address(rng, "青石镇", "上河村"), names.talk_text(rng), names.visit_text(rng),
        names.hazard(rng), names.menu(rng),
    ]  # fmt: skip


def test_same_seed_same_county():
    assert everything(1) == everything(1)
    assert everything(1) != everything(2)


def test_surnames_are_as_frequent_as_in_the_country():
    common = Counter(draw(names.surname, 5000))
    assert {name for name, _ in common.most_common(5)} == set("王李张刘陈")


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("sex", SEX)
def test_person_names_vary(sex, generation):
    people = draw(names.person_name, 1000, sex, generation)
    assert len(set(people)) > 700
    assert all(2 <= len(name) <= 10 and not name.isascii() for name in people)


def test_a_few_names_are_of_minority_style():
    unusual = [name for name in draw(names.person_name, 5000, "f") if names.surname_of(name) is None]
    assert 0 < len(unusual) < 250
    assert any("·" in name for name in unusual)


@pytest.mark.parametrize(
    ("name", "surname"), [("欧阳子涵", "欧阳"), ("沙马木呷", "沙马"), ("王小雨", "王"), ("扎西多吉", None)]
)
def test_surname_of(name, surname):
    assert names.surname_of(name) == surname


@pytest.mark.parametrize(("name", "people"), [("扎西多吉", "藏族"), ("古丽娜尔·吐尔逊", "维吾尔族"), ("吉克阿依", "彝族"), ("欧阳小雨", None), ("王强", None)])
def test_a_name_tells_its_people(name, people):
    assert names.people_of(name) == people


@pytest.mark.parametrize("family", ["欧阳", "沙马", "龙"])
def test_a_given_surname_is_kept(rng, family):
    assert names.person_name(rng, "m", "parent", family).startswith(family)


def test_fathers_side_shares_the_surname(rng):
    for relation, (_, _, shared) in names.RELATIONS.items():
        name = names.guardian_name(rng, relation, "欧阳子涵")
        assert name.startswith("欧阳") or not shared


def test_guardian_of_a_child_without_surname(rng):
    assert names.surname_of(names.guardian_name(rng, "father", "扎西多吉")) is None


def test_relations_types_and_kinds_are_the_official_codes():
    assert set(names.RELATIONS) == set(codes.RELATION)
    assert set(names.SCHOOL_TYPES) == set(codes.SCHOOL_TYPE)
    assert {kind for kind, _ in draw(names.hazard, 500)} == set(codes.HAZARD_KIND)


@pytest.mark.parametrize("count", [8, 20, 240])
def test_townships_differ(rng, count):
    townships = names.township_names(rng, count)
    assert len(set(townships)) == count
    assert all(name.endswith(("乡", "镇")) for name in townships)


def test_more_townships_than_words_are_refused(rng):
    with pytest.raises(ValueError):
        names.township_names(rng, 241)


def test_villages_differ(rng):
    assert len(set(names.village_names(rng, 480))) == 480


@pytest.mark.parametrize("school_type", names.SCHOOL_TYPES)
@pytest.mark.parametrize("count", [0, 1, 40])
def test_schools_of_a_place_differ(rng, school_type, count):
    schools = names.school_names(rng, school_type, "青石镇", count)
    assert len(set(schools)) == len(schools) == count
    assert all(name.startswith("青石镇") and "{" not in name for name in schools)


def test_schools_of_all_types_differ(rng):
    schools = [s for kind in names.SCHOOL_TYPES for s in names.school_names(rng, kind, "青石镇", 20)]
    assert len(set(schools)) == len(schools)


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")])
def test_chinese_number(number, text):
    assert names.chinese_number(number) == text


@pytest.mark.parametrize(
    ("grade", "label"),
    [(-3, "小2班"), (-1, "大2班"), (1, "一年级2班"), (9, "九年级2班"), (10, "高一2班"), (12, "高三2班")],
)
def test_class_label(grade, label):
    assert names.class_label(grade, 2) == label


@pytest.mark.parametrize("grade", [-4, 0, 13])
def test_a_grade_that_does_not_exist_is_refused(grade):
    with pytest.raises(ValueError):
        names.class_label(grade, 1)


def test_address(rng):
    assert names.address(rng, "青石镇", "上河村").startswith("望山县青石镇上河村")


@pytest.mark.parametrize("function", [names.talk_text, names.visit_text])
def test_sentences_seldom_repeat(function):
    texts = draw(function, 500)
    assert len(set(texts)) > 450
    assert all(text.endswith("。") and "。。" not in text for text in texts)


def test_hazards_vary():
    assert len(set(draw(names.hazard, 500))) > 100


def test_dishes_are_thirty_and_different():
    dishes = [dish for group in names.DISHES.values() for dish in group]
    assert len(dishes) == len(set(dishes)) >= 30


def test_menu_has_five_different_dishes(rng):
    dishes = {dish for group in names.DISHES.values() for dish in group}
    for _ in range(50):
        menu = names.menu(rng)
        assert len(set(menu)) == 5 and set(menu) <= dishes


def test_no_dish_is_forbidden_in_a_school():
    """Checklist item I6: what a school canteen must not serve."""
    forbidden = ("凉拌", "四季豆", "黄花菜", "野蘑菇", "野生菌", "裱花", "卤")
    assert not [d for group in names.DISHES.values() for d in group for word in forbidden if word in d]
