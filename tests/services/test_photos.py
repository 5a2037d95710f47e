"""A zip of photos: whose each is, what is refused, all or nothing."""

import io
import struct
import zipfile

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.models.audit import Attachment
from app.models.children import Child
from app.services import attachments, records, scope
from app.services.exchange import photos
from app.services.sheet.errors import SheetError
from tests.support.sheets import asked_by


def jpeg(size=(400, 300), color="red"):
    """A photo that says where it was taken."""
    exif, target = Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, color).save(target, "JPEG", exif=exif)
    return target.getvalue()


def packed(files, **more):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **more) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return target.getvalue()


def children(session, many=3):
    query = select(Child).where(Child.id_number_hash.is_not(None), Child.student_number_hash.is_not(None)).order_by(Child.id)
    return session.scalars(query.limit(many)).all()


def told(found):
    return {one.name: one.child_id for one in found if one.kept}, {one.name: str(one.wrong) for one in found if one.wrong}


def test_photos_find_their_child_by_any_of_its_numbers(app):
    with asked_by(app, "school") as session:
        one, other, third = children(session)
        files = {f"{one.name}_{one.id_number}.jpg": jpeg(), f"一班/{other.student_number}.JPG": jpeg(), f"{third.id} {third.name}.jpg": jpeg(),
                 f"{one.id_number}/病历 1.jpg": jpeg(color="blue"), f"照片#{other.id}.png": jpeg(color="green")}
        found, wrong = told(photos.look(session, packed(files)))
        assert wrong == {f"照片#{other.id}.png": photos.NOBODY}  # 照片 is no name of the child's
        assert list(found.values()) == [one.id, other.id, third.id, one.id]


@pytest.mark.parametrize("name", ["IMG_0012.jpg", "2026-03-02.jpg", "花名册.jpg", "99010120160302001X.jpg", "G99010120160302001X.jpg"])
def test_names_that_speak_of_nobody_are_listed(app, name):
    with asked_by(app, "school") as session:
        assert told(photos.look(session, packed({name: jpeg()}))) == ({}, {name: photos.NOBODY})


def test_a_number_with_another_childs_name_beside_it_is_not_taken(app):
    with asked_by(app, "school") as session:
        one, other, _third = children(session)
        assert told(photos.look(session, packed({f"{one.id} {other.name}公.jpg": jpeg()})))[0] == {}


def test_a_bare_number_is_no_system_number(app):
    with asked_by(app, "school") as session:
        one, _other, third = children(session)
        bare = {f"{one.id}.jpg": jpeg(), f" {one.id} .jpg": jpeg(), f"#{one.id}.jpg": jpeg(), f"{one.id}-1.jpg": jpeg(), f"一班/{one.id}.jpg": jpeg(),
                f"李某系统编号{one.id}.jpg": jpeg()}
        assert told(photos.look(session, packed(bare))) == ({}, dict.fromkeys(bare, photos.NOBODY))
        meant = {f"{one.name} #{one.id}.jpg": jpeg(color="red"), f"{one.name}＃{one.id}.jpg": jpeg(color="blue"), f"系统编号{third.id}.jpg": jpeg(),
                 f"{third.name}系统编号 {third.id}.jpg": jpeg(color="green")}
        assert told(photos.look(session, packed(meant))) == (dict(zip(meant, [one.id, one.id, third.id, third.id], strict=True)), {})


def test_another_schools_child_is_nobody(app):
    with asked_by(app, "school2") as session:
        number, row_id = children(session, 1)[0].id_number, children(session, 1)[0].id
    with asked_by(app, "school") as session:
        assert told(photos.look(session, packed({f"{number}.jpg": jpeg(), f"系统编号{row_id}.jpg": jpeg()})))[0] == {}
    with asked_by(app, "county") as session, pytest.raises(records.Forbidden):
        photos.look(session, packed({"a.jpg": jpeg()}))


