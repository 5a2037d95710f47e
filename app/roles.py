"""Who may do what: role → entity → verbs. One table; FAB_ROLES, pages, API and CLI read it.

r read · w write (add, change) · d delete · e export · i import · m move to another school
"""

from __future__ import annotations

VERBS = {"r": "read", "w": "write", "d": "delete", "e": "export", "i": "import", "m": "move"}

_CHILD = ("Child", "Guardian", "ParentSpell")
_CARE = ("Pairing", "Talk", "HomeVisit", "FamilyContact", "CaseFile", "Aid")
_SAFETY = ("ResponsibilityLetter", "Hazard")
_CANTEEN = ("Canteen", "CanteenWorker", "MealRecord")
_LEDGER = ("LogEntry", "SchoolDocument", "Equipment")
_BUS = ("Bus", "BusDriver", "BusRun")
_SCHOOL_WORK = (*_CHILD, *_CARE, *_SAFETY, *_CANTEEN, *_BUS, *_LEDGER)
_FORMS = ("Form", "FormColumn")
_CAMPAIGN = ("Campaign", "CampaignMember", "CampaignSchool", "Recusal")
_CHECKLIST = ("ChecklistTemplate", "ChecklistSection", "ChecklistItem")


def _all(names: tuple[str, ...], verbs: str) -> dict[str, str]:
    return dict.fromkeys(names, verbs)


ROLES: dict[str, dict[str, str]] = {
    # Keeps the panel running; sees no child.
    "admin": {
        **_all(("Area", "School", "Term"), "rwdei"), "Member": "rwd", "AccessKey": "rwd",
        **_all(_CHECKLIST, "rwde"), "AccessLog": "re", "Staff": "r", **_all(_FORMS, "r"),
    },
    # The county office: the whole register of its county, its people, its checklist.
    "county": {
        **_all(_SCHOOL_WORK, "re"), "Child": "rem", **_all(("Area", "School", "Staff", "SchoolClass"), "rwdei"), "Term": "re",
        "Member": "rwd", "AccessKey": "rwd", **_all(_CHECKLIST, "rwde"), "Inspection": "rwde", "Answer": "r",
        **_all(_CAMPAIGN, "rwde"), "DrawnChild": "re", "SelfAnswer": "r",
        "Finding": "rwe", "FindingStep": "rw", "Opinion": "rwe", "Attachment": "r", "AccessLog": "re", "Statistics": "re", "TickReport": "re",
        **_all(_FORMS, "rwd"),
    },
    # Ticks the checklist on the spot; reads what the school's own records prove.
    "inspector": {
        **_all(_SCHOOL_WORK, "r"), **_all(("Area", "School", "Staff", "SchoolClass", "Term"), "r"),
        **_all(_CHECKLIST, "r"), "Inspection": "rwe", "Answer": "rw", "Finding": "rwe", "FindingStep": "rw", "Opinion": "rwe",
        "Attachment": "rwd", **_all((*_CAMPAIGN, "DrawnChild", "SelfAnswer"), "r"), "TickReport": "re",
    },
    # The township centre school: compiles for its schools.
    "township": {
        **_all(_SCHOOL_WORK, "re"), "Child": "rem", "ResponsibilityLetter": "rwdei", **_all(("School", "Staff", "SchoolClass"), "re"),
        "Area": "r", "Term": "r", "Member": "rwd", "Inspection": "r", "Finding": "re", "FindingStep": "r", "Opinion": "re", "Attachment": "r",
        "Statistics": "re", "CampaignSchool": "re",
    },
    # Keeps the files of one school.
    "school": {
        **_all(_SCHOOL_WORK, "rwdei"), "Staff": "rwdei", "SchoolClass": "rwdei", "School": "rw", "Area": "r",
        "Term": "r", "Member": "rwd", "AccessKey": "rwd", "Inspection": "r", "Answer": "r", "Finding": "rwe", "FindingStep": "rw", "Opinion": "rwe",
        "Attachment": "rwd", "AccessLog": "r", "Statistics": "re", "CampaignSchool": "r", "SelfAnswer": "rw",
    },
    # Own class and own pairings.
    "teacher": {
        "Child": "rwei", "Guardian": "rwdei", "ParentSpell": "rwdei", "Pairing": "re", "Aid": "re",
        **_all(("Talk", "HomeVisit", "FamilyContact", "CaseFile"), "rwdei"), "SchoolClass": "r", "Staff": "r", "School": "r",
        "Term": "r", "Attachment": "rwd",
    },
    # City, province: figures, no child (docs/decisions/0003-superiors.md).
    "superior": {
        "Area": "re", "School": "re", "Term": "r", "Inspection": "re", "Finding": "re", "Hazard": "re",
        "Statistics": "re", "Campaign": "re", "CampaignSchool": "re",
    },
}

# How much of a sensitive text a role sees; "reveal" asks for a reason and leaves a line in the log.
MASK = {"school": "whole", "teacher": "whole", "township": "last4", "county": "hidden", "inspector": "hidden",
        "admin": "hidden", "superior": "hidden"}
# Colleagues are not a teacher's children: only who keeps the staff's files sees their numbers.
MASK_OF = {("teacher", "Staff"): "hidden"}
MAY_REVEAL = {"township", "county"}
# Who reads what a child confided: the texts of talks of a psychological kind and of children watched for their mind. Who may reveal gives a reason.
CONFIDED = frozenset({"school", "teacher"})
# Beyond the county there are figures and no persons: no text that may name somebody, no small count.
COUNTS_ONLY = frozenset({"superior"})

# Whose report of ticks against the records tells of the own ticks alone.
OWN_TICKS = frozenset({"inspector"})

# Who sees a campaign, its team and what was drawn before the notice is out.
PREPARES = frozenset({"county", "inspector"})

# Which roles a member manager may give; nobody gives more than the own place holds.
MAY_APPOINT = {
    "admin": ("admin", "superior", "county", "inspector", "township", "school", "teacher"),
    "county": ("inspector", "township", "school", "teacher"),
    "township": ("school", "teacher"),
    "school": ("teacher",),
}


def may(role: str, verb: str, entity: str) -> bool:
    """Whether a role has a verb (its name or letter) on an entity."""
    return verb[0] in ROLES.get(role, {}).get(entity, "")
