"""Spreadsheets as programs write them, and as nobody should."""

import io
import zipfile

import pytest

from events.imports.files import Unreadable
from events.imports.tables.cells import read_table
from tests.events.imports.tables.sheets import workbook

PLAIN = "Title,Start\nHarbor Group,18:30\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        b"\n\n" + PLAIN.encode(),
        b"Our calendar\n\n" + PLAIN.encode(),
        workbook(Sheet={1: ["Title", "Start"], 2: ["Harbor Group", ("time", 0.7708333333)]}),
    ],
)
def test_every_way_of_writing_one_table(content: bytes):
    table = read_table(content)
    assert table.header == ["Title", "Start"]
    assert [cells for _number, cells in table.rows] == [["Harbor Group", "18:30"]]


def test_rows_keep_the_numbers_that_a_spreadsheet_program_shows():
    table = read_table(b'Title,Notes\n\nA,"two\nlines"\n,\nB,x\n')
    assert [(number, cells[0]) for number, cells in table.rows] == [(3, "A"), (5, "B")]
    table = read_table(workbook(S={1: ["Title", "Start"], 4: ["A", "18:00"], 9: ["B", "19:00"]}))
    assert [number for number, _cells in table.rows] == [4, 9]


def test_old_encodings_are_read():
    assert read_table("Título,Día\nReunión,sábado\n".encode("cp1252")).rows[0][1] == [
        "Reunión",
        "sábado",
    ]


def test_dates_times_numbers_and_formulas_come_as_they_are_seen():
    table = read_table(
        workbook(
            S={
                1: ["Title", "Date", "Start", "Seats"],
                2: ["=A1", ("date", 46357), ("time", 0.75), 12],
            }
        )
    )
    assert table.rows[0][1] == ["computed", "2026-12-01", "18:00", "12"]


def test_of_several_sheets_one_is_chosen():
    content = workbook(
        Empty={},
        First={1: ["Title", "Start"], 2: ["A", "18:00"]},
        Other={1: ["x", "y"], 2: ["B", 1]},
    )
    assert read_table(content).sheet == "First"
    assert read_table(content).sheets == ("Empty", "First", "Other")
    assert read_table(content, "Other").rows[0][1][0] == "B"


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/s1.xml", b"0" * 70_000_000)
    return packed.getvalue()


def far_corner() -> bytes:
    return workbook(S={1: ["Title", "Start"], 1_048_576: ["A"] * 26})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(), "unpacks to far more"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "save it as XLSX or CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither a calendar"),
        (b'Title,Start\n"A,18:00\nB,19:00\n', "quotation"),
        (b"Title\nA\n", "names the columns"),
        (b"Title,Start\n", "no rows"),
        (b"\n\n", "empty"),
        (b"Title,Start\n" + b"A,18:00\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, words: str):
    with pytest.raises(Unreadable, match=words):
        read_table(content)


def test_a_cell_in_the_far_corner_takes_no_memory_of_ours():
    table = read_table(far_corner())
    assert [number for number, _cells in table.rows] == [1_048_576]
