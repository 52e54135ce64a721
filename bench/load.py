"""Load on an address, by wrk."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from statistics import median

CONNECTIONS = 32
_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_PERCENTILE = re.compile(r"^\s+99%\s+([0-9.]+)(us|ms|s)$", re.MULTILINE)
_BAD = re.compile(r"(Non-2xx or 3xx responses|Socket errors): (.*)")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Rate:
    """Requests a second, and the milliseconds within which 99 of 100 were answered."""

    requests: float
    p99_ms: float


def once(url: str, seconds: int, headers: dict[str, str]) -> Rate:
    """The rate over so many seconds.

    Raises:
        RuntimeError: something was answered by an error, so that the rate says nothing.
    """
    named = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *named, url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    rate, slow = _RATE.search(done.stdout), _PERCENTILE.search(done.stdout)
    bad = _BAD.search(done.stdout)
    if rate is None or slow is None or bad is not None:
        raise RuntimeError(f"{url}\n{done.stdout}{done.stderr}")
    return Rate(float(rate[1]), float(slow[1]) * _MILLISECONDS[slow[2]])


def median_of(rates: list[Rate]) -> Rate:
    """The median of each figure."""
    return Rate(median(one.requests for one in rates), median(one.p99_ms for one in rates))
