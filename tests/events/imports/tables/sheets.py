"""Small invented spreadsheets."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from events.imports.calendars import import_reading
from events.imports.ical.entries import Reading
from events.imports.report import Report
from events.imports.tables.cells import read_table
from events.imports.tables.columns import fields_of
from events.imports.tables.reading import reading_of
from events.models import Kind
from people.audit import SYSTEM

PACIFIC = "America/Los_Angeles"
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)  # a Wednesday, noon in California
HEADER = "Title,Day,Date,Start,End,Place"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet(*lines: str, header: str = HEADER) -> bytes:
    """A CSV of these lines."""
    return "\n".join([header, *lines, ""]).encode()


def read(content: bytes, *, now: datetime = NOW, kind: Kind = Kind.SUPPORT_GROUP) -> Reading:
    """What a file says, its columns guessed."""
    table = read_table(content)
    return reading_of(table, fields_of(table.header), kind, PACIFIC, now)


def bring_in(content: bytes, *, now: datetime = NOW, **options: Any) -> Report:
    """Import a file as one spreadsheet, its columns guessed."""
    values: dict[str, Any] = {
        "source": "table:example",
        "kind": Kind.SUPPORT_GROUP,
        "capacity": None,
        "by": SYSTEM,
    }
    return import_reading(read(content, now=now), **{**values, **options}, now=now)


def _cell(value: object, column: int, row: int) -> str:
    """A cell: a number as it is, ('date' | 'time', number) in that format, else text."""
    place = f"{chr(65 + column)}{row}"
    if isinstance(value, tuple):
        style = {"date": 1, "time": 2}[value[0]]
        return f'<c r="{place}" s="{style}"><v>{value[1]}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    if str(value).startswith("="):
        return f'<c r="{place}" t="str"><f>{escape(str(value)[1:])}</f><v>computed</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _sheet_xml(rows: dict[int, list[object]]) -> str:
    lines = "".join(
        f'<row r="{number}">'
        + "".join(_cell(one, at, number) for at, one in enumerate(cells) if one != "")
        + "</row>"
        for number, cells in rows.items()
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def workbook(**sheets: dict[int, list[object]]) -> bytes:
    """An XLSX file of named sheets; rows by their number."""
    names = list(sheets)
    book = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_LINKS}/worksheet" Target="worksheets/s{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    links += f'<Relationship Id="rId99" Type="{_LINKS}/styles" Target="styles.xml"/>'
    types = "".join(
        f'<Override PartName="/xl/worksheets/s{at}.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for at in range(1, len(names) + 1)
    )
    styles = (
        f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/>'
        "</cellXfs></styleSheet>"
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        'Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{book}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        "</Relationships>",
        "xl/styles.xml": styles,
        **{
            f"xl/worksheets/s{at}.xml": _sheet_xml(rows)
            for at, rows in enumerate(sheets.values(), 1)
        },
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return packed.getvalue()
