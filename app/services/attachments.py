"""Files that hang on rows: kept under random names, seen by whoever sees the row."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import Session

from app.models import entities
from app.models.audit import Attachment
from app.models.base import Entity, OfSchool, fields_of
from app.models.campaign import CampaignSchool, SelfAnswer
from app.models.children import Child
from app.models.inspection import Answer, Finding, Inspection
from app.models.rules import RuleError
from app.models.words import _
from app.services import records, scope, self_check, shots, upload, visits
from app.services.finding_marks import SETTLED
from app.services.inspection_marks import to_do
from app.services.inspection_rules import hold
from app.services.shots import Shot
from app.services.team_rules import steps_aside

FOLDER = "files"  # below VAR
MOST_FILES = 20  # on one row
FILES: Any = Attachment.__table__


def takes_files(model: type[Entity]) -> bool:
    """Whether files may hang on rows of this entity: on any that belongs to a school."""
    return issubclass(model, OfSchool) and model is not Attachment


def of_row(session: Session, row: Entity) -> Sequence[Attachment]:
    """The files of a row that was found in scope, oldest first."""
    return of_rows(session, type(row), [row.id]).get(row.id, [])


def of_rows(session: Session, model: type[Entity], ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """Row id → its files, for rows that were found in scope; none where the role may read no files."""
    found: dict[int, list[Attachment]] = {}
    if ids and scope.asker(session).may("read", Attachment):
        query = select(Attachment).where(Attachment.entity == model.__name__, Attachment.row_id.in_(ids))
        for one in session.scalars(query.order_by(Attachment.id)):
            found.setdefault(one.row_id, []).append(one)
    return found


def ever_of(session: Session, row: Entity) -> dict[int, Attachment]:
    """Id → file of a row that was found in scope, those in the trash too; an inspection's are also those of its ticks."""
    who = scope.asker(session)
    if not takes_files(type(row)) or not who.may("read", Attachment):
        return {}
    hung = (Attachment.entity == type(row).__name__) & (Attachment.row_id == row.id)
    if isinstance(row, Inspection) and who.may("read", Answer) and visits.may_read(session, row):
        ticks = select(Answer.id).where(Answer.inspection_id == row.id)
        hung |= (Attachment.entity == Answer.__name__) & Attachment.row_id.in_(ticks)
    with scope.trash(session):
        return {one.id: one for one in session.scalars(select(Attachment).where(hung))}


def may_change(session: Session, row: Entity, verb: str = "write") -> bool:
    """Whether the asker may add ("write") or take away ("delete") files here: who may write the row, while it is open."""
    who = scope.asker(session)
    return takes_files(type(row)) and who.may(verb, Attachment) and who.may("write", type(row)) and not _closed(session, row, verb)


def _hold(session: Session, row: Entity, verb: str) -> None:
    """Forbidden where files of the row may not be changed. What a tick or a signature belongs to stays open until the transaction ends."""
    if isinstance(row, Answer | SelfAnswer | Inspection):
        hold(session, row if isinstance(row, Inspection) else session.get_one(Inspection, row.inspection_id))
    if not may_change(session, row, verb):
        raise records.Forbidden(f"{verb} files of {type(row).__name__}")


def _closed(session: Session, row: Entity, verb: str) -> bool:
    """What a submitted inspection or self-check, a closed campaign or a settled finding rests on stays; a school's report waits as it was proved.

    Who is related to a school adds nothing to its inspection."""
    if isinstance(row, Finding):
        return row.state in SETTLED or (row.state == "done" and verb == "delete" and scope.asker(session).role == "school")
    if isinstance(row, SelfAnswer):
        query = select(CampaignSchool, Inspection).join(Inspection, Inspection.id == CampaignSchool.inspection_id)
        found = session.execute(query.where(Inspection.id == row.inspection_id).execution_options(populate_existing=True)).first()
        return found is None or self_check.shut(session, found[0], found[1]) is not None
    if isinstance(row, Answer | Inspection):
        inspection_id = row.id if isinstance(row, Inspection) else row.inspection_id
        return session.scalar(select(Inspection.id).where(Inspection.id == inspection_id, to_do())) is None or steps_aside(session, row.school_id)
    return False


