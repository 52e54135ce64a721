"""What was given out last, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

from events.views.last_good import Given, LastGood

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def given(size: int) -> Given:
    return Given(b"x" * size, NOW)


def test_the_oldest_go_when_there_is_no_room():
    kept = LastGood(room=10)
    for name in ("a", "b", "c"):
        kept.keep(name, given(4))
    assert [kept.of(name) for name in ("a", "b", "c")] == [None, given(4), given(4)]
    kept.keep("b", given(5))  # it is the youngest now, and counted once
    kept.keep("d", given(5))
    assert [kept.of(name) for name in ("b", "c", "d")] == [given(5), None, given(5)]
    kept.keep("e", given(11))
    assert [kept.of(name) for name in ("b", "d", "e")] == [None, None, None]
    kept.keep("f", given(10))
    assert kept.of("f") == given(10)


def test_what_may_not_be_given_out_is_forgotten():
    kept = LastGood()
    kept.keep("a", given(1))
    kept.drop("a")
    kept.drop("never there")
    assert kept.of("a") is None
