"""Words of the demo that seeds/words/ does not hold: short lists and weights."""

WORKPLACES = ["广东省东莞市", "广东省深圳市", "浙江省宁波市", "浙江省温州市", "福建省泉州市", "江苏省苏州市",
              "上海市", "广东省佛山市", "重庆市", "云南省昆明市"]
FACTORY_WORK = ["务工", "建筑工人", "电子厂工人", "服装厂工人", "司机", "餐饮服务", "快递员"]
HOME_WORK = ["务农", "个体经营", "零工", "养殖", "村医"]
CHARACTER = ["活泼开朗，爱打篮球", "内向，爱看书", "懂事，爱画画", "好动，爱踢球", "文静，爱唱歌", "有主见，爱下棋",
             "胆小，爱听故事", "热心，爱劳动", "倔强，爱跑步", "细心，爱手工"]
JOURNEY = {"步行": 45, "家人接送": 25, "乘校车": 15, "乘班车": 6, "乘班车 示A12765": 9}
ETHNIC = {"汉族": 78, "苗族": 8, "彝族": 7, "布依族": 4, "土家族": 3}
CONTACT_NOTES = ["聊了学习和身体", "叮嘱听爷爷奶奶的话", "约好下周再视频", "孩子说了考试成绩", "问了家里老人的身体"]
VISIT_FOLLOW_UP = ["已与父母电话沟通", "请村干部多照看", "下学期再访", "列入每周谈心", "联系代理家长周末陪伴"]
TALK_FOLLOW_UP = ["两周后回访", "已告知家长", "请任课教师关注"]
TALK_MORE = ["已记入成长档案。", "孩子同意下周再聊。", "和上次比话多了。", "走时笑着道谢。", "约好有事先找老师。"]
PLANS = ["本学期每周辅导作业一次，期末语数都及格", "每月家访一次，改掉晚上玩手机的习惯",
         "每周谈心一次，帮孩子交两个朋友", "每周五陪孩子与父母视频，学期末写一封信",
         "每月补习数学两次，月底小测一次"]
HAZARD_FIXES = ["已更换", "已修好", "已清理并上锁", "已加固，每周复查", "已请专业人员检修"]
CANTEEN_DUTIES = ["厨师", "切配", "洗消", "分餐", "保管"]
REMARKS = ["现场查看属实", "资料齐全", "台账有缺页，已当场指出", "与抽问结果一致", "部分记录未签字"]
FINDING_FIXES = ["已补齐资料", "已整改并拍照留存", "已更换设备", "已重新培训相关人员"]
BULK_TEXT = "在办公室谈心，孩子情绪稳定，学习认真，生活正常。"

# Where the two parents are (percent): away, home, dead, missing; "lately" = away for less than
# three months, "back" = has come home, "unable" = at home but unable to act as guardian.
FAMILIES = {
    ("away", "away"): 36, ("away", "home"): 20, ("home", "away"): 6, ("back", "home"): 9, ("home", "home"): 12,
    ("back", "back"): 6, ("lately", "home"): 3, ("lately", "lately"): 2, ("away", "unable"): 2,
    ("away", "missing"): 2, ("dead", "away"): 1, ("away", "dead"): 1,
}

TICKED_AGAINST = "现场查看与系统记录不一致，以现场看到的为准，已请学校补正记录。"
