"""Figures on meetings, lessons, drills, activities of the school's log (A4, C5, C6, D7, D8, E3, E4, G4, G5, G9, I13, J13)."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.models.care import HomeVisit, Talk
from app.models.children import Child
from app.models.words import _
from app.services.evidence import group, log
from app.services.evidence.core import RECENT_DAYS, Figure, Params, Rows, evidence, ids, untrue
from app.services.evidence.judge import nothing, paced, reached
from app.services.evidence.period import days_elapsed, last_days, month_elapsed, month_of
from app.services.evidence.place import Place
from app.services.evidence.reads import tally

THEMES = ("water", "traffic", "fire", "food", "disaster")
OF_SCHOOL = ("homework", "tutoring", "family_dinner", "helper_meeting")  # of the six ones, what is done for all at once


@evidence("work_meetings", label=_("留守工作会议"), version=3, meetings_per_month=1)
def work_meetings(at: Place, params: Params) -> Figure:
    """Months of the term in which the school met on the work (S4)."""
    return log.every(at, ["meeting"], 1, times=params["meetings_per_month"], empty=_("没有登记留守工作会议"),
                     text=_("本学期应开会 %(total)s 个月，开了 %(good)s 个月，缺 %(bad)s 个月"))


@evidence("helper_meetings", label=_("代理家长座谈会"), version=3, meetings_per_month=1)
def helper_meetings(at: Place, params: Params) -> Figure:
    """Months of the term in which the proxy parents met (S1)."""
    return log.every(at, ["helper_meeting"], 1, times=params["meetings_per_month"], empty=_("没有登记代理家长座谈会"),
                     text=_("本学期应开座谈会 %(total)s 个月，开了 %(good)s 个月，缺 %(bad)s 个月"))


@evidence("drills", label=_("疏散演练"), version=3, interval_months=1, kindergarten_interval_months=3)
def drills(at: Place, params: Params) -> Figure:
    """Months (in a kindergarten, quarters) of the term with a drill (drill guide)."""
    months = params["kindergarten_interval_months" if at.school.type == "kindergarten" else "interval_months"]
    return log.every(at, ["drill"], months, empty=_("没有登记疏散演练"),
                     text=_("每 %(months)s 个月一次，本学期应演练 %(total)s 次，做了 %(good)s 次，缺 %(bad)s 次"))


@evidence("parents_meetings", label=_("家长会"), version=3, meetings_per_term=1)
def parents_meetings(at: Place, params: Params) -> Figure:
    """Parents' meetings of the term (S3)."""
    return log.times(at, ["parents_meeting"], params["meetings_per_term"], empty=_("没有登记家长会"),
                     text=_("本学期家长会 %(good)s 次，应有 %(needed)s 次，到会率 %(rate)s"))


@evidence("guardian_school", label=_("家长学校"), version=3, sessions_per_term=1)
def guardian_school(at: Place, params: Params) -> Figure:
    """Trainings of guardians this term (S0; family education 39, 40)."""
    return log.times(at, ["guardian_school"], params["sessions_per_term"], empty=_("没有登记家长学校"),
                     text=_("本学期监护人培训 %(good)s 次，应有 %(needed)s 次，覆盖率 %(rate)s"))


@evidence("activities", label=_("主题活动"), version=3, activities_per_term=1)
def activities(at: Place, params: Params) -> Figure:
    """Activities of the term, and the part of the children who joined (S0, S1)."""
    return log.times(at, ["activity"], params["activities_per_term"], empty=_("没有登记活动"),
                     text=_("本学期活动 %(good)s 次，应有 %(needed)s 次，参与率 %(rate)s"))


@evidence("law_lessons", label=_("法治课和交警授课"), version=3, lessons_per_term=1)
def law_lessons(at: Place, params: Params) -> Figure:
    """Lessons of the deputy head for law and of the police this term (juvenile crime prevention 18)."""
    return log.times(at, ["law", "police"], params["lessons_per_term"], empty=_("没有登记法治课和交警授课"),
                     text=_("本学期法治课和交警授课 %(good)s 次，应有 %(needed)s 次"))


