"""When and where a photo was taken: what a phone says is taken only where it makes sense."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.services import clock, shots

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
SENT = {"at": 1_000_000, "now": 1_060_000, "lat": 26.58, "lon": 106.71, "within": 12.3}


def told(**other):
    with clock.freeze(NOW):
        return shots.told(json.dumps({**SENT, **other}))


def test_the_time_is_the_servers_whatever_the_phones_clock_says():
    assert told() == shots.Shot(NOW - timedelta(minutes=1), 26.58, 106.71, 13)
    later = told(at=9_000_000_000_000, now=9_000_000_060_000)
    assert later.at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("other", [{"lat": None}, {"lat": 91}, {"lon": -181}, {"lat": "26"}, {"within": -1}, {"within": 1e9}, {"lat": True},
                                   {"lat": float("nan")}])
def test_what_is_no_place_is_left_out_and_the_time_stays(other):
    made = told(**other)
    assert (made.latitude, made.longitude, made.within) == (None, None, None) and made.at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("other", [{"at": 2_000_000}, {"at": None}, {"now": "x"}, {"at": 0, "now": 9 * 24 * 3600 * 1000}])
def test_what_is_no_time_is_left_out_and_the_place_stays(other):
    assert told(**other) == shots.Shot(None, 26.58, 106.71, 13)


@pytest.mark.parametrize("text", ["", "x", "[]", "null", "[" * 290, "{" + " " * 400 + "}"])
def test_what_is_no_object_says_nothing(text):
    assert shots.told(text) == shots.Shot()
