"""What is kept is bounded by bytes, and the longest unasked for goes first."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.test import Client

from core.db import db
from core.window.edition import editions
from core.window.front import MOST_WAITING, Front, Pool
from core.window.responses import Asked, Document, Finished
from core.window.showing import Days, Window
from core.window.store import Entry, Key, Store
from tests.core.window_site import make_app, prepare

ROOM = 1_000_000


def document(size: int, number: int = 0) -> Document:
    body = random.Random(number).randbytes(size)
    return Document(Finished(200, [("content-type", "application/octet-stream")], body))


def key(path: str, query: str = "") -> Key:
    return Key("http", "localhost", "", path, query)


def entry(size: int, version: tuple[int, int, int] = (0, 1, 1)) -> Entry:
    return Entry(version, None, document(size))


def test_it_never_grows_past_its_room() -> None:
    store = Store(ROOM)
    chance = random.Random(3)
    for number in range(400):
        query = f"q={number}" if chance.random() < 0.5 else ""
        store.put(key(f"/{chance.randrange(80)}", query), entry(chance.randrange(1, 60_000)))
        assert store.size <= ROOM


def test_the_longest_unasked_for_goes_first() -> None:
    store = Store(ROOM)
    store.put(key("/kept"), entry(100_000))
    for number in range(30):
        store.put(key(f"/{number}"), entry(100_000))
        assert store.fresh(key("/kept"), (0, 1, 1), 0)
    assert store.fresh(key("/0"), (0, 1, 1), 0) is None


def test_made_up_queries_push_out_no_plain_page() -> None:
    store = Store(ROOM)
    store.put(key("/"), entry(100_000))
    for number in range(200):
        store.put(key("/calendar/", f"q={number}"), entry(50_000))
    assert store.fresh(key("/"), (0, 1, 1), 0)
    assert store.size <= 100_000 + ROOM // 4 + 10_000


def test_what_is_asked_for_once_pushes_out_nothing_that_was_asked_for_again() -> None:
    store = Store(ROOM)
    feed = key("/feeds/all.ics", "kind=workshop")
    store.put(feed, entry(50_000))
    assert store.fresh(feed, (0, 1, 1), 0)
    for number in range(500):
        made_up = key("/calendar/list/", f"q={number}")
        assert store.fresh(made_up, (0, 1, 1), 0) is None
        store.put(made_up, entry(20_000))
    assert store.fresh(feed, (0, 1, 1), 0)
    assert store.size <= ROOM


def test_made_up_hosts_push_out_no_plain_page() -> None:
    store = Store(ROOM, {"localhost"})
    store.put(key("/"), entry(100_000))
    for number in range(200):
        store.put(key("/")._replace(host=f"{number}.example.org"), entry(50_000))
    assert store.fresh(key("/"), (0, 1, 1), 0)
    assert store.size <= 100_000 + ROOM // 4 + 10_000


def test_one_too_large_for_the_room_is_not_kept_and_pushes_nothing_out() -> None:
    store = Store(ROOM)
    store.put(key("/"), entry(100_000))
    store.put(key("/huge"), entry(700_000))
    assert store.fresh(key("/huge"), (0, 1, 1), 0) is None
    assert store.fresh(key("/"), (0, 1, 1), 0)


def test_a_slow_rendering_never_replaces_a_newer_one() -> None:
    store = Store(ROOM)
    store.put(key("/"), entry(1_000, (0, 2, 1)))
    store.put(key("/"), entry(1_000, (0, 1, 1)))
    assert store.fresh(key("/"), (0, 2, 1), 0)


def test_every_part_of_the_version_counts() -> None:
    store = Store(ROOM)
    store.put(key("/"), entry(1_000, (0, 2, 5)))
    assert store.fresh(key("/"), (0, 2, 5), 0)
    for other in ((1, 2, 5), (0, 3, 5), (0, 2, 6), (0, 1, 5)):
        assert store.fresh(key("/"), other, 0) is None
    assert store.last_good(key("/"), 0)


def test_the_date_is_that_of_the_zone() -> None:
    days = Days(ZoneInfo("America/Los_Angeles"))
    first = days.at(datetime(2026, 11, 1, 6, 59, tzinfo=UTC))
    assert days.at(datetime(2026, 11, 1, 7, tzinfo=UTC)) == first + 1
    # The clocks go back this night: the day has 25 hours.
    assert days.at(datetime(2026, 11, 2, 7, 59, 59, tzinfo=UTC)) == first + 1
    assert days.at(datetime(2026, 11, 2, 8, tzinfo=UTC)) == first + 2
    assert days.at(datetime(2026, 11, 1, 6, tzinfo=UTC)) == first  # a clock that was set back


def test_tags_are_the_contents_and_equal_everywhere() -> None:
    kind = [("content-type", "text/html"), ("etag", '"the view\'s own"'), ("date", "now")]
    body = b"the same bytes on every host " * 40
    one, other = (Document(Finished(200, kind, body)) for _ in range(2))
    for accepted in (None, "gzip", "br"):
        first, second = (each.answer(Asked(accept_encoding=accepted)) for each in (one, other))
        assert first == second
        tags = [value for name, value in first.headers if name == "etag"]
        assert len(tags) == 1 and "view" not in tags[0]
        assert "date" not in dict(first.headers)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(f"sqlite:///{tmp_path / 'site.db'}")
    prepare(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_room_bounds_a_whole_site(site: Flask) -> None:
    reader = editions(db.engine)
    window = Window(site, reader, "UTC", room=ROOM)
    client = Client(Front(window))
    for number in range(60):
        assert client.get(f"/noise?n={number}").status_code == 200
        assert window.store.size <= ROOM
    assert window.store.size > ROOM // 10
    reader.close()


def test_it_answers_without_a_database_of_editions(site: Flask, tmp_path: Path) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE edition")
    reader = editions(db.engine)
    window = Window(site, reader, "UTC", room=ROOM)
    client = Client(Front(window))
    assert client.get("/page").status_code == client.get("/page").status_code == 200
    assert window.store.size == 0
    reader.close()


def test_a_change_counts_from_any_thread(site: Flask) -> None:
    reader = editions(db.engine)
    client = Client(Front(Window(site, reader, "UTC")))
    seen: list[bytes] = []

    def change_and_look(number: int) -> None:
        said = f"evening {number}."
        client.post("/change", data={"said": said})
        seen.append(client.get("/page").data)

    for number in range(20):
        thread = threading.Thread(target=change_and_look, args=(number,))
        thread.start()
        thread.join()
        assert f"evening {number}.".encode() in seen[-1]
    reader.close()


def test_a_queue_has_an_end_and_moves_on() -> None:
    pool, released, done = Pool(1, "test"), threading.Event(), threading.Semaphore(0)

    def work() -> None:
        released.wait(10)
        done.release()

    taken = [pool.run(work) for _ in range(MOST_WAITING + 5)]
    assert taken == [True] * (MOST_WAITING + 1) + [False] * 4
    released.set()
    for _ in range(MOST_WAITING + 1):
        assert done.acquire(timeout=10)
    for _ in range(100):
        if pool.run(done.release):
            break
        threading.Event().wait(0.01)
    assert done.acquire(timeout=10)
