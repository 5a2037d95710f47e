"""Every harmful file through the page: it answers, says what to do, offers nothing to write, and the next one is answered as well."""

import io
import re

import pytest
from sqlalchemy import func, select

from app.models.audit import Change, ImportBatch
from app.models.children import Child
from tests.services.sheet import harm


def written(look):
    return look(lambda session: [session.scalar(select(func.max(model.id))) for model in (Child, Change, ImportBatch)])


def post(client, rest, **data):
    """The page at the end: of a large file the worker's."""
    answer = client.post(f"/sheets/child/{rest}", data=data, content_type="multipart/form-data")
    return client.get(answer.location) if answer.status_code == 302 and "/job/" in answer.location else answer


@pytest.mark.no_database
def test_no_file_brings_the_page_down_or_writes(client_for, look):
    client, before = client_for("school"), written(look)
    for name, make in (harm.REFUSED | harm.ODD).items():
        answer = post(client, "import", file=(io.BytesIO(make()), "花名册.xlsx"))
        text = answer.get_data(as_text=True)
        assert answer.status_code in (200, 413), name
        refused = re.search(r'class="say danger" role="alert"><span>([^<]+)', text)
        assert refused or name in harm.ODD or answer.status_code == 413, name
        if token := re.search(r'name="token" value="([^"]+)"', text):
            assert post(client, "import/commit", token=token[1]).status_code == 200, name
    assert written(look) == before
    assert client.get("/sheets/child/import").status_code == 200
