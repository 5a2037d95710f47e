"""The published checklist template is complete and uses closed vocabularies only."""

import json
import re
from pathlib import Path

import pytest

TEMPLATE = json.loads((Path(__file__).parents[2] / "seeds/checklist/template.json").read_text("utf-8"))
SECTIONS = TEMPLATE["sections"]
ITEMS = {item["code"]: item for section in SECTIONS for item in section["items"]}

ITEM_KEYS = {
    "code", "text", "methods", "evidence_asked", "critical",
    "applies_when", "basis", "parameters", "evidence",
}  # fmt: skip
COUNTS = {"A": 6, "B": 12, "C": 10, "D": 12, "E": 4, "F": 12, "G": 9, "H": 13, "I": 16, "J": 14, "K": 6, "L": 6}
CRITICAL = "C3 F2 F5 G4 G8 H2 H7 H9 I1 I3 I6 I9 I10 J1 J2 J3 J4 J5 J6 L4"
CONDITIONS = {
    "canteen": {f"I{number}" for number in range(1, 17)},
    "bus": {f"J{number}" for number in range(1, 14)},
    "boarding": {"H12"},
    "kindergarten": {"F9"},
    "not_kindergarten": {"B8", "D10", "D11", "F2", "F6", "F7", "F8", "G7"},
    "compulsory": {"F10", "F11"},
}
EVIDENCE = """
    A1 care_plans A3 active_accounts A4 work_meetings A6 aid_accounts B1 roster_updated_in_time
    B2 census_age B3 reports_on_time B4 filing_rate B5 card_completeness B6 five_clarities
    B7 number_checks B8 record_match B9 village_match B10 definition_counts B11 changes_overdue
    B12 key_children C1 entrustment_letters C2 weak_guardians C3 unguarded_children
    C4 family_contact_30d C5 parents_meetings C6 guardian_school C7 home_visits_term
    C8 guardian_letters C9 duty_to_report D1 key_children_paired D2 helpers_over_limit
    D3 pairings_with_plan D4 talks_month D5 talks_in_bulk D6 helpers_records D7 six_ones
    D8 helper_meetings D9 cases_planned D10 counsellors D11 mental_followed D12 needy_aided
    E3 home_openings E4 activities F1 arrivals F2 dropouts_followed F3 staff_present
    F4 teachers_without_certificate F5 staff_record_checks F6 missing_courses F8 fee_differences
    F10 disabled_enrolled F11 migrant_pupils F12 aid_granted G1 post_letters G3 emergency_plan
    G4 drills G5 safety_lessons G6 holiday_letters G7 bullying_open G9 law_lessons H1 hazards_open
    H2 building_survey H4 guards H5 patrols H7 alarm_test H8 cameras_offline H10 fire_equipment
    H11 fire_test H12 dormitory_duty H13 serious_hazards I1 food_licence I3 health_certificates
    I4 morning_checks I5 purchase_checks I6 forbidden_dishes I7 stock_checks I8 disinfection
    I9 sample_weight I10 sample_hours I11 sample_completeness I12 accompanied_meals
    I13 meal_oversight I14 open_kitchen I16 food_controls J1 bus_permit J2 bus_test J3 bus_drivers
    J4 bus_attendant J5 bus_overload J6 bus_headcount J7 bus_tools J8 bus_positions J9 bus_insurance
    J11 bus_prechecks J12 driver_letters J13 bus_lessons J14 rides_registered K2 toilets
    K3 water_test K4 sick_followed K5 checkups L1 findings_assigned L2 findings_on_time
    L3 findings_proved L4 findings_repeated L5 findings_extension L6 fix_report
"""
ARTICLE = re.compile(r"\d+(\.\d+)?(–\d+)?(\(.\))*(、\d+(–\d+)?(\(.\))*)*|附录[A-Z]")
SOURCED = {"work_rules", "county_standard"}

every_item = pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS.keys())


def texts(node):
    """Every string anywhere below node."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from texts(child)


def test_head():
    head = {key: TEMPLATE[key] for key in ("code", "version", "label")}
    assert head == {"code": "county-2026", "version": 2, "label": "县级督导检查清单"}


def test_sections_hold_their_items_in_order():
    assert {section["code"]: len(section["items"]) for section in SECTIONS} == COUNTS
    for section in SECTIONS:
        expected = [f"{section['code']}{n + 1}" for n in range(len(section["items"]))]
        assert [item["code"] for item in section["items"]] == expected


def test_there_are_120_unique_items():
    assert len(ITEMS) == sum(len(section["items"]) for section in SECTIONS) == 120
    assert len({item["text"] for item in ITEMS.values()}) == 120


def test_critical_items():
    assert {code for code, item in ITEMS.items() if item["critical"]} == set(CRITICAL.split())


def test_conditions():
    found = {}
    for code, item in ITEMS.items():
        found.setdefault(item["applies_when"], set()).add(code)
    found.pop(None)
    assert found == CONDITIONS


def test_evidence_names():
    words = EVIDENCE.split()
    named = {code: item["evidence"] for code, item in ITEMS.items() if item["evidence"]}
    assert named == dict(zip(words[::2], words[1::2], strict=True))


def test_no_text_is_empty_or_has_loose_spaces():
    assert [text for text in texts(TEMPLATE) if not text or text != text.strip()] == []


@every_item
def test_item_shape(item):
    assert set(item) == ITEM_KEYS
    assert type(item["critical"]) is bool
    assert item["evidence_asked"] is None or isinstance(item["evidence_asked"], str)
    assert item["text"].endswith("。") and len(item["text"]) >= 10


@every_item
def test_methods_are_known_and_said_once(item):
    assert item["methods"] and len(set(item["methods"])) == len(item["methods"])
    assert set(item["methods"]) <= set("查看访算抽")


@every_item
def test_parameters_are_whole_numbers_or_words(item):
    for name, value in item["parameters"].items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
        assert (isinstance(value, str) and all(value.split("、"))) if name.endswith("_words") else (type(value) is int and value > 0)


@every_item
def test_basis_is_known_and_spelt_out(item):
    assert item["basis"]
    for basis in item["basis"]:
        name = TEMPLATE["basis_names"][basis["key"]]
        assert set(basis) <= {"key", "article", "text", "source"}
        assert basis["text"].startswith(name)
        assert ("source" in basis) == (basis["key"] in SOURCED)
        assert (basis["text"] != name) == ("article" in basis)
        assert ARTICLE.fullmatch(basis.get("article", "1"))


def test_every_basis_name_is_used():
    used = {basis["key"] for item in ITEMS.values() for basis in item["basis"]}
    assert used == set(TEMPLATE["basis_names"])


def test_school_food_rule_is_cited_without_article():
    """Its article numbers were never verified."""
    cited = [b for item in ITEMS.values() for b in item["basis"] if b["key"] == "school_food"]
    assert cited and not [basis for basis in cited if "article" in basis]
