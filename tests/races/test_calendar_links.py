"""Many presses at once: as many links as there may be, and one for one press."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask import Flask

from core.outcome import Refused
from events import subscriptions
from events.models import FeedScope
from events.subscriptions import MOST_LINKS
from people import audit
from people.models import Role
from tests.events.personal_feeds import DISCREET, link, person_of
from tests.factory import Factory

PRESSES = 6


def at_once(app: Flask, person: int, presses: list[UUID]) -> list[int | Refused]:
    start = threading.Barrier(len(presses))

    def press(one: UUID) -> int | Refused:
        with app.app_context():
            start.wait()
            return subscriptions.make_link(
                FeedScope.ME, DISCREET, press=one, language="en", key="a key",
                by=audit.person(person), now=datetime.now(UTC),
            )  # fmt: skip

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def test_one_press_is_one_link_and_many_are_no_more_than_there_may_be(
    both_databases: Flask,
) -> None:
    app = both_databases
    me = person_of(app, Factory(app).account(Role.PARTICIPANT))
    assert len(set(at_once(app, me, [uuid4()] * PRESSES))) == 1
    for _number in range(MOST_LINKS - 3):
        link(app, me)
    made = at_once(app, me, [uuid4() for _press in range(PRESSES)])
    assert sum(isinstance(one, int) for one in made) == 2
    with app.app_context():
        links = subscriptions.links_of(me)
        assert len(links) == MOST_LINKS
        renewed = [links[0].id] * 2
    start = threading.Barrier(2)

    def renew(link_id: int) -> int | Refused:
        with app.app_context():
            start.wait()
            by = audit.person(me)
            return subscriptions.renew_link(link_id, key="a key", by=by, now=datetime.now(UTC))

    with ThreadPoolExecutor(2) as pool:
        assert sum(isinstance(one, int) for one in pool.map(renew, renewed)) == 1
    with app.app_context():
        assert len(subscriptions.links_of(me)) == MOST_LINKS