@evidence("meal_oversight", label=_("家长陪餐和膳食监督"), version=3, times_per_term=1)
def meal_oversight(at: Place, params: Params) -> Figure:
    """Parents at meals, oversight of meals, surveys this term (rule 45)."""
    return log.times(at, ["parent_meal", "committee", "satisfaction"], params["times_per_term"],
                     empty=_("没有登记家长陪餐和膳食监督"), text=_("本学期家长陪餐、膳食监督、满意度测评 %(good)s 次，应有 %(needed)s 次"))


def kinds_held(at: Place, kinds: tuple[str, ...], *, text: str, empty: str) -> Figure:
    """How many of some kinds were held this term; all are due by its end."""
    term, kept = at.term, (yield from log.read(at, kinds))
    if not at.keeps_log:
        return nothing(empty)
    held = kept.since(term.first)
    return paced(len({one.kind for one in held}), len(kinds), term.elapsed(at.on), rows=log.rows_of(held), text=text, empty=empty, times=len(held))


@evidence("safety_lessons", label=_("安全教育"), version=3)
def safety_lessons(at: Place, params: Params) -> Figure:
    """Of drowning, traffic, fire, food and disasters, how many had a lesson this term (S0 plan 5)."""
    return kinds_held(at, THEMES, empty=_("没有登记安全教育"),
                      text=_("防溺水、交通、消防、食品、防灾 %(total)s 类，本学期教育过 %(good)s 类，共 %(times)s 次"))


@evidence("bus_lessons", label=_("校车教育演练培训"), version=3)
def bus_lessons(at: Place, params: Params) -> Figure:
    """Bus lessons, drills and trainings this term (school bus 10, 12, 38)."""
    return kinds_held(at, ("bus_lesson", "bus_drill", "bus_training"), empty=_("没有登记校车教育、演练和培训"),
                      text=_("校车安全教育、演练、培训 %(total)s 类，本学期做过 %(good)s 类，共 %(times)s 次"))


@evidence("home_openings", label=_("留守儿童之家开放"), version=3, openings_per_month=4)
def home_openings(at: Place, params: Params) -> Figure:
    """How often the home for left-behind children was open in the last 30 days (S1)."""
    kept = yield from log.read(at, ["home_open"])
    if not at.keeps_log:
        return nothing(_("没有登记留守儿童之家开放"))
    held = kept.since(last_days(at.on, RECENT_DAYS))
    return reached(len(held), params["openings_per_month"], unit=_("次"), rows=log.rows_of(held), elapsed=days_elapsed(at.term, at.on, RECENT_DAYS),
                   text=_("近 30 天开放 %(good)s 次，应有 %(needed)s 次"))


@evidence("six_ones", label=_("六个一"), version=2, target_percent=100)
def six_ones(at: Place, params: Params) -> Figure:
    """The six ones of the month (S1): a talk and a visit for each child; homework, tutoring, dinner, helpers' meeting for all."""
    month = month_of(at.on)
    talked = select(Talk.id).where(Talk.child_id == Child.id, Talk.talked_on >= month.first, Talk.talked_on <= at.on).exists()
    visited = select(HomeVisit.id).where(HomeVisit.child_id == Child.id, HomeVisit.visited_on >= month.first, HomeVisit.visited_on <= at.on).exists()
    of = group.left_behind(at.school)
    found, entries = yield (tally(Child, *of, talked=talked, visited=visited, either=or_(untrue(talked), untrue(visited))),
                            log.asked(at, OF_SCHOOL))
    held = len({one.kind for one in log.Log(entries).since(month.first)})
    return paced(found.talked + found.visited + held * found.total, found.total * (2 + len(OF_SCHOOL)), month_elapsed(at.term, at.on),
                 target=params["target_percent"], empty=group.NO_CHILDREN, children=found.total, talked=found.talked, visited=found.visited,
                 held=held, kinds=len(OF_SCHOOL), rows=Rows(Child, ids(Child, *of, or_(untrue(talked), untrue(visited))), found.either),
                 text=_("留守儿童 %(children)s 人，本月谈心 %(talked)s 人、家访 %(visited)s 人；"
                        "作业检查、辅导、聚餐、座谈 %(kinds)s 项做了 %(held)s 项"))
