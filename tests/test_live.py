"""The product, started as `make run` starts it, answers over real HTTP and ends when told to."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.live import live_server
from tests.servers import StartError


def get(address: str) -> int:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return int(answer.status)


def test_it_answers_until_the_block_ends(sqlite_url: str) -> None:
    with live_server({"DATABASE_URL": sqlite_url}) as url:
        assert get(f"{url}/healthz") == 200
        assert get(f"{url}/") == 200
    with pytest.raises(urllib.error.URLError):
        get(f"{url}/healthz")


def test_a_server_that_cannot_start_says_why(sqlite_url: str) -> None:
    wrong = {"DATABASE_URL": sqlite_url, "TIMEZONE": "Atlantis"}
    with pytest.raises(StartError, match="Atlantis"), live_server(wrong):
        pass


def test_it_never_serves_the_database_of_whoever_runs_the_tests() -> None:
    with pytest.raises(AssertionError, match="DATABASE_URL"):
        live_server({})
