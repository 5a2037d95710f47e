"""What a campaign had come to when it was closed (services/campaign_kept.py).

No entity: nobody writes such a row but the closing, and nothing changes it; it is read with its campaign, by whoever sees that. One row a closing
(1 the first; a campaign may be opened again) and section of the bureau ("" for all schools). ``figures`` hold counts, scores and schools' names,
no person and no text that an inspector wrote.
"""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from app.models.base import Entity, UtcDateTime

CAMPAIGN_RESULT = Table("campaign_result", Entity.metadata,
                        Column("campaign_id", Integer, ForeignKey("campaign.id"), primary_key=True), Column("closing", Integer, primary_key=True),
                        Column("branch", String(12), primary_key=True), Column("made_at", UtcDateTime, nullable=False),
                        Column("figures", JSON, nullable=False))
