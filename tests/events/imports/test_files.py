"""Whole files: what is read, and what is said of those that cannot be."""

import json

import pytest

from events.imports.files import Unreadable, read_rows
from tests.events.imports.rows import row

WHOLE = json.dumps([row(), row(slug="b")], indent=1).encode()
TABLE = b"Time,End Time,Day,Name,Location,Address,Types,Slug\r\n"


def test_a_list_and_a_list_inside_an_object_are_the_same():
    assert read_rows(WHOLE) == read_rows(b'{"meetings": ' + WHOLE + b"}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(encoding: str):
    text = json.dumps([row(name="Reunión")], ensure_ascii=False)
    assert read_rows(text.encode(encoding))[0][1]["name"] == "Reunión"


def test_a_table_counts_its_rows_as_a_spreadsheet_does():
    line = b'7:30 PM,,Monday,Harbor Group,Harbor Hall,"1 Pier Road, Anytown","Open, Women",a\r\n'
    (number, found), (later, _) = read_rows(TABLE + line + b",,,,,,,\r\n" + line)
    assert (number, later) == (2, 4)
    assert found["formatted_address"] == "1 Pier Road, Anytown"
    assert found["types"] == ["Open", "Women"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\x00", "empty"),
        (b"[]", "empty"),
        (b"<!doctype html><title>Sign in</title>", "web page"),
        (b'{"meetings": 3}', "no list"),
        (b'"a"', "first line"),
        (b"[" * 100_000, "nested"),
        (b"[" + b"9" * 5000 + b"]", "too long"),
        (b"one,two\n1,2\n", "Time, Day and Name"),
        (WHOLE + b" x", "line 20, column 3"),
    ],
)
def test_what_is_no_list_of_meetings_is_said_in_a_sentence(content: bytes, said: str):
    with pytest.raises(Unreadable, match=said):
        read_rows(content)


def test_a_list_cut_anywhere_is_refused():
    for end in range(1, len(WHOLE) - 1, 7):
        with pytest.raises(Unreadable):
            read_rows(WHOLE[:end])
