"""Who saw and took out what."""

from __future__ import annotations

from app.models.audit import AccessLog
from app.models.words import _
from app.panel.view import PanelView


class AccessLogView(PanelView):
    """Read and exported, never written: no route for it is made."""

    model = AccessLog
    columns = ["at", "who", "action", "entity", "row_id", "columns", "rows", "reason"]
    list_columns = ["at", "who", "action", "entity", "columns", "rows", "reason"]
    filters = ["action"]
    searched = ["who"]
    exclude_route_methods = {"add", "edit", "delete", "bulk_action", "trash", "history", "revert", "reveal"}
    bulk = ()
    empty_hint = _("查看敏感信息和儿童档案、下载附件、导出、接口读取后，这里有记录。")
