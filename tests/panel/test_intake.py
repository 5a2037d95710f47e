"""What schools send, through the pages: which sheet, which column is what, a pasted block, the sender's own file back."""

import io
import re
import zipfile

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.models.audit import Attachment
from app.models.children import Child
from app.models.org import Member, SchoolClass
from app.models.sheets import SheetMapping
from app.services.sheet.read import read_book
from tests.support.sending import HEAD, book_of, chosen, count, own_sheet, page, paste, plain, room, send, tallies, token_of
from tests.support.sheets import workbook

assert room  # pytest finds it here by its name

def test_columns_under_other_names_are_offered_said_once_and_remembered(client_for, look, room):
    client = client_for("school")
    asked = page(send(client, workbook(own_sheet(room, "钟离甲"))))
    assert chosen(asked) == {"c0": "", "c1": "name", "c2": "sex", "c3": "birth_date", "c4": "school_class", "c5": "stage", "c6": ""}
    assert "表头在第 3 行" in asked and "2016年3月2日" in asked and not tallies(asked)
    text = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked), **chosen(asked)}))
    assert tallies(text) == [1, 0, 0, 0] and "第 5、6 行是合计" in text and "序号、家长签名" in text
    assert client.post("/sheets/child/import/commit", data={"token": token_of(text)}).status_code == 302 and count(look, "钟离甲") == 1

    other_order = own_sheet(room, "钟离乙", head=[*reversed(HEAD)])
    assert tallies(page(send(client, workbook(other_order)))) == [1, 0, 0, 0]
    assert look(lambda session: session.scalar(select(func.count(SheetMapping.id)))) == 1
    assert tallies(page(send(client_for("teacher"), workbook(other_order)))) == [1, 0, 0, 0]  # the same school sends the same sheets
    assert chosen(page(send(client_for("school2"), workbook(other_order))))  # another one is asked


def test_what_was_said_can_be_changed_and_a_double_choice_is_told(client_for, room):
    client = client_for("school3")
    asked = page(send(client, workbook(own_sheet(room, "令狐甲"))))
    twice = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked), **chosen(asked), "c6": "name"}))
    assert "“姓名”选了两次" in twice and chosen(twice)["c6"] == "name"
    none = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked)}))
    assert "至少选一列" in none
    text = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked), **chosen(asked), "c6": "character"}))
    again = page(client.get(re.search(r'href="(/sheets/child/import/columns[^"]+)"', text)[1].replace("&amp;", "&")))
    assert chosen(again)["c6"] == "character"


def test_without_a_word_about_the_columns_nothing_can_be_written(client_for, look, room):
    client = client_for("school2")
    asked = page(send(client, workbook(own_sheet(room, "长孙甲"))))
    assert "没有一列认得出来" in page(client.post("/sheets/child/import/commit", data={"token": token_of(asked)}))
    assert count(look, "长孙甲") == 0


def test_the_likeliest_sheet_is_taken_and_of_several_one_is_asked_for(client_for, room):
    client = client_for("school")
    one = page(send(client, book_of(说明=[["填写说明"], ["学校", "示例小学"]], 花名册=plain(room, "东方甲"))))
    assert tallies(one) == [1, 0, 0, 0] and "读的是工作表“花名册”" in one
    asked = page(send(client, book_of(说明=[["填写说明"]], 一年级=plain(room, "东方乙"), 二年级=plain(room, "东方丙", "东方丁"))))
    assert "要导入的工作表" in asked and not tallies(asked)
    other = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked), "sheet": "二年级"}))
    assert re.search(r'<option selected>([^<]+)<', other)[1] == "二年级"
    text = page(client.post("/sheets/child/import/columns", data={"token": token_of(other), **chosen(other)}))
    assert tallies(text) == [2, 0, 0, 0]
    same = page(client.post("/sheets/child/import/columns", data={"token": token_of(asked), "sheet": "没有这张"}))
    assert re.search(r'<option selected>([^<]+)<', same)[1] == "二年级"


def test_a_pasted_block_goes_the_same_way(client_for, look, room):
    client = client_for("school")
    text = page(paste(client, "示例小学\r\n姓名\t性别\t出生日期\t班级\t就学状态\r\n司空甲\t女\t2016.3.2\t" + room + "\t小学\r\n"))
    assert tallies(text) == [1, 0, 0, 0] and "粘贴的内容" in text
    assert client.post("/sheets/child/import/commit", data={"token": token_of(text)}).status_code == 302 and count(look, "司空甲") == 1
    wrong = page(paste(client, "姓名\t性别\t出生日期\t班级\t就学状态\r\n司空乙\t女\t昨天\t" + room + "\t小学\r\n"))
    assert tallies(wrong) == [0, 0, 0, 1]
    answer = client.get(f"/sheets/child/errors/{token_of(wrong)}.xlsx")
    assert read_book(answer.data).rows[1][0] == "司空乙"
    answer.close()
    assert "请先选择文件，或粘贴" in page(paste(client, " \r\n "))


