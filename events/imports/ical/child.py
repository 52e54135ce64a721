"""The process that reads a file: a question and the file come in, an answer goes out, as JSON.

It has bounds on its memory and its processor time, writes no file and knows no secret, so that
the worst a file can do is to end it.
"""

from __future__ import annotations

import resource
import sys
import warnings

import msgspec

from events.imports.ical.entries import Answer, Question
from events.imports.ical.lines import NotACalendar
from events.imports.ical.reading import read_calendar

MEMORY_BYTES = 1_000_000_000
OPEN_FILES = 64
_CANNOT = "The calendar cannot be read: "


def _bound(cpu_seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _soft, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def answer(given: bytes) -> Answer:
    """The answer to a question: a line of JSON, and the file behind it."""
    line, _break, content = given.partition(b"\n")
    try:
        return Answer(read_calendar(content, msgspec.json.decode(line, type=Question)))
    except NotACalendar as error:
        return Answer(unreadable=str(error))
    except MemoryError:
        return Answer(unreadable=_CANNOT + "it needs too much memory.")
    except Exception as error:  # noqa: BLE001 - a file must never be answered with a traceback
        return Answer(unreadable=f"{_CANNOT}{type(error).__name__}: {str(error)[:200]}")


def main() -> None:
    """Read standard input, write standard output."""
    _bound(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(msgspec.json.encode(answer(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
