"""The page and the workbook of ticks against the records: who reads what, and that both tell the same."""

import re
from datetime import datetime, time
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models.audit import AccessLog
from app.models.clock import SHANGHAI
from app.models.inspection import Answer
from app.models.term import Term
from app.services import clock, scope
from app.services.ticks import speaks_against


def contrary(app):
    """Ticks of the county against what was frozen with them."""
    with app.app_context(), scope.everything(db.session()):
        return sum(speaks_against((one.frozen or {}).get("suggestion"), one.result) for one in db.session.scalars(select(Answer)))


def figure(page, label):
    return int(re.search(rf"<small>{label}</small><b>(\d+)</b>", page)[1])


def test_the_county_reads_of_every_inspector(app, client_for):
    client = client_for("county")
    page = client.get("/tick_report/").text
    choices = re.findall(r'<option value="([tc]\d+)"', page)
    assert any(one.startswith("c") for one in choices) and any(one.startswith("t") for one in choices)
    found = {one: client.get(f"/tick_report/?of={one}") for one in choices}
    assert {one.status_code for one in found.values()} == {200}
    told = sum(figure(one.text, "与记录不符") for key, one in found.items() if key.startswith("t"))
    assert 0 < told <= contrary(app)
    most = max((key for key in found if key.startswith("t")), key=lambda key: figure(found[key].text, "与记录不符"))
    text = found[most].text
    assert figure(text, "与记录不符") == figure(text, "比记录宽") + figure(text, "比记录严") and "按督导员" in text and "按学校" in text
    book = load_workbook(BytesIO(client.get(f"/tick_report/book.xlsx?of={most}").data))
    assert book.sheetnames == ["督导员", "学校", "逐条"]
    listed = [row for row in book["逐条"].iter_rows(values_only=True) if row[0] is not None and row[6] in ("合格", "部分合格", "不合格", "不适用")]
    assert len(listed) == figure(text, "与记录不符")
    with app.app_context(), scope.everything(db.session()):
        assert db.session.scalars(select(AccessLog.rows).where(AccessLog.entity == "Answer").order_by(AccessLog.id.desc())).first() == len(listed)


def test_a_tick_of_a_terms_first_day_counts_once(app, client_for):
    client = client_for("county")

    def told():
        page = client.get("/tick_report/").text
        return sum(figure(client.get(f"/tick_report/?of={one}").text, "打勾") for one in re.findall(r'<option value="(t\d+)"', page))

    before = told()
    with app.app_context(), scope.everything(db.session()):
        starts = db.session.scalars(select(Term.starts_on).where(Term.starts_on <= clock.today()).order_by(Term.starts_on.desc())).all()
        assert len(starts) > 1
        newest = datetime.combine(starts[0], time(12), tzinfo=SHANGHAI)
        tick = db.session.scalars(select(Answer).where(Answer.result.is_not(None)).order_by(Answer.answered_at.desc()).limit(1)).one()
        assert clock.local(tick.answered_at).date() >= starts[-1]
        pk, was, table = tick.id, tick.answered_at, Answer.__table__
        db.session.connection().execute(table.update().where(table.c.id == pk).values(answered_at=newest))
        db.session.commit()
    assert told() == before
    with app.app_context(), scope.everything(db.session()):
        db.session.connection().execute(table.update().where(table.c.id == pk).values(answered_at=was))
        db.session.commit()


def test_an_inspector_reads_of_the_own_ticks(client_for):
    page = client_for("inspector").get("/tick_report/").text
    assert "只算您自己打的勾" in page and "按督导员" not in page
    assert "/tick_report/" in client_for("inspector").get("/").text


def test_nobody_else_reads_it_and_no_other_campaign(client_for):
    for account in ("superior", "township", "school", "teacher", "admin"):
        client = client_for(account)
        assert client.get("/tick_report/").status_code in (302, 403, 404) and "/tick_report/" not in client.get("/").text
    for wrong in ("c999999", "t999999", "x", "c", "c1x"):
        assert client_for("county").get(f"/tick_report/?of={wrong}").status_code == 404
