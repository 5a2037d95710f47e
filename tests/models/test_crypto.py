"""The keyed hash is HMAC-SHA-256 whatever way it is reckoned: hashes that stand in a database must be found again."""

import hmac

from app.models import crypto


def test_a_digest_is_the_hmac_of_place_and_text():
    before = dict(crypto._keys)
    try:
        crypto.use_key(bytes(range(32)))
        key = crypto._derive(bytes(range(32)), b"shouwang search")
        for text in ("", "990101201603021234", "示例县" * 50):
            wanted = hmac.new(key, f"child.id_number:{text}".encode(), "sha256").hexdigest()[:32]
            assert crypto.digest(text, "child.id_number") == wanted == crypto.digester("child.id_number")(text)
    finally:
        crypto._keys.update(before)
