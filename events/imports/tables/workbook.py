"""The process that reads a spreadsheet file: its cells come out as text, as JSON.

It has bounds on its memory and its processor time, so that the worst a file can do is to end it.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice

import msgspec
from msgspec import Struct
from python_calamine import CalamineWorkbook, SheetVisibleEnum

MEMORY_BYTES = 1_500_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000


class Sheet(Struct):
    """A sheet: rows with anything in them, by their number. `sheets` are the names of all."""

    sheets: list[str]
    sheet: str
    rows: list[tuple[int, list[str]]]
    fault: str = ""


def cell_text(value: object) -> str:
    """A cell as it would be typed: dates and times in ISO form, whole numbers without a point."""
    if isinstance(value, datetime):
        clock = value.time().replace(microsecond=0)
        return value.date().isoformat() + (f" {clock:%H:%M}" if clock != time(0) else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):  # a time as a spreadsheet counts it; 24:00 is the end of a day
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()[:LONGEST_CELL]


def _rows(cells: Iterable[Iterable[object]]) -> list[tuple[int, list[str]]]:
    found = []
    for number, row in enumerate(cells, start=1):
        texts = [cell_text(one) for one in islice(row, MOST_COLUMNS)]
        if any(texts):
            found.append((number, texts))
        if len(found) > MOST_ROWS + 20:
            break
    return found


def read_sheet(content: bytes, wanted: str) -> Sheet:
    """One sheet of a workbook: the wanted one, else the first that is shown and holds anything."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    for name in [wanted] if wanted in shown else shown:
        rows = _rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        if rows or name == wanted:
            return Sheet(shown, name, rows)
    return Sheet(shown, shown[0] if shown else "", [])


def main() -> None:
    """Read standard input, write standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    line, _break, content = sys.stdin.buffer.read().partition(b"\n")
    try:
        found = read_sheet(content, msgspec.json.decode(line, type=str))
    except Exception as error:  # noqa: BLE001 - a file must never be answered with a traceback
        found = Sheet([], "", [], f"{type(error).__name__}: {str(error)[:200]}")
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
