"""Columns, strings and files that several tests share."""

import io
import re
import zipfile

from app.services.sheet.book import write_book
from app.services.sheet.column import Column

SEX = {"1": "男", "2": "女"}
COLUMNS = [
    Column("name", "姓名", "text", required=True),
    Column("id_number", "身份证号", "text", required=True, hint="18 位"),
    Column("born_on", "出生日期", "date"),
    Column("seen_at", "谈话时间", "datetime"),
    Column("sex", "性别", "choice", choices=SEX),
    Column("boards", "是否住校", "bool"),
    Column("pupils", "人数", "int"),
    Column("score", "得分", "decimal"),
    Column("found", "了解到的情况", "text", long=True),
]

HOSTILE = [
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.invalid","点我")', "+1", "+86 858", "-1", "-2+3", "--",
    "@SUM(1)", "＝1+1", "＋1", "－1", "＠a", "\t=1", "a\tb", "\t", "\r=1", "a\rb", "a\r\nb", "a\nb", "\n", "=1\n+2",
    "a\x00b", "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x1f", "\x7f", "\x85", "a\u2028b",
    "<b>x</b>", "a<b", "a>b", "&", "&amp;", "&#0;", "]]>", "<![CDATA[x]]>", "<!-- x -->", "</t></is></c>", "<r>x</r>", "<r><t>x</t></r>", '"', "'",
    "'=1", '"=1"', "a\"b'c", "_x0041_", "_x005F_", "_x005F_x0041_", "__x000D__", "_x000d_", "_xZZZZ_", "_x", "x_x",
    " a", "a ", "  ", "　前", "后　", "a  b", "\u00a0a", "\u200b", "\ufeffa", "a\u202eb", "|", " |a", "a| ", "| |",
    "http://x.invalid/", "https://x.invalid/?a=1&b=2", "mailto:a@x.invalid", "internal:Sheet1!A1", "external:c:\\a",
    "file:///etc/passwd", "ftp://x.invalid", "\\\\x\\y", "www.x.invalid", "😀", "👨‍👩‍👧", "𠮷田", "e\u0301", "é",
    "007", "1e5", "1E400", "110101199003070000", "3.0", "2015-03-02", "TRUE", "#N/A", "#REF!", "None", "nan", "{n}",
    "{0}", "{{", "%s", "%(x)s", "${x}", "\\", "\\n", "'''", '"""', "A1", "'; drop table x; --", "张三", "女",
]
# Every sign by which a spreadsheet takes text for a formula, half and full width, before and behind what hides it.
HOSTILE += [f"{before}{sign}{what}" for sign in "=+-@＝＋－＠" for before in ("\t", "\r", "\n", "\x00", " ", "\u200b", "'")
            for what in ("cmd|'/c calc'!A1", "1")]
HOSTILE += [f"{sign}{what}" for sign in "=+-@＝＋－＠" for what in (
    "1+1", "A1&B1", "SUM(1,1)", "IF(1,2,3)", "HYPERLINK(\"http://x.invalid\")", "WEBSERVICE(\"http://x.invalid\")", "DDE(\"cmd\";\"/C calc\";\"x\")",
    "cmd|'/c calc'!A1", "'甲'!A1", "[外.xlsx]甲!A1", "{1}", "<x>&amp;", "=1")]
HOSTILE = list(dict.fromkeys(HOSTILE))



def book_bytes(columns, rows, **more) -> bytes:
    """A written workbook."""
    target = io.BytesIO()
    words = {"title": "花名册", "subtitle": "全部", "sheet_name": "花名册"} | more
    write_book(target, columns, rows, **words)
    return target.getvalue()


def parts(content: bytes) -> dict[str, str]:
    """The XML parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def changed(content: bytes, **replaced: bytes) -> bytes:
    """The same package with parts added or replaced; `xl/a.xml` as keyword via dict."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, data in replaced.items():
            new.writestr(name, data)
    return target.getvalue()


def unescaped(text: str) -> str:
    """ECMA-376's _xHHHH_ undone, which openpyxl leaves to its user."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
