"""One campaign and the pages of the six people whose work it is: what tests/browser/test_chain.py walks through."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Page
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Finding
from app.models.org import Member, School
from app.services import clock, scope
from tests.support.visiting import one

NAME = "冬季安全督导"


@dataclass
class Chain:
    """The campaign, and each person's page on the device that they work at."""

    app: Any
    page_for: Any
    look: Any
    folder: Path

    @cached_property
    def picture(self) -> Path:
        """A photo, taken of a page."""
        path = self.folder / "现场.png"
        self.desk.screenshot(path=path)
        return path

    @cached_property
    def county(self) -> Page:
        return self.page_for("county", "desk")

    @cached_property
    def desk(self) -> Page:
        """The school's admin in the office."""
        return self.page_for("school", "desk")

    @cached_property
    def school(self) -> Page:
        """The same on the way."""
        return self.page_for("school", "phone")

    @cached_property
    def leader(self) -> Page:
        return self.page_for("inspector", "phone")

    @cached_property
    def member(self) -> Page:
        return self.page_for("inspector2", "phone")

    @cached_property
    def township(self) -> Page:
        return self.page_for("township", "desk")

    @cached_property
    def superior(self) -> Page:
        return self.page_for("superior", "desk")

    def name_of(self, account: str) -> str:
        return one(self.app, select(Member.name).where(Member.username == account))

    @cached_property
    def named(self) -> str:
        """The school that must be visited."""
        return one(self.app, select(School.name).join(Member, Member.school_id == School.id).where(Member.username == "school"))

    @cached_property
    def drawn(self) -> str:
        """The one that the lot brings in."""
        return one(self.app, select(School.name).join(CampaignSchool, CampaignSchool.school_id == School.id).where(
            CampaignSchool.campaign_id == self.pk, CampaignSchool.how == "drawn"))

    @cached_property
    def pk(self) -> int:
        return one(self.app, select(Campaign.id).where(Campaign.name == NAME))

    def visit(self, how: str) -> int:
        """Id of the inspection of the school that came in this way."""
        return one(self.app, select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == self.pk, CampaignSchool.how == how))

    def days_go_by(self) -> None:
        """What was not put right is past its day, by so much that it comes first in the lists."""
        past = clock.today() - timedelta(days=300)
        with self.app.app_context(), scope.everything(db.session()):
            left = select(Finding).where(Finding.inspection_id.in_([self.visit("must"), self.visit("drawn")]), Finding.state == "open")
            for row in db.session.scalars(left):
                row.due_on = past
            db.session.commit()


def school_rows(path: Path) -> dict[str, dict[str, Any]]:
    """School → its row of the workbook's first sheet, by the headings."""
    rows = [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    top = next(at for at, row in enumerate(rows) if "学校" in row)
    return {row[rows[top].index("学校")]: dict(zip(rows[top], row, strict=True)) for row in rows[top + 1:]}
