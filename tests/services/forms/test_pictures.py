"""The nine forms as LibreOffice prints them: A4, whole, signed, numbered. SHOTS=docs/pictures keeps a picture of each."""

import os
import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageOps
from sqlalchemy import select

from app.models.org import Member
from app.services import clock, scope
from app.services.forms import declaration, periods, places, produce
from tests.support import demo, memory

OF = {"registration": "school", "roster": "school", "summary": "county", "pairing": "school", "care": "county", "hazards": "township",
      "canteen": "school", "bus": "township", "inspections": "county"}
A4, POINTS, EDGE = (595, 842), 2, 15
SCALE, COLOURS, HEAVIEST = 1.7, 16, 150_000


@pytest.fixture(scope="module")
def printed(convert, tmp_path_factory):
    """key → (declaration, place, rows, the printed document)."""
    folder, made = tmp_path_factory.mktemp("printed"), {}
    with memory.database() as session:
        demo.county(session, children=120, schools=6)
        with clock.freeze(demo.TODAY):
            for key, account in OF.items():
                made[key] = (*_write(session, key, account, folder / f"{key}.xlsx"), folder / f"{key}.pdf")
    convert("pdf", [folder / f"{key}.xlsx" for key in OF])
    documents = {key: (*rest, pypdfium2.PdfDocument(path)) for key, (*rest, path) in made.items()}
    yield documents
    for *_rest, document in documents.values():
        document.close()


def _write(session, key, account, path):
    with scope.everything(session):
        member = session.scalars(select(Member).where(Member.username == account)).one()
    who = scope.asker_of(session, member)
    scope.bind(session, who)
    form = declaration.find(session, who, key)
    with path.open("wb") as target:
        wish = produce.Wish(form, places.find(session, ""), periods.chosen(session, form.period, None))
        written = produce.write(session, wish, target)
    scope.bind(session, scope.SYSTEM)
    return form, wish.place.name, written


@pytest.fixture(scope="session")
def forms_folder(session_folder):
    folder = Path(os.environ.get("SHOTS") or session_folder / "shots") / "forms"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def text_of(page):
    return re.sub(r"\s", "", page.get_textpage().get_text_range())


@pytest.mark.parametrize("key", OF)
def test_a_form_is_printed_whole(printed, key):
    form, place, written, document = printed[key]
    size = A4 if key == "registration" else A4[::-1]
    assert written > 0 and all(page.get_size() == pytest.approx(size, abs=POINTS) for page in document)
    pages = [text_of(page) for page in document]
    assert pages and (key != "registration" or len(pages) == written)
    for at, text in enumerate(pages, 1):
        assert f"第{at}页/共{len(pages)}页" in text
    whole = [pages[0]] if key == "registration" else ["".join(pages)]
    for text in whole:
        for said in (form.title, f"填报单位：{place}（盖章）", *(f"{name}：" for name in form.signers), *(column.path[-1] for column in form.columns)):
            assert re.sub(r"\s", "", said) in text, said
    assert ("合计" in pages[-1]) == (form.kind == declaration.FIGURES or any(column.totalled for column in form.columns))
    for page in document:  # nothing touches the edge of the paper
        left, top, right, bottom = ImageOps.invert(page.render(scale=1).to_pil().convert("L")).getbbox()
        assert left > EDGE and top > EDGE and right < size[0] - EDGE and bottom < size[1] - EDGE


@pytest.mark.parametrize("key", OF)
def test_a_picture_of_it_is_light(printed, forms_folder, key):
    *_rest, document = printed[key]
    picture = document[0].render(scale=SCALE).to_pil().convert("RGB")
    path = forms_folder / f"{key}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < HEAVIEST
    assert 0.005 < sum(one < 128 for one in picture.convert("L").getdata()) / (picture.width * picture.height) < 0.4


def test_the_day_of_the_pictures_is_the_demo_countys(printed):
    assert date(2026, 5, 20) == demo.TODAY and "2026年5月20日" in text_of(printed["roster"][-1][0])