def taken(name: str, data: bytes) -> upload.Upload:
    """A sent file as it may be kept. Takes its time: nobody should wait for a lock. Raises records.Refused with the reason under "file"."""
    try:
        return upload.take(name, data)
    except RuleError as wrong:
        raise records.Refused({"file": wrong}) from wrong


def store(session: Session, row: Entity, kept: upload.Upload, folder: Path, token: str | None = None, shot: Shot | None = None) -> Attachment:
    """Keep a file that was ``taken`` on a row that was found in scope; the caller commits. ``folder``: VAR/FOLDER.

    ``shot``: when and where a photo of a tick was taken.
    What was sent before, by its form's token or by name and bytes, is not kept again: the file that is there comes back.
    Raises records.Forbidden, records.Refused with the reason under "file".
    """
    _hold(session, row, "write")
    if token and (made := records.made_by(session, Attachment, token)):
        return made
    known = (kept.name, hashlib.sha256(kept.data).hexdigest())
    there = next((one for one in of_row(session, row) if (one.name, one.sha256) == known), None)
    return there or keep(session, row, kept, folder, token, shot)


def keep(session: Session, row: Entity, kept: upload.Upload, folder: Path, token: str | None = None, shot: Shot | None = None) -> Attachment:
    """The same, but always a new one, which the caller may discard."""
    _hold(session, row, "write")
    _hold_most(session, row)
    own = {"entity": type(row).__name__, "row_id": row.id, "name": kept.name, "media_type": kept.media_type,
           "size": len(kept.data), "sha256": hashlib.sha256(kept.data).hexdigest(), "stored_as": _new_name()}
    if shot is not None and isinstance(row, Answer):
        own |= shots.columns(shot)
    made = records.add(session, Attachment, {"school": row.school_id}, token, own)  # type: ignore[attr-defined]
    _write(folder / made.stored_as, kept.data)
    return made


def _new_name() -> str:
    """Random, spread over 256 folders; nothing of it comes from the uploader."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def find(session: Session, file_id: int, *, trash: bool = False) -> tuple[Attachment, Any] | None:
    """A file, with ``trash`` a deleted one too, and its row, when both lie in scope and the role may read both entities; else None."""
    found = records.find(session, Attachment, file_id, trash=trash)
    model = entities().get(found.entity) if found is not None else None
    who = scope.asker(session)
    if model is None or not (who.may("read", Attachment) and who.may("read", model)):
        return None
    row = records.find(session, model, found.row_id)
    return (found, row) if row is not None and _may_read(session, row) else None


def _may_read(session: Session, row: Entity) -> bool:
    """Photos of a tick are read when the inspection is."""
    return not isinstance(row, Answer) or visits.readable(session, row.inspection_id) is not None


def remove(session: Session, found: Attachment, row: Entity) -> None:
    """Put a file into the trash; the caller commits. Raises records.Forbidden."""
    _hold(session, row, "delete")
    records.delete(session, found)


def restore(session: Session, found: Attachment, row: Entity) -> None:
    """Take a file back from the trash; the caller commits. Raises records.Forbidden, records.Refused."""
    _hold(session, row, "delete")
    _hold_most(session, row)
    records.restore(session, found)


def _hold_most(session: Session, row: Entity) -> None:
    if len(of_row(session, row)) >= MOST_FILES:
        raise records.Refused({"file": RuleError(_("一条记录最多 %(most)s 个附件"), most=MOST_FILES)})


def page_of(row: Entity) -> tuple[str, int]:
    """Entity and id of the record on whose page the files of a row are shown: a tick's on its inspection's."""
    return (Inspection.__name__, row.inspection_id) if isinstance(row, Answer | SelfAnswer) else (type(row).__name__, row.id)


@event.listens_for(Session, "after_flush")
def _move_along(session: Session, *_args: Any) -> None:
    """The files of a child's file, and of what else is bound to the child's school, move with the child to another one."""
    for child in session.dirty:
        if isinstance(child, Child) and inspect(child).attrs.school_id.history.has_changes():
            for model in entities().values():
                if model is Child or any(one.target == "Child" and one.same_school for one in fields_of(model).values()):
                    session.execute(_move(model, child))


def _move(model: type[Entity], child: Child) -> Any:
    table: Any = model.__table__
    own = [child.id] if model is Child else select(table.c.id).where(table.c.child_id == child.id)
    return update(FILES).where(FILES.c.entity == model.__name__, FILES.c.row_id.in_(own)).values(school_id=child.school_id)
