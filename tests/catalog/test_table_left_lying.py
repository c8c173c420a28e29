"""A table that somebody looked at and did not take over is gone after a day."""

import time

import pytest

from catalog.sheets import kept

DAY = 24 * 60 * 60


def test_it_waits_for_a_day_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = time.time()
    monkeypatch.setattr(time, "time", lambda: noon + 3 * DAY)
    kept.sweep()  # what other tests have left
    tokens = {}
    for person, hours in ((701, 25), (702, 23), (703, -1)):
        monkeypatch.setattr(time, "time", lambda h=hours: noon - h * 3600)
        tokens[person] = kept.keep(b"Title\nRing", person=person)
    monkeypatch.setattr(time, "time", lambda: noon)
    assert kept.sweep() == 1
    there = {person: kept.find(token, person=person) for person, token in tokens.items()}
    assert there == {701: None, 702: b"Title\nRing", 703: b"Title\nRing"}
    monkeypatch.setattr(time, "time", lambda: noon + 3 * DAY)
    assert kept.sweep() == 2
    assert kept.sweep() == 0
