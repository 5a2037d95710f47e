"""What the scripts of a visit say, in the reader's language, and the phrases that a remark is made of with one tap."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.extensions import db
from app.models.words import N_
from app.services import team_rules

# What inspectors write most; they stand below the field of the remark, and are added to what stands in it.
PHRASES = (N_("现场核实无误"), N_("资料齐全"), N_("资料不全，要求补齐"), N_("记录与现场不符"), N_("当场整改到位"), N_("限期整改，另行复查"))


def ticks() -> list[tuple[str, str]]:
    """The four buttons: code and short label."""
    return [("pass", _("合格")), ("partly", _("部分")), ("fail", _("不合格")), ("na", _("不适用"))]


def aside(school_id: int) -> list[dict[str, str]]:
    """Told on top of a record of a school that the asker steps aside from: why nothing can be done there."""
    return [{"text": _("您与这所学校有关联，要回避"), "pill": "warn"}] if team_rules.steps_aside(db.session(), school_id) else []


def words() -> dict[str, Any]:
    return {
        "sending": _("发送中…"), "received": _("已收到 {at}"), "kept": _("已存在这部手机，待上传"), "keptCount": _("{n} 条存在这部手机，待上传"),
        "loose": _("还没有发出去，别关这一页"), "looseCount": _("{n} 条没有发出去，别关这一页"),
        **clash(), "conflictCount": _("{n} 条有冲突，请核对"), "stuckCount": _("{n} 条没有收下，请核对"),
        "reason": _("与学校记录不符，写明理由后才能保存"), "expired": _("请重新登录，已填的还在这台手机上"),
        "other": _("现在登录的是别的账号，这部手机上存的不会上传。请换回原来的账号登录"),
        "refused": _("没有保存"), "cleared": _("已清除"), "tickFirst": _("选了结果后一起保存"), "photoWaits": _("照片等选了结果后一起上传"),
        "photoKept": _("照片已存在这部手机，待上传"), "photo": _("照片"),
        "photoLost": _("没有存下：{names}。这部手机可能没有空间了，清理后再存"), "again": _("再存一次"),
        "comma": _("、"), "numbers": _("不要在备注里写身份证号、电话、住址"), "remove": _("删除"), "drop": _("不要了"),
        "removeAsk": _("删除这张照片？"),
        "placeAsk": _("要记下拍照的地点吗？地点不写进照片，另存在系统里，只有督导员和县里看得到，用来说明照片是在学校拍的。"
                      "选“取消”也能照常拍照，在检查列表里随时可以改。"), "someone": _("另一位督导员"), "phrases": [_(phrase) for phrase in PHRASES],
        "passed": _("已填 {n} 条合格"), "passedNot": _("，{n} 条与学校记录不符，请逐条核对"), "passNone": _("没有可以一起填合格的条目"), "undo": _("撤销"),
        "notOwn": _("另一位督导员也填了这一条，没有撤销"),
        "semicolon": _("；")}


def clash() -> dict[str, Any]:
    """What is said where two have changed the same tick, whoever ticks."""
    return {"conflict": _("有冲突，请核对"), "theirs": _("{who} {at} 填的"), "mine": _("您填的"), "useTheirs": _("用对方的"), "useMine": _("用我的"),
            "emptyTick": _("未填"), "fields": {"result": _("结果"), "remark": _("备注"), "reason": _("理由")}, "ticks": dict(ticks())}


def along() -> dict[str, str]:
    """What the list of inspections says of the schools that the phone takes along."""
    return {"along": _("已带上 {n} 所学校（{at} 的记录），没有网络也能检查"), "alongNone": _("这几天没有要带上的学校"),
            "placeOn": _("拍照记下地点：是"), "placeOff": _("拍照记下地点：否"),
            "alongNot": _("现在没有网络，用的是上次带上的学校"),
            "cannot": _("这个浏览器不能在没有网络时检查，请用新版浏览器经 https 打开"), "over": _("。{n} 条超过 7 天没有上传，已清除")}
