"""Official forms as data: what a form is called, which rows or figures it shows, in which columns.

The common ones are seeded (seeds/forms/); a county copies one and changes its columns, and its copy is used below it.
"""

from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped

from app.models import codes, rules
from app.models.audit import EntityLabels
from app.models.base import PUBLIC, field, link
from app.models.by_row import ByRow
from app.models.org import Shared
from app.models.words import _

SIGNERS = _("单位负责人、审核人、填表人、填表日期")


class Form(Shared):
    """One form. ``subject`` is the entity whose rows it lists, or nothing for a form of figures."""

    __tablename__ = "form"
    __label__ = _("表样")
    __title__ = "title"
    __table_args__ = (Index("ix_form_key", "key", "area_id"),)
    key: Mapped[str] = field(_("代码"), String(24), PUBLIC, read_only=True)
    title: Mapped[str] = field(_("表名"), String(60), PUBLIC)
    area = link(_("适用区域"), "Area", kind=PUBLIC, required=False, read_only=True, named=True, hint=_("不填的是通用表样"))
    kind: Mapped[str] = field(_("种类"), String(10), PUBLIC, choices=codes.FORM_KIND, read_only=True)
    period: Mapped[str] = field(_("期间"), String(6), PUBLIC, choices=codes.FORM_PERIOD, read_only=True)
    subject: Mapped[str | None] = field(_("取自"), String(40), PUBLIC, choices=EntityLabels(), read_only=True)
    which: Mapped[str | None] = field(_("取哪些"), String(24), PUBLIC, choices=codes.FORM_WHICH, read_only=True)
    day: Mapped[str | None] = field(_("按哪一天"), String(40), PUBLIC, choices=ByRow("subject", "source"), read_only=True)
    sorted_by: Mapped[str | None] = field(_("排序"), String(80), PUBLIC, choices=ByRow("subject", "order"), read_only=True)
    unit: Mapped[str | None] = field(_("计量单位"), String(10), PUBLIC, hint=_("例如 人、次"))
    portrait: Mapped[bool] = field(_("竖版"), Boolean, PUBLIC, default=False, hint=_("不选的按横版打印"))
    signers: Mapped[str] = field(_("签字栏"), String(80), PUBLIC, default=SIGNERS, hint=_("用顿号隔开"))
    note: Mapped[str | None] = field(_("表下说明"), Text, PUBLIC)

    @hybrid_property
    def basis(self) -> Any:
        """What its columns are drawn from: an entity, or a book of figures."""
        return self.subject or self.which

    @basis.inplace.expression
    @classmethod
    def _basis(cls) -> Any:
        return func.coalesce(cls.subject, cls.which)


class FormColumn(Shared):
    """One column of a form; of a form with one child a page, one box. ``source`` says what stands in it (services/forms/)."""

    __tablename__ = "form_column"
    __label__ = _("表样栏目")
    __title__ = "label"
    __table_args__ = (Index("ix_form_column_place", "form_id", "position", "id"),)
    form = link(_("表样"), "Form", kind=PUBLIC, owned=True)
    position: Mapped[int] = field(_("次序"), Integer, PUBLIC, rule=rules.between(1, 9999))
    label: Mapped[str] = field(_("栏目名称"), String(80), PUBLIC, hint=_("多行表头用“／”隔开，例如 年龄／0—5岁／男"))
    source: Mapped[str] = field(_("取数"), String(60), PUBLIC, choices=ByRow("form.basis", "source"))
    width: Mapped[int] = field(_("宽度"), Integer, PUBLIC, rule=rules.between(1, 60), default=10, hint=_("按数字的字数；登记表按格数"))
    totalled: Mapped[bool] = field(_("列合计"), Boolean, PUBLIC, default=False)
    shown: Mapped[bool] = field(_("显示"), Boolean, PUBLIC, default=True, hint=_("不选的不出现在表上"))
