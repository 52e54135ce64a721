"""Reading an untrusted calendar file in a process of its own, which cannot outstay its bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from events.imports.files import Unreadable
from events.imports.ical.entries import Answer, Question, Reading

SECONDS = 20
SECONDS_LARGE = 90  # for files beyond two megabytes, which only the operator can allow
LARGE_BYTES = 2_000_000
_ROOT = Path(__file__).resolve().parents[3]
_TOO_LONG = "Reading the calendar takes too long: split it, or export a shorter span."


def _run(given: bytes, seconds: int) -> bytes:
    command = [sys.executable, "-s", "-m", "events.imports.ical.child", str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and no secret in its surroundings
            command,
            input=given,
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(_TOO_LONG) from None
    if done.returncode:
        raise Unreadable(
            "Reading the calendar takes more time or memory than it may: split the file, or "
            "export a shorter span."
        )
    return done.stdout


def read_bounded(content: bytes, question: Question, seconds: int | None = None) -> Reading:
    """What a calendar file says, or a refusal within seconds.

    Args:
        seconds: the most it may take; by the size of the file unless given.

    Raises:
        Unreadable: it is no calendar, or reading it takes more than it may.
    """
    if seconds is None:
        seconds = SECONDS if len(content) <= LARGE_BYTES else SECONDS_LARGE
    out = _run(msgspec.json.encode(question) + b"\n" + content, seconds)
    try:
        answer = msgspec.json.decode(out, type=Answer)
    except msgspec.DecodeError:
        raise Unreadable("The calendar cannot be read.") from None
    if answer.reading is None:
        raise Unreadable(answer.unreadable)
    return answer.reading
