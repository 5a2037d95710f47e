"""Code lists: what is stored → what people read. The words are the field's official ones."""

from app.models.words import _

SEX = {"m": _("男"), "f": _("女")}

AREA_LEVEL = {"province": _("省"), "city": _("市"), "county": _("县"), "township": _("乡镇"), "village": _("村居")}

SCHOOL_TYPE = {
    "kindergarten": _("幼儿园"), "primary": _("小学"), "teaching_point": _("教学点"),
    "junior": _("初级中学"), "nine_year": _("九年一贯制学校"), "twelve_year": _("十二年一贯制学校"),
    "complete_middle": _("完全中学"), "senior": _("高级中学"), "vocational": _("中等职业学校"),
    "special": _("特殊教育学校"), "reform": _("专门学校"),
}
# The two sections of an education bureau to which an inspection hands its results; a vocational school is the second one's, all others the first one's.
BRANCH = {"basic": _("基础教育"), "vocational": _("职业教育")}
# The four strata of the inspection sample (source 000, plan 4).
STRATUM = {"kindergarten": _("幼儿园"), "primary": _("小学"), "junior": _("初中"), "senior": _("高中阶段")}

STAGE = {
    "kindergarten": _("在园"), "not_in_kindergarten": _("未入园"), "primary": _("小学"),
    "junior": _("初中"), "senior": _("高中"), "vocational": _("中职"),
    "dropped_out": _("失学辍学"), "not_in_school": _("未就学"),
}
REGISTERED = {"yes": _("是"), "no": _("否")}
HEALTH = {"healthy": _("健康"), "disabled": _("残疾"), "ill": _("患病")}
# GB/T 26341: kinds and grades of disability.
DISABILITY = {"sight": _("视力"), "hearing": _("听力"), "speech": _("言语"), "limbs": _("肢体"), "mind": _("智力"), "psyche": _("精神"),
              "several": _("多重")}
DISABILITY_GRADE = {"1": _("一级"), "2": _("二级"), "3": _("三级"), "4": _("四级")}
# Several of these may hold at once, and stand in one column joined by 、 (models/letters.Several, models/rules.several): the official word is its own code;
# the last aid says that there is none.
INCOME = (_("打工收入"), _("种养殖业"), _("政府救助"), _("亲朋接济"), _("其他"))
AID = (_("低保"), _("临时救助"), _("医疗救助"), _("住房救助"), _("其他救助"))
NO_AID = _("无")
SPECIAL_GROUP = {"needy": _("特困"), "gifted": _("特长"), "disabled": _("残疾"), "unguarded": _("无人监护"), "seriously_ill": _("重病")}
FILE_STATE = {"open": _("在册"), "moved_out": _("已转出"), "ended": _("不再留守"), "adult": _("已满十八岁")}
LEFT_BEHIND = {"0": _("非留守"), "1": _("单亲留守"), "2": _("双亲留守")}
DEFINITION = {"education": _("教育口径"), "civil_affairs": _("民政口径"), "half_year": _("半年口径")}
GUARD_RATING = {"none": _("无人监护"), "unable": _("父母无监护能力"), "weak": _("委托监护较差"), "fair": _("委托监护一般"), "good": _("委托监护较好")}

RELATION = {
    "father": _("父亲"), "mother": _("母亲"), "grandfather": _("祖父"), "grandmother": _("祖母"),
    "maternal_grandfather": _("外祖父"), "maternal_grandmother": _("外祖母"), "uncle": _("叔伯舅"),
    "aunt": _("姑姨"), "sibling": _("兄姐"), "neighbour": _("邻居"), "other": _("其他"),
}
GUARDIAN_RANK = {"first": _("第一监护人"), "second": _("委托监护人"), "relative": _("其他家人")}
CARE_ABILITY = {"good": _("较好"), "fair": _("一般"), "weak": _("较弱"), "none": _("无")}
PARENT = {"father": _("父亲"), "mother": _("母亲")}
WHEREABOUTS = {"home": _("在家"), "away": _("外出"), "dead": _("去世"), "missing": _("失联")}