def test_the_senders_own_file_comes_back_marked(client_for, room):
    client = client_for("school")
    book = openpyxl.load_workbook(io.BytesIO(book_of(封面=[["封面"]], 花名册=[["示例小学花名册"], *plain(room, "宇文甲", "宇文乙")])))
    sheet = book["花名册"]
    sheet.merge_cells("A1:E1")
    sheet["C3"], sheet["D4"], sheet["F2"], sheet["F3"] = "2016-02-30", "没有这个班", "身份证号", 990101201603020011
    target = io.BytesIO()
    book.save(target)
    text = page(send(client, target.getvalue()))
    assert tallies(text) == [0, 0, 0, 2] and "2016-02-30" in text and "文本格式" in text
    answer = client.get(f"/sheets/child/errors/{token_of(text)}.xlsx")
    back = openpyxl.load_workbook(io.BytesIO(answer.data))
    answer.close()
    sheet = back["花名册"]
    assert back.sheetnames == ["封面", "花名册"] and [str(area) for area in sheet.merged_cells.ranges] == ["A1:E1"]
    marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert set(marked) == {"C3", "D4", "F3"} and "没有“2016-02-30”" in marked["C3"] and "没有这个班" in marked["D4"] and "文本格式" in marked["F3"]
    assert all(sheet[place].fill.fgColor.rgb == "FFFFC7CE" for place in marked)


def test_photos_in_a_zip_are_shown_then_written_once(client_for, look):
    client = client_for("school")

    def first(session):
        child = session.scalars(select(Child).join(SchoolClass, SchoolClass.id == Child.school_class_id).where(
            Child.school_id == select(Member.school_id).where(Member.username == "school").scalar_subquery(), Child.id_number_hash.is_not(None))).first()
        return child.id, child.name, child.id_number
    row_id, name, number = look(first)
    picture, target = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(f"{number}.png", picture.getvalue())
        package.writestr("合影.png", picture.getvalue())
    sent = client.post("/photos/import", data={"file": (io.BytesIO(target.getvalue()), "照片.zip")}, content_type="multipart/form-data")
    text = page(client.get(sent.location))
    assert tallies(text) == [1, 1, 0, 1] and "合影.png" in text and name in text and number not in text

    def files(session):
        return session.scalars(select(Attachment.name).where(Attachment.entity == "Child", Attachment.row_id == row_id)).all()
    assert look(files) == []
    token = token_of(text)
    assert "已过期" in page(client_for("teacher").post("/photos/import/commit", data={"token": token}))
    written = client.post("/photos/import/commit", data={"token": token})
    assert client.get(written.location).location == "/sheets/batches" and look(files) == ["附件.jpg"]
    batches = page(client.get("/sheets/batches"))
    assert "已写入 1 张照片" in batches and "照片.zip" in batches
    undo = re.search(r'href="(/sheets/batches/\d+/undo)"', batches)[1]
    assert client.post(undo).status_code == 302 and look(files) == [] and "已撤销 1 条" in page(client.get("/sheets/batches"))
    assert "已经写入过" in page(client.post("/photos/import/commit", data={"token": token})) and look(files) == []
    assert "请先选择压缩包" in page(client.post("/photos/import", data={}))


@pytest.mark.parametrize(("content", "told"), [(b"PK", "不是 zip"), (b"", "不是 zip")])
def test_a_zip_that_cannot_be_read_is_told_by_the_page(client_for, content, told):
    client = client_for("school")
    sent = client.post("/photos/import", data={"file": (io.BytesIO(content), "照片.zip")}, content_type="multipart/form-data")
    assert told in page(client.get(sent.location))


def test_another_members_columns_cannot_be_said(client_for, room):
    asked = page(send(client_for("school2"), workbook(own_sheet(room, "公西甲"))))
    answer = client_for("teacher").post("/sheets/child/import/columns", data={"token": token_of(asked), **chosen(asked)})
    assert "已过期" in page(answer)
    assert "已过期" in page(client_for("teacher").get(f"/sheets/child/import/columns?token={token_of(asked)}"))
