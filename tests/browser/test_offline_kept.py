"""What the phone keeps of a visit: nobody reads it there, and the log-out takes it away."""

import json

from playwright.sync_api import Page, expect

from tests.support.offline import GOT, KEPT, cut, log_in, opened, remark, says, stored

NAMES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
DUMP = """async () => {
  const found = [], plain = (bytes) => [...new Uint8Array(bytes ?? [])];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((yes) => { const request = indexedDB.open(name); request.onsuccess = () => yes(request.result); });
    for (const place of base.objectStoreNames) {
      const rows = await new Promise((yes) => { const all = base.transaction(place).objectStore(place).getAll(); all.onsuccess = () => yes(all.result); });
      for (const row of rows) {
        if (row instanceof CryptoKey) found.push({ place, key: row.extractable, out: await crypto.subtle.exportKey("raw", row).then(() => true, () => false) });
        else found.push({ place, ...row, iv: undefined, bytes: plain(row.bytes), photo: row.photo && plain(row.photo.bytes) });
      }
    }
    base.close();
  }
  return JSON.stringify({ found, session: { ...sessionStorage }, local: { ...localStorage } });
}"""


def test_nothing_can_be_read_in_what_the_phone_keeps(phone, pk, tmp_path):
    opened(phone, f"/visit/{pk}?section=B")
    cut(phone)
    phone.locator("#B1 .tick.na").tap()
    remark(phone, "B1", "只写在手机上的备注")
    photo = tmp_path / "a.png"
    phone.screenshot(path=photo)
    phone.locator("#B1 input[type=file]").set_input_files(photo)
    expect(phone.locator("[data-state]").first).to_have_text("2 条存在这部手机，待上传")
    dump = json.loads(phone.evaluate(DUMP))
    kept = {one["place"] for one in dump["found"]}
    assert kept == {"own", "visits", "ops"} and any(one.get("photo") for one in dump["found"])
    assert [(one["key"], one["out"]) for one in dump["found"] if "key" in one] == [(False, False)]
    for one in dump["found"]:
        held = bytes(one.get("bytes") or []) + bytes(one.get("photo") or [])
        for word in ("只写在手机上的备注", "留守", "result", "JFIF"):
            assert word.encode() not in held and word.encode("utf-16-le") not in held, one["place"]
        assert set(one) <= {"place", "key", "out", "at", "seq", "bytes", "photo"}
    assert "备注" not in json.dumps([dump["session"], dump["local"]], ensure_ascii=False)


def test_logging_out_asks_and_wipes(phone, pk):
    opened(phone, f"/visit/{pk}?section=K")
    cut(phone)
    phone.locator("#K3 .tick.partly").tap()
    says(phone, "K3", KEPT)
    cut(phone, False)
    phone.route("**/visit/sync", lambda route: route.abort())  # the server is away, the log-out is not
    phone.goto("/me/")
    phone.locator("details.me summary").click()
    phone.get_by_role("link", name="退出登录").click()
    expect(phone.locator("dialog")).to_contain_text("还有 1 条没有上传")
    phone.locator("dialog .btn:not(.pri)").click()
    assert phone.evaluate(NAMES) != []
    phone.locator("details.me summary").click()
    phone.get_by_role("link", name="退出登录").click()
    phone.locator("dialog .pri").click()
    expect(phone.locator(".door")).to_be_visible()
    gone(phone)


def gone(page: Page) -> None:
    for _try in range(100):
        if page.evaluate(NAMES) == [] and page.evaluate("localStorage.length + sessionStorage.length") == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(NAMES))


def test_a_foreign_way_to_the_log_out_takes_the_schools_but_not_what_was_filled_in(app, phone, pk):
    opened(phone, f"/visit/{pk}?section=L")
    cut(phone)
    phone.locator("#L1 .tick.partly").tap()
    says(phone, "L1", KEPT)
    phone.route("**/visit/sync", lambda route: route.abort())
    cut(phone, False)
    phone.goto("/logout/")
    expect(phone.locator(".door")).to_be_visible()
    phone.unroute("**/visit/sync")
    log_in(phone, "inspector")
    phone.goto("/visit/")
    expect(phone.locator("[data-state]").first).to_have_text(GOT)
    assert stored(app, pk, "L1").result == "partly"