STAFF_POST = {
    "head": _("校长"), "deputy": _("副校长"), "class_teacher": _("班主任"), "teacher": _("任课教师"),
    "counsellor": _("心理教师"), "safety": _("安全专干"), "food_safety": _("食品安全管理员"),
    "guard": _("保安"), "attendant": _("照管员"), "other": _("其他"),
}
HELPER_KIND = {
    "proxy_parent": _("代理家长"), "love_mother": _("爱心妈妈"), "teacher": _("结对教师"),
    "peer": _("小伙伴"), "volunteer": _("志愿者"), "cadre": _("包保干部"), "tutor": _("校外辅导员"),
}
TALK_KIND = {"regular": _("例行谈心"), "study": _("学习"), "life": _("生活"), "behaviour": _("行为"), "psychological": _("心理")}
CONTACT_KIND = {"phone": _("亲情电话"), "video": _("视频"), "letter": _("书信"), "visit": _("返乡见面")}
LETTER_LEVEL = {
    "county_township": _("县—乡镇"), "township_school": _("乡镇—学校"), "school_class": _("学校—班主任"),
    "school_guardian": _("学校—监护人"), "school_driver": _("学校—驾驶人"), "school_canteen": _("学校—食堂"),
    "school_post": _("学校—岗位"), "school_report": _("强制报告承诺书"), "entrustment": _("委托照护书"),
}
HAZARD_LEVEL = {"general": _("一般"), "serious": _("重大")}
HAZARD_KIND = {
    "building": _("校舍"), "fire": _("消防"), "electric": _("用电"), "food": _("食品"), "traffic": _("交通"),
    "water": _("防溺水"), "guarding": _("安防"), "facility": _("设施器材"), "surroundings": _("周边环境"),
}
MEAL = {"breakfast": _("早餐"), "lunch": _("午餐"), "dinner": _("晚餐")}
RUN_DIRECTION = {"to_school": _("上学"), "home": _("放学")}

# What the school's own log, papers, equipment, cases and aid are about: each kind answers an item of the checklist.
LOG_KIND = {
    "meeting": _("留守工作会议"), "parents_meeting": _("家长会"), "guardian_school": _("家长学校"), "helper_meeting": _("代理家长座谈会"),
    "homework": _("作业检查"), "tutoring": _("学习辅导"), "family_dinner": _("亲情聚餐"), "home_open": _("留守儿童之家开放"), "activity": _("主题活动"),
    "arrival": _("开学报到"), "drill": _("疏散演练"), "water": _("防溺水教育"), "traffic": _("交通安全教育"), "fire": _("消防安全教育"),
    "food": _("食品安全教育"), "disaster": _("防灾教育"), "holiday_letter": _("假期告家长书"), "law": _("法治课"), "police": _("交警授课"),
    "patrol": _("重点部位巡查"), "dormitory": _("宿舍夜间值班"), "purchase": _("进货查验"), "stock": _("库房清查"),
    "parent_meal": _("家长陪餐"), "committee": _("膳食监督"), "satisfaction": _("满意度测评"), "daily": _("日管控"), "weekly": _("周排查"),
    "monthly": _("月调度"), "bus_lesson": _("校车安全教育"), "bus_drill": _("校车应急演练"), "bus_training": _("驾驶人照管员培训"),
    "checkup": _("学生体检"),
}
DOCUMENT_KIND = {
    "term_plan": _("学期计划"), "care_plan": _("关爱专项方案"), "term_summary": _("期末总结"), "census": _("变动核查表"),
    "month_report": _("月报表"), "half_report": _("半年报表"), "record_match": _("学籍核对表"), "village_match": _("村居民政核对表"),
    "dropout_report": _("控辍月报"), "curriculum": _("课程开设自查"), "fees": _("收费自查"), "migrants": _("随迁子女名册"),
    "emergency": _("应急预案"), "building": _("校舍安全年检"), "fire_test": _("消防设施检测"), "water_test": _("饮用水检测"),
    "fix_report": _("整改报告"),
}
EQUIPMENT_KIND = {
    "alarm": _("一键报警"), "camera": _("监控"), "extinguisher": _("灭火器"), "hydrant": _("消火栓"), "emergency_light": _("应急灯"),
    "exit_sign": _("疏散指示牌"), "open_kitchen": _("明厨亮灶"), "bus_hammer": _("校车逃生锤"), "bus_extinguisher": _("校车灭火器"),
    "bus_kit": _("校车急救箱"), "bus_gps": _("校车卫星定位"), "toilet": _("厕所蹲位"),
}
CASE_KIND = {
    "absent": _("未到校"), "dropout": _("疑似辍学"), "behaviour": _("行为异常"), "study": _("学业异常"), "mental": _("心理高关注"),
    "bullying": _("欺凌事件"), "sick": _("因病缺课"), "disability": _("随班就读或送教"), "report": _("强制报告线索"),
}
AID_KIND = {"boarding": _("寄宿补助"), "nutrition": _("营养改善"), "hardship": _("困难补助"), "goods": _("慰问物资")}

