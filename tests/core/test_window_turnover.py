"""When the edition rises, nobody waits for what everybody asks for, and nobody is shown old things
for long; whoever made the change sees it at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import Client

from core.db import db, write
from core.window import touch, turnover
from core.window.front import Front
from core.window.store import MUCH, Store
from tests.core.window_site import fronted, make_app, prepare


class Visitors:
    """Many visitors of one page, through a front in this process."""

    def __init__(self, app: Flask, front: Front) -> None:
        self.app, self.front = app, front
        self.client = Client(front, use_cookies=False)
        self.gate = app.gate

    def see(self, path: str = "/slow") -> str:
        return self.client.get(path).get_data(as_text=True)

    def crowd(self, path: str = "/slow") -> None:
        for _visit in range(MUCH + 2):
            self.see(path)

    def change(self, said: str) -> None:
        assert self.client.post("/change", data={"said": said}).status_code == 204

    def change_elsewhere(self, said: str) -> None:
        """As another process does it: nobody here is asked."""
        with self.app.app_context(), write() as session:
            session.execute(text("UPDATE words SET said = :said"), {"said": said})
            touch()


@pytest.fixture
def visitors(tmp_path: Path) -> Iterator[Visitors]:
    app = make_app(f"sqlite:///{tmp_path / 'site.db'}")
    prepare(app)
    front = fronted(app)
    yield Visitors(app, front)
    front.window.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_whoever_changes_something_sees_it_next(visitors: Visitors) -> None:
    visitors.crowd()
    for said in ("second", "third", "fourth"):
        visitors.change(said)
        assert visitors.see().startswith(said)
        visitors.crowd()


def test_the_crowd_never_waits_while_the_page_is_made_ready(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turnover, "PATIENCE_SECONDS", 20.0)
    visitors.crowd("/gated")
    before = visitors.front.window.newest()
    visitors.gate.clear()  # rendering it takes until the gate opens
    editor = threading.Thread(target=visitors.change, args=("second",))
    editor.start()
    while visitors.front.window.newest() == before:
        time.sleep(0.001)
    for _visit in range(20):
        assert visitors.see("/gated").startswith("first")
    visitors.gate.set()
    editor.join()
    assert visitors.see("/gated").startswith("second")
    assert visitors.app.renders["/gated"] == 2


def test_a_change_elsewhere_is_seen_within_a_second(visitors: Visitors) -> None:
    visitors.crowd()
    visitors.change_elsewhere("second")
    until = time.monotonic() + 2  # half a second, on a machine with nothing else to do
    while not visitors.see().startswith("second"):
        assert time.monotonic() < until
    assert visitors.app.renders["/slow"] == 2


def test_what_few_ask_for_is_never_old(visitors: Visitors) -> None:
    visitors.see("/page")
    visitors.change_elsewhere("second")
    assert "second" in visitors.see("/page")


def test_many_changes_do_not_put_off_the_first(visitors: Visitors) -> None:
    visitors.crowd()
    began = time.monotonic()
    number = 0
    while visitors.see().startswith("first"):
        number += 1
        visitors.change_elsewhere(f"change-{number}")
        visitors.see()
        time.sleep(0.02)
    assert time.monotonic() - began < 3


def test_patience_ends(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnover, "PATIENCE_SECONDS", 0.05)
    visitors.crowd()
    visitors.change("second")
    assert visitors.see().startswith("second")
    assert visitors.app.renders["/slow"] == 2  # who came too early waited for the same rendering


def test_a_page_that_cannot_be_made_ready_holds_up_nothing(visitors: Visitors) -> None:
    visitors.crowd("/page")
    good = visitors.see("/page")
    visitors.change("crash")
    assert visitors.see("/page") == good  # what stood last
    visitors.change("better")
    assert "better" in visitors.see("/page")


def test_nothing_of_a_visitor_is_kept_to_ask_again(visitors: Visitors) -> None:
    mark = {"User-Agent": "marked", "Cookie": "marked=1", "X-Forwarded-For": "marked"}
    for _visit in range(MUCH + 2):
        visitors.client.get("/slow", headers=mark)
    [(_key, entry)] = visitors.front.window.store.asked_most()
    assert "marked" not in repr(entry.environ)


def test_what_was_read_before_a_turn_turns_nothing_back() -> None:
    turns = turnover.Turnover(Store(1_000_000), lambda _key, _entry, _version: None)
    assert turns.shown((0, 6, 1)) == (0, 6, 1)
    assert turns.shown((0, 5, 1)) == (0, 6, 1)
    assert turns.shown((0, 6, 2)) == (0, 6, 2)  # a new day
    assert turns.shown((1, 2, 2)) == (1, 2, 2)  # a backup put back
