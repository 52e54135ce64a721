"""How the cost of rendering grows with the number of series.

Run as a module with the path of a database, it measures that one in a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import create_app
from bench.county import ROOT, environment, loaded, written
from core.db import db

RUNS = 3


def rows(folder: Path, sizes: Sequence[int]) -> Iterator[str]:
    """A table of the processor's milliseconds, and how much more each step costs."""
    yield "| series | dates | feed, first | feed, again | month | feed size | peak memory |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    before: tuple[int, float] | None = None
    for size in sizes:
        file = written(folder, size)
        database = loaded(folder, file)
        command = [sys.executable, "-m", "bench.growth"]
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment(database), check=True, capture_output=True
        )
        found = json.loads(done.stdout)
        grown = ""
        if before is not None:
            grown = f" ({found['feed'] / before[1]:.1f}× for {size / before[0]:.0f}×)"
        before = (size, found["feed"])
        yield (
            f"| {size:,} | {found['dates']:,} | {found['feed']:.0f} ms{grown}"
            f" | {found['again']:.0f} ms | {found['month']:.0f} ms"
            f" | {found['bytes'] / 1000:,.0f} kB | {found['megabytes']:.0f} MB |"
        )


def _measure() -> dict[str, float]:
    app = create_app()
    client = app.test_client()
    month = datetime.now(UTC) + timedelta(days=31)

    def cost(path: str) -> tuple[float, int]:
        began = time.process_time()
        size = len(client.get(path).data)
        return (time.process_time() - began) * 1000, size

    cost("/help-now/")  # templates compiled, connections open
    feed, size = cost("/feeds/all.ics")
    again = min(cost("/feeds/all.ics")[0] for _run in range(RUNS))
    cost(f"/calendar/{month:%Y/%m}/")
    shown = min(cost(f"/calendar/{month:%Y/%m}/")[0] for _run in range(RUNS))
    with app.app_context():
        dates = db.session.execute(db.text("SELECT count(*) FROM occurrence")).scalar_one()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {
        "feed": feed,
        "again": again,
        "month": shown,
        "bytes": size,
        "dates": dates,
        "megabytes": used,
    }


if __name__ == "__main__":
    os.chdir(ROOT)
    print(json.dumps(_measure()))