RESULT = {"pass": _("合格"), "partly": _("部分合格"), "fail": _("不合格"), "na": _("不适用")}
# Which schools an item is asked of; none: every school. What each means is in services/conditions.py.
CONDITION = {
    "canteen": _("有食堂的学校"), "bus": _("有校车的学校"), "boarding": _("有寄宿生的学校"), "kindergarten": _("幼儿园"),
    "not_kindergarten": _("中小学（不含幼儿园）"), "compulsory": _("有义务教育阶段的学校"),
}
# Of a campaign: over what the sizes of a sample are asked, how a school came in, how far it is.
SAMPLE_UNIT = {"county": _("全县"), "township": _("每个乡镇")}
CHOSEN = {"drawn": _("抽中"), "must": _("必查"), "left": _("不查")}
CAMPAIGN_STATE = {"draft": _("筹备"), "announced": _("已通知"), "running": _("检查中"), "closed": _("已结束")}
INSPECTION_STATE = {"planned": _("待检查"), "open": _("检查中"), "submitted": _("已提交")}
FINDING_STATE = {"open": _("待整改"), "objected": _("申辩待裁决"), "asked": _("延期待批"), "extended": _("已延期"), "done": _("已整改待复查"),
                 "closed": _("已销号"), "withdrawn": _("已撤销")}
FINDING_STEP = {
    "object": _("申辩"), "uphold": _("维持"), "change": _("变更"), "withdraw": _("撤销问题"), "fix": _("报告整改"), "ask": _("申请延期"),
    "grant": _("批准延期"), "deny": _("不批准延期"), "close": _("复查销号"), "back": _("复查退回"), "escalate": _("提级督办"), "reopen": _("重新整改"),
}
RECHECK = {"spot": _("现场复查"), "papers": _("书面复查")}
OPINION_STATE = {"draft": _("初步意见"), "agreed": _("学校无异议"), "issued": _("已发出"), "signed": _("已签收")}
FINDING_LEVEL = {"general": _("一般问题"), "critical": _("红线问题")}
GRADE = {"excellent": _("优"), "good": _("良"), "fair": _("合格"), "poor": _("不合格")}  # the best first
TEMPLATE_STATE = {"draft": _("草稿"), "published": _("已发布")}

FORM_KIND = {"rows": _("花名册、台账"), "page": _("一人一页"), "figures": _("汇总表")}
FORM_WHICH = {
    "left_behind": _("在册的留守儿童（本县口径）"), "civil": _("在册的留守儿童（民政口径）"), "open_file": _("在册的儿童"),
    "running": _("期间内的结对"), "census": _("留守儿童情况（民政口径）"), "in_hand": _("期间内查出或尚未整改完的隐患"), "care": _("谈心、家访、亲情联系")}
FORM_PERIOD = {"day": _("当前"), "month": _("月"), "term": _("学期"), "year": _("学年")}

ROLE = {
    "admin": _("系统管理员"), "county": _("县级管理员"), "inspector": _("督导员"), "township": _("乡镇管理员"),
    "school": _("学校管理员"), "teacher": _("班主任"), "superior": _("上级部门"),
}
