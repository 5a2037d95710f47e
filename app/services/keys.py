"""Access keys of machines: shown once, kept as a hash, with an end, revocable, and only one's own."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.base import utc_now
from app.models.org import AccessKey, Member
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock, records, scope, transactions

MARK = "sw_"  # so that a key is known for one where it was left lying about
SHOWN = 8  # characters of a key that stay readable, to tell keys apart
LONGEST = 12  # months
USE_TOLD_EVERY = timedelta(hours=1)


def issue(session: Session, values: Mapping[str, Any], token: str | None = None) -> tuple[AccessKey, str]:
    """A new key of who asks and its text, which is kept nowhere; Refused when it would last over a year."""
    ends = values.get("expires_on")
    if ends is not None and not clock.today() <= ends <= clock.add_months(clock.today(), LONGEST):
        raise records.Refused({"expires_on": RuleError(_("有效期从今天起，最长一年"))})
    text = MARK + secrets.token_urlsafe(32)
    own = {"member_id": scope.asker(session).member_id, "digest": digest(text), "prefix": text[:SHOWN]}
    return records.add(session, AccessKey, values, token, own), text


def digest(text: str) -> str:
    """What is kept of a key: sha256 suffices, a key is 256 random bits and no word."""
    return hashlib.sha256(text.encode()).hexdigest()


def revoke(session: Session, row: AccessKey) -> None:
    """End a key for good, at once."""
    if row.revoked_at is None:
        records.edit(session, row, {}, own={"revoked_at": utc_now()})


def revoke_all(session: Session, member_id: int) -> int:
    """End every running key of a member, whoever asks; returns how many. The caller has made sure of the right to."""
    with scope.everything(session):
        running = session.scalars(select(AccessKey).where(AccessKey.member_id == member_id, AccessKey.revoked_at.is_(None))).all()
    moment = utc_now()
    for key in running:
        key.revoked_at = moment  # told in the history under the name of who asks
    return len(running)


def member_of(session: Session, text: str) -> Member | None:
    """The member whose running key this is; remembers that it was used, at most once an hour."""
    with scope.everything(session):
        key = session.scalars(select(AccessKey).where(
            AccessKey.digest == digest(text), AccessKey.revoked_at.is_(None), AccessKey.expires_on >= clock.today())).one_or_none()
        if key is None:
            return None
        member = session.scalars(select(Member).where(Member.id == key.member_id)).one_or_none()
        if member is None or not member.active:
            return None
        if key.last_used_at is None or key.last_used_at < utc_now() - USE_TOLD_EVERY:
            _tell_use(session, key.id)
        return member


def _tell_use(session: Session, key_id: int) -> None:
    with transactions.writing(session):
        session.execute(update(AccessKey.__table__).where(AccessKey.__table__.c.id == key_id).values(last_used_at=utc_now()))