def test_photos_are_kept_small_without_place_and_number_and_once(app, tmp_path):
    with asked_by(app, "teacher") as session:
        child = session.scalars(select(Child).where(Child.school_class_id.in_(scope.asker(session).class_ids), Child.id_number_hash.is_not(None))).first()
        content = packed({f"{child.name}{child.id_number}.jpg": jpeg((3000, 2000)), f"{child.id_number}-2.jpg": jpeg((3000, 2000))})
        found = photos.look(session, content)
        assert [one.there for one in found] == [False, True]
        made = photos.commit(session, [one for one in found if not one.there], tmp_path, file_name="照片.zip", token="a" * 32)
        session.flush()
        assert [one.name for one in made] == [f"{child.name}.jpg"] and made[0].school_id == child.school_id
        kept = Image.open(tmp_path / made[0].stored_as)
        assert max(kept.size) == 1600 and not kept.getexif()
        assert all(one.there for one in photos.look(session, content))


def test_one_that_cannot_be_written_leaves_nothing_on_the_disk(app, tmp_path, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    with asked_by(app, "school") as session:
        child = children(session, 1)[0]
        before = session.scalar(select(func.count(Attachment.id)))
        found = photos.look(session, packed({f"{child.id_number}/{color}.jpg": jpeg(color=color) for color in ("red", "blue")}))
        with pytest.raises(records.Refused):
            photos.commit(session, found, tmp_path, file_name="照片.zip", token="b" * 32)
        session.rollback()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()] and session.scalar(select(func.count(Attachment.id))) == before


def bomb():
    return packed({"a.jpg": bytes(20 << 20)})


def lying():
    """A directory that says 9 bytes of an entry that unpacks to 20 MB."""
    content, false = bytearray(bomb()), struct.pack("<L", 9)
    real = struct.pack("<L", 20 << 20)
    while (at := content.find(real)) >= 0:
        content[at : at + 4] = false
    return bytes(content)


def locked():
    content = bytearray(packed({"a.jpg": jpeg()}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(("content", "words"), [
    (b"", "不是 zip"), (b"%PDF-1.7", "不是 zip"), (packed({"a.jpg": jpeg()})[:-40], "不是 zip"), (bomb(), "太大"), (lying(), "不是 zip"), (locked(), "密码"),
    (packed({}), "没有文件"), (packed({"__MACOSX/a.jpg": b"x", ".DS_Store": b"x", "文件夹/": b""}), "没有文件"),
    (packed({f"{at}.jpg": b"x" for at in range(photos.MOST_FILES + 1)}), "最多")], ids=range(9))
def test_a_zip_that_means_harm_is_refused(app, content, words):
    with asked_by(app, "school") as session, pytest.raises(SheetError, match=words):
        photos.look(session, content)


@pytest.mark.parametrize("name", ["../../etc/{n}.jpg", "/etc/{n}.jpg", "C:\\{n}.jpg", "a/../{n}.jpg", "{n}\u202egpj.exe", "..\\{n}.jpg"])
def test_a_hostile_name_is_refused(app, name):
    with asked_by(app, "school") as session:
        number = children(session, 1)[0].id_number
        found, wrong = told(photos.look(session, packed({name.format(n=number): jpeg()})))
        assert found == {} and list(wrong.values()) == ["文件名不合规，请改名后再压缩"] and ".." not in next(iter(wrong))


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"MZ\x90", packed({"b.jpg": b"x"}), jpeg()[:200], b"%PDF-1.4 no end"], ids=range(6))
def test_what_is_no_photo_is_listed_with_its_reason(app, data):
    with asked_by(app, "school") as session:
        child = children(session, 1)[0]
        found = photos.look(session, packed({f"{child.id_number}.jpg": data, f"{child.id_number} 好.jpg": jpeg()}))
        assert [bool(one.kept) for one in found] == [False, True] and found[0].child_id == child.id


def test_names_packed_on_a_chinese_windows_are_read(app):
    with asked_by(app, "school") as session:
        child = children(session, 1)[0]
        content = packed({f"{child.id}_XXXX.jpg": jpeg()}).replace(b"XXXX", "张三".encode("gb18030"))
        assert [one.name for one in photos.look(session, content)] == [f"{child.id}_张三.jpg"]
