"""Sheets as PDF: tagged (PDF/UA-1), fonts inside, the same bytes for the same sheet.

Typst reads nothing but the templates beside this file; what a sheet says reaches them as JSON and
is set as text, never read as markup.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedTooLongError
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import msgspec
import typst

from events.print.sheets import MonthSheet, WeekSheet

TEMPLATES = Path(__file__).parent
AT_ONCE = 2
LONGEST_SECONDS = 20

_own = threading.local()
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="print")


class TooSlowError(Exception):
    """The sheet was not ready in time: too many are being made, or the machine is too busy."""


def pdf_of(sheet: MonthSheet | WeekSheet, changed: datetime) -> bytes:
    """A sheet as PDF.

    Args:
        changed: the moment of the last change, which becomes the document's date.

    Raises:
        TooSlowError: after 20 seconds.
    """
    making: Future[bytes] = _threads.submit(_compile, sheet, int(changed.timestamp()))
    try:
        return making.result(LONGEST_SECONDS)
    except WaitedTooLongError:
        making.cancel()
        raise TooSlowError from None


def _compiler() -> typst.Compiler:
    """This thread's compiler: the fonts are read once, and two threads never share one."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=str(TEMPLATES), ignore_system_fonts=True)
    compiler: typst.Compiler = _own.compiler
    return compiler


def _compile(sheet: MonthSheet | WeekSheet, timestamp: int) -> bytes:
    name = "month" if isinstance(sheet, MonthSheet) else "week"
    made = _compiler().compile(
        input=str(TEMPLATES / f"{name}.typ"),
        format="pdf",
        sys_inputs={"data": msgspec.json.encode(asdict(sheet)).decode()},
        pdf_standards="ua-1",
        timestamp=timestamp,
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made
