"""Photos by the worker: cancelled and then written once, whatever dies."""

import io

from PIL import Image
from sqlalchemy import func, select

from app.models.audit import Attachment
from app.models.children import Child
from app.models.org import Member
from tests.support.intake_jobs import begun_anew, died, large, newest, unheard, zipped
from tests.support.sending import page, tallies, token_of

assert large and unheard  # pytest finds them here by their names


def own_photo(look):
    """A zip with a photo of a child of the school, and that child's id."""
    row_id, number = look(lambda session: [(one.id, one.id_number) for one in session.scalars(select(Child).where(
        Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery(), Child.id_number_hash.is_not(None)).limit(1))][0])
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    return zipped(picture.getvalue(), f"{number}.png"), row_id


def test_photos_are_cancelled_and_then_written_once_whatever_dies(app, client_for, look, unheard):
    client = client_for("school")
    content, row_id = own_photo(look)
    sent = client.post("/photos/import", data={"file": (io.BytesIO(content), "照.zip")}, content_type="multipart/form-data")
    assert "progress" in page(client.get(sent.location))
    unheard()
    text = page(client.get(sent.location))
    assert tallies(text) == [1, 1, 0, 0]

    def files(session):
        return session.scalar(select(func.count(Attachment.id)).where(Attachment.entity == "Child", Attachment.row_id == row_id))
    told = client.post("/photos/import/commit", data={"token": token_of(text)})
    client.post(f"/downloads/{newest(look).id}/cancel")
    unheard()
    assert "一张也没有写" in page(client.get(told.location)) and look(files) == 0
    told = client.post("/photos/import/commit", data={"token": token_of(text)})
    died(app, look)
    unheard()
    begun_anew(look)
    unheard()
    assert look(files) == 1 and client.get(told.location).location == "/sheets/batches"
    assert client_for("teacher").get(told.location).status_code == 404
