"""A phone without room loses no photo, and one that was put away for a week keeps nothing."""

import pytest
from playwright.sync_api import expect

from tests.support.offline import GOT, KEPT, cut, opened, says

FULL = """() => {
  const add = IDBObjectStore.prototype.add;
  window.full = true;
  document.body.dataset.refused = 0;
  IDBObjectStore.prototype.add = function (row, ...rest) {
    if (window.full && row?.photo && ++document.body.dataset.refused) throw new DOMException("full", "QuotaExceededError");
    return add.call(this, row, ...rest);
  };
}"""
DAYS = 86_400_000  # milliseconds
BASE = """const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith("visit-"));
  const base = await new Promise((yes) => { const request = indexedDB.open(name); request.onsuccess = () => yes(request.result); });
  const all = (place, what) => new Promise((yes) => {
    const found = base.transaction(place).objectStore(place)[what](); found.onsuccess = () => yes(found.result); });"""
# Another school, a tick and a photo, kept so many days ago.
AGED = f"""async (days) => {{ {BASE}
  const at = Date.now() - days * {DAYS}, [visit] = await all("visits", "getAll"), [op] = await all("ops", "getAll");
  const work = base.transaction(["visits", "ops"], "readwrite");
  work.objectStore("visits").put({{ ...visit, at }}, 99999);
  work.objectStore("ops").put({{ ...op, seq: 99998, at }});
  work.objectStore("ops").put({{ ...op, seq: 99999, at, photo: {{ iv: op.iv, bytes: op.bytes }} }});
  await new Promise((yes) => {{ work.oncomplete = yes; }}); base.close(); }}"""
HELD = f"""async () => {{ {BASE}
  const found = [...await all("visits", "getAllKeys"), ...await all("ops", "getAllKeys")].filter((key) => key >= 99998); base.close(); return found; }}"""


@pytest.fixture
def photos(phone, tmp_path):
    made = [tmp_path / name for name in ("食堂.png", "操场.png")]
    for path in made:
        phone.screenshot(path=path)
    return made


def test_a_photo_that_finds_no_room_is_named_and_kept_with_one_touch(phone, pk, photos, look):
    opened(phone, f"/visit/{pk}?section=F")
    phone.evaluate(FULL)
    phone.locator("#F7 .tick.partly").tap()
    says(phone, "F7", GOT)
    for photo in photos:
        phone.locator("#F7 input[type=file]").set_input_files(photo)
    lost = phone.locator("#F7 .lost")
    expect(lost).to_contain_text("没有存下：食堂.png、操场.png")
    look(phone, "offline-full-phone")
    lost.get_by_role("button", name="再存一次").tap()
    expect(phone.locator("body")).to_have_attribute("data-refused", "4")
    expect(lost.get_by_role("button", name="再存一次")).to_be_enabled()
    expect(lost).to_contain_text("没有存下：食堂.png、操场.png")
    phone.evaluate("window.full = false")
    lost.get_by_role("button", name="再存一次").tap()
    expect(lost).to_be_hidden()
    expect(phone.locator("#F7 .shots img")).to_have_count(2)


def test_what_is_a_week_old_is_taken_away_and_not_only_hidden(phone, pk):
    opened(phone, f"/visit/{pk}?section=G")
    cut(phone)
    phone.locator("#G8 .tick.partly").tap()
    says(phone, "G8", KEPT)
    phone.evaluate(AGED, 6.9)
    phone.reload()
    expect(phone.locator("[data-ready]")).to_be_attached()
    assert phone.evaluate(HELD) == [99999, 99998, 99999], "not a week yet"
    phone.evaluate(AGED, 7.1)
    phone.reload()  # still no network
    expect(phone.locator("[data-ready]")).to_be_attached()
    assert phone.evaluate(HELD) == [99998, 99999], "what was never sent waits for the server's time"
    cut(phone, False)
    phone.goto("/visit/")
    expect(phone.locator("[data-told]")).to_contain_text("2 条超过 7 天没有上传，已清除")
    assert phone.evaluate(HELD) == []
