"""`make bench`: one run, one table, in the Markdown that docs/performance.md has.

Settings: BENCH_FILE, a Meeting Guide JSON to load instead of a made-up county; BENCH_SECONDS a
measurement and BENCH_ROUNDS of them, of which the median counts.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bench import growth, load, servers
from bench.county import LISTED_SERIES, flask, loaded, written
from bench.desk import Desk

SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SIZES = (500, 2_000, 10_000)
SQUEEZED = {"Accept-Encoding": "gzip"}
Case = tuple[str, str, dict[str, str]]


def _meetings(folder: Path) -> Path:
    given = os.environ.get("BENCH_FILE")
    return Path(given) if given else written(folder, LISTED_SERIES)


def _addresses(url: str) -> dict[str, str]:
    """What is measured: the name of a row, and the path."""
    month = datetime.now(UTC) + timedelta(days=31)
    body, _headers, _taken = servers.ask(f"{url}/feeds/events.json")
    event = urlsplit(json.loads(body)["occurrences"][0]["url"]).path.rsplit("/", 2)[0]
    return {
        "month page": f"/calendar/{month:%Y/%m}/",
        "event page": f"{event}/",
        "/feeds/all.ics": "/feeds/all.ics",
    }


def _file_of(path: str) -> str:
    return path.strip("/") if path.endswith(".ics") else f"{path.strip('/')}/index.html"


def _beside(ours: str, theirs: str, paths: dict[str, str]) -> Iterator[str]:
    """Rows of the first table, each measured in turn so that both meet the same machine."""
    yield "| | bytes | Groundswell, req/s | nginx, req/s | ratio | p99 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, path in paths.items():
        there = f"{theirs}/{_file_of(path)}"
        for how, headers in (("plain", {}), ("gzip", SQUEEZED)):
            size = len(servers.ask(ours + path, headers)[0])
            yield _row(f"{name}, {how}", f"{size:,}", (ours + path, headers), (there, headers))
        tags = [servers.ask(url)[1]["etag"] for url in (ours + path, there)]
        known = [{"If-None-Match": tag} for tag in tags]
        yield _row(f"{name}, 304", "0", (ours + path, known[0]), (there, known[1]))


def _row(name: str, size: str, *asked: tuple[str, dict[str, str]]) -> str:
    rates: list[list[load.Rate]] = [[], []]
    for _round in range(ROUNDS):
        for found, (url, headers) in zip(rates, asked, strict=True):
            found.append(load.once(url, SECONDS, headers))
    ours, theirs = map(load.median_of, rates)
    ratio = ours.requests / theirs.requests
    figures = f"{ours.requests:,.0f} | {theirs.requests:,.0f} | {ratio:.2f} | {ours.p99_ms:.1f} ms"
    return f"| {name} | {size} | {figures} |"


def _first(url: str, desk: Desk, paths: dict[str, str]) -> Iterator[str]:
    """Seconds of a rendering: the first of a new process, and after one date changed."""
    yield "| rendering | in a new process | after an edit |"
    yield "|---|---:|---:|"
    for name, path in paths.items():
        cold = servers.ask(url + path)[2]
        again = []
        for _round in range(ROUNDS):
            desk.edit()
            again.append(servers.ask(url + path)[2])
        yield f"| {name} | {cold * 1000:.0f} ms | {sorted(again)[ROUNDS // 2] * 1000:.0f} ms |"


@contextmanager
def _edits(desk: Desk) -> Iterator[None]:
    """One edit a second while the block lasts."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(1):
            desk.edit()

    editor = threading.Thread(target=go_on)
    editor.start()
    try:
        yield
    finally:
        ended.set()
        editor.join()


def _under_edits(url: str, desk: Desk, paths: dict[str, str]) -> Iterator[str]:
    yield "| one edit a second | req/s | p99 |"
    yield "|---|---:|---:|"
    for name, path in paths.items():
        with _edits(desk):
            rates = [load.once(url + path, SECONDS, SQUEEZED) for _round in range(ROUNDS)]
        rate = load.median_of(rates)
        yield f"| {name}, gzip | {rate.requests:,.0f} | {rate.p99_ms:.1f} ms |"


def main() -> None:
    """Measure, and print the tables."""
    with tempfile.TemporaryDirectory(prefix="groundswell-bench-") as name:
        folder = Path(name)
        meetings = _meetings(folder)
        print(f"Loaded: {meetings.name}\n", flush=True)
        database = loaded(folder, meetings)
        Desk.prepare(lambda *arguments: flask(database, *arguments))
        with servers.groundswell(database) as (url, pid):
            desk = Desk(url, database)
            paths = _addresses(url)
            _say(_first(url, desk, paths))
            files = {}
            for path in paths.values():
                body = servers.ask(url + path)[0]
                files[_file_of(path)] = (body, gzip.compress(body, 6))
            with servers.nginx(folder, files) as other:
                _say(_beside(url, other, paths))
            _say(_under_edits(url, desk, paths))
            used = servers.worker_megabytes(pid)
            print(f"Memory of the workers: {' + '.join(f'{one:.0f}' for one in used)} MB\n")
        _say(growth.rows(folder, SIZES))


def _say(rows: Iterator[str]) -> None:
    for row in rows:
        print(row, flush=True)
    print(flush=True)


if __name__ == "__main__":
    main()
