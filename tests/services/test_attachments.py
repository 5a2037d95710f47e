"""Files on rows: what is taken, what is refused, who sees them."""

import io
import zipfile
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from app.models.audit import Attachment
from app.models.care import HomeVisit
from app.models.inspection import Answer, ChecklistItem, Inspection
from app.models.rules import RuleError
from app.services import attachments, records, scope, upload
from seeds.checklist.load import load_template
from tests.services.evidence.school import ON, Builder, desk

assert desk
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **said: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 128).save(written, form, **said)
    return written.getvalue()


def located() -> bytes:
    """A photo on its side that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SpyCam 3000"
    exif.get_ifd(0x8825)[2] = (26.5, 0.0, 0.0)
    return picture(exif=exif, comment=b"at home")


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("a.txt", "a")
    return written.getvalue()


def test_a_photo_keeps_its_pixels_and_nothing_else():
    sent = located()
    assert b"SpyCam" in sent and b"at home" in sent
    kept = upload.take("IMG_1.jpeg", sent)
    with Image.open(io.BytesIO(kept.data)) as photo:
        assert (photo.format, photo.size, len(photo.getexif())) == ("JPEG", (40, 60), 0)  # upright
    assert b"SpyCam" not in kept.data and b"at home" not in kept.data
    assert (kept.name, kept.media_type) == ("IMG_1.jpg", "image/jpeg")


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB")])
def test_every_kind_of_photo_becomes_a_jpeg_of_at_most_1600(form, mode):
    kept = upload.take("a", picture(form, (2400, 1200), mode))
    with Image.open(io.BytesIO(kept.data)) as photo:
        assert (photo.format, photo.size) == ("JPEG", (1600, 800))


def test_what_hangs_behind_a_photo_is_gone():
    kept = upload.take("a.jpg", picture() + b"<script>alert(1)</script>" + zipped())
    assert b"<script>" not in kept.data and b"PK\x03\x04" not in kept.data


def test_a_pdf_stays_as_it_is():
    assert upload.take("通知.PDF", PDF) == upload.Upload("通知.pdf", "application/pdf", PDF)


@pytest.mark.parametrize("data", [
    b"", b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", zipped(), b"MZ" + b"\0" * 200,
    b"<script>1</script>" + PDF, b"GIF89a" + PDF, b"%PDF-1.7 without an end", picture("GIF"), picture("BMP"), picture("TIFF"),
    picture()[:200], b"\xff\xd8\xff\xe0" + b"x" * 500, b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\x89PNG\r\n\x1a\n",
], ids=range(15))
def test_what_is_no_photo_and_no_pdf_is_refused(data):
    with pytest.raises(RuleError):
        upload.take("a.jpg", data)


def test_ten_megabytes_are_the_most():
    with pytest.raises(RuleError) as refused:
        upload.take("a.pdf", b"%PDF-" + b" " * upload.MOST_BYTES + b"%%EOF")
    assert refused.value.params == {"mb": 10}


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd.jpg"), ("C:\\Windows\\a.exe", "a.jpg"), ("照片 1.png", "照片 1.jpg"), ("a\u202egpj.exe", "agpj.jpg"), ("..", "附件.jpg"),
    ("", "附件.jpg"), ("a\r\nSet-Cookie: x", "aSet-Cookie x.jpg"), ('a";filename="b.html', "afilename=b.jpg"), ("长" * 300 + ".jpg", "长" * 80 + ".jpg"),
])
def test_a_name_is_a_name_and_no_path(name, kept):
    assert upload.clean_name(name, upload.JPEG) == kept


class Desk:
    """A school with a child's visit and an inspection's answer, and who comes to it."""

    def __init__(self, desk: Builder, folder) -> None:
        self.desk, self.session, self.folder = desk, desk.session, folder
        self.child = desk.child()
        self.visit = desk.add(HomeVisit, child_id=self.child.id, visited_on=ON, found="家里整洁", visitor_id=desk.staff().id)
        template = load_template(self.session, date(2026, 8, 1))
        self.inspector = desk.member("inspector", desk.county)
        self.inspection = desk.add(Inspection, template_id=template.id, name="秋季督导", planned_on=ON, inspector_id=self.inspector.id)
        item = self.session.scalars(select(ChecklistItem).where(ChecklistItem.code == "A1")).one()
        self.answer = desk.add(Answer, inspection_id=self.inspection.id, item_id=item.id, result="fail")
        self.admin = desk.member("school", desk.town, school_id=desk.school.id)
        self.neighbour = desk.member("school", desk.town, school_id=desk.other_school.id)

    def as_(self, member: object) -> None:
        scope.bind(self.session, scope.asker_of(self.session, member))

    def store(self, row: object, name: str = "a.jpg", data: bytes = b"") -> Attachment:
        return attachments.store(self.session, row, attachments.taken(name, data or picture()), self.folder)


@pytest.fixture
def files(desk, tmp_path) -> Desk:
    return Desk(desk, tmp_path)


def test_a_file_is_kept_under_a_random_name_with_what_is_known_of_it(files):
    files.as_(files.admin)
    made = files.store(files.visit, "../家访.png")
    path = files.folder / made.stored_as
    assert (made.name, made.entity, made.row_id, made.school_id) == ("家访.jpg", "HomeVisit", files.visit.id, files.desk.school.id)
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (made.size, 0o600)
    assert path.resolve().is_relative_to(files.folder) and "家访" not in str(path)
    assert attachments.find(files.session, made.id) == (made, files.visit)
    assert [one.id for one in attachments.of_row(files.session, files.visit)] == [made.id]


def test_a_refused_file_leaves_nothing(files):
    files.as_(files.admin)
    with pytest.raises(records.Refused) as refused:
        files.store(files.visit, "a.jpg", b"<html>")
    assert list(refused.value.errors) == ["file"]
    assert list(files.folder.rglob("*")) == [] and attachments.of_row(files.session, files.visit) == []


def test_who_does_not_see_the_row_does_not_see_its_file(files):
    files.as_(files.admin)
    made = files.store(files.visit)
    for member, sees in ((files.neighbour, False), (files.inspector, True), (files.desk.member("superior", files.desk.county), False),
                         (files.desk.member("inspector", files.desk.other_county), False)):
        files.session.expire_all()
        files.as_(member)
        assert (attachments.find(files.session, made.id) is not None) is sees, member.role
    files.as_(files.admin)
    records.delete(files.session, files.visit)
    assert attachments.find(files.session, made.id) is None  # its row lies in the trash


def test_who_may_not_write_the_row_hangs_nothing_on_it(files):
    files.as_(files.inspector)
    with pytest.raises(records.Forbidden):
        files.store(files.visit)
    made = files.store(files.answer)
    files.as_(files.admin)
    with pytest.raises(records.Forbidden):
        attachments.remove(files.session, made, files.answer)
    files.as_(files.inspector)
    attachments.remove(files.session, made, files.answer)
    assert attachments.of_row(files.session, files.answer) == []


def test_what_a_submitted_inspection_rests_on_stays(files):
    files.as_(files.inspector)
    made = files.store(files.answer)
    files.inspection.state = "submitted"
    files.session.flush()
    with pytest.raises(records.Forbidden):
        files.store(files.answer)
    with pytest.raises(records.Forbidden):
        attachments.remove(files.session, made, files.answer)


def test_a_record_takes_so_many_files_and_no_more(files, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    files.as_(files.admin)
    first = files.store(files.visit, "1.jpg")
    files.store(files.visit, "2.jpg")
    assert files.store(files.visit, "2.jpg").name == "2.jpg", "the same again is no third one"
    attachments.remove(files.session, first, files.visit)
    files.store(files.visit, "3.jpg")
    for more in (lambda: files.store(files.visit, "4.jpg"), lambda: attachments.restore(files.session, first, files.visit)):
        with pytest.raises(records.Refused) as refused:
            more()
        assert refused.value.errors["file"].params == {"most": 2}


def test_the_files_move_with_the_child(files):
    files.as_(files.admin)
    made, of_child, other = files.store(files.visit), files.store(files.child), files.store(files.desk.hazard())
    with scope.everything(files.session):
        files.child.school_id = files.desk.other_school.id
        files.session.flush()
    files.session.expire_all()
    assert attachments.find(files.session, made.id) is None
    assert attachments.find(files.session, other.id) is not None
    files.as_(files.neighbour)
    assert attachments.find(files.session, made.id) is not None and attachments.find(files.session, of_child.id) is not None
