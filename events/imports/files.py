"""Bytes of a meeting list to numbered rows, whatever wrote them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

MOST_BYTES = 50_000_000
Row = dict[str, Any]


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """The file as a whole cannot be used; the message says why and what to do."""


def decode(data: bytes) -> str:
    """Text in UTF-8, with or without a mark, else as Windows wrote it."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def read_rows(data: bytes) -> list[tuple[int, Row]]:
    """(row number, row) of a Meeting Guide JSON array or a TSML table in CSV.

    JSON rows count from 1; CSV rows as a spreadsheet shows them, the heading being row 1.

    Raises:
        Unreadable: neither, empty, or too large.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1_000_000} MB: split it.")
    text = decode(data).strip().replace("\x00", "")
    if not text:
        raise Unreadable("The file is empty.")
    if text[0] == "<":
        raise Unreadable("This is a web page, not a meeting list: save the feed itself.")
    return _json_rows(text) if text[0] in "[{" else _csv_rows(text)


def _json_rows(text: str) -> list[tuple[int, Row]]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The JSON breaks off or is malformed at line {error.lineno}, column {error.colno}"
            f" ({error.msg}): get the file again."
        ) from None
    except (RecursionError, ValueError):
        raise Unreadable("The JSON is nested too deeply, or holds a number too long.") from None
    if isinstance(found, dict):
        found = found.get("meetings")
    if not isinstance(found, list):
        raise Unreadable("The JSON holds no list of meetings.")
    if not found:
        raise Unreadable("The list of meetings is empty.")
    return [
        (number, row if isinstance(row, dict) else {"not_a_row": row})
        for number, row in enumerate(found, start=1)
    ]


def _csv_rows(text: str) -> list[tuple[int, Row]]:
    csv.field_size_limit(1_000_000)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Unreadable(f"The table breaks off or cannot be read: {error}.") from None
    heading = [cell.strip().lower().replace(" ", "_") for cell in table[0]]
    if not {"name", "day", "time"} <= set(heading):
        raise Unreadable("The first line must name the columns, among them Time, Day and Name.")
    return [
        (number, _csv_row(heading, cells))
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]


def _csv_row(heading: list[str], cells: list[str]) -> Row:
    row: Row = {name: cell.strip() for name, cell in zip(heading, cells, strict=False) if cell}
    row["formatted_address"] = row.pop("address", "")
    row["types"] = [name.strip() for name in row.get("types", "").split(",") if name.strip()]
    return row
