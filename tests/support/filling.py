"""A whole sheet filled in, as a phone sends what it kept: in one message and not an item at a time."""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy.orm import Session

from app.models.inspection import Inspection
from app.services import inspection, visit_sync

NOTHING = {"result": "", "remark": "", "reason": ""}


def fill(session: Session, row: Inspection, results: Mapping[str, str], remark: str = "") -> None:
    """Every open item that applies passes, but for those of ``results``, code → result, which bear the remark; with a reason throughout.

    Asked by whoever the session works for; nothing is committed.
    """
    said = {code: {"result": results.get(code, "pass"), "remark": remark if code in results else "", "reason": "现场核实"}
            for code in inspection.open_sheet(session, row, live=()).missing}
    outcomes = visit_sync.take(session, [visit_sync.Op(str(uuid4()), row.id, code, NOTHING, values) for code, values in said.items()])
    assert {one.state for one in outcomes} <= {visit_sync.TAKEN}, [one for one in outcomes if one.state != visit_sync.TAKEN]
