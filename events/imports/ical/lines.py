"""Bytes to logical lines, whatever program wrote them (RFC 5545, section 3.1, and the wild)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_BYTES_A_LINE = 200_000
_PHYSICAL = re.compile(rb"[^\r\n]+")  # CRLF, LF and CR all end a line; empty lines say nothing
_PROPERTY = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z][A-Za-z0-9-]*)\s*(?=[;:])")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BREAKS = "\u0085\u2028\u2029"


class NotACalendar(Exception):  # noqa: N818 - it says what the file is
    """The file as a whole is no calendar; the message says why and what to do."""


def as_bytes(content: bytes) -> bytes:
    """The file without a byte order mark, as UTF-8 where it was UTF-16.

    Raises:
        NotACalendar: it is plainly something else.
    """
    if content.startswith(_UTF16):
        content = content.decode("utf-16", "replace").encode()
    head = content[:2000].removeprefix(b"\xef\xbb\xbf").lstrip(b"\x00 \t\r\n").lower()
    if not head:
        raise NotACalendar("The file is empty.")
    if head.startswith(b"<"):
        raise NotACalendar(
            "This is a web page, not a calendar: perhaps its address asks for signing in. "
            "Save the .ics file itself."
        )
    if head.startswith((b"pk\x03\x04", b"\x1f\x8b")):
        raise NotACalendar("This is an archive: unpack it and take the .ics files inside.")
    return content.removeprefix(b"\xef\xbb\xbf")


def _decode(line: bytes) -> str:
    """In UTF-8, else as Windows wrote it; signs that break or hide text go."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    if text.isprintable():
        return text
    kept = (" " if sign in _BREAKS + "\t" else sign for sign in text)
    return "".join(sign for sign in kept if unicodedata.category(sign) not in {"Cc", "Cs"})


def _unfolded(content: bytes) -> Iterator[bytes]:
    """Folded lines joined as bytes: a fold may stand inside a letter."""
    parts: list[bytes] = []
    size = 0
    for found in _PHYSICAL.finditer(content):
        line = found.group()
        if parts and line[:1] in (b" ", b"\t"):
            size += len(line)
            if size <= MOST_BYTES_A_LINE:  # nothing we read is longer: attachments are
                parts.append(line[1:])
            continue
        if parts:
            yield b"".join(parts)
        parts, size = [line[:MOST_BYTES_A_LINE]], len(line)
    if parts:
        yield b"".join(parts)


def property_name(line: str) -> str:
    """The name of the property a logical line gives, in upper case; '' when it gives none."""
    found = _PROPERTY.match(line)
    return found.group(1).upper() if found else ""


def logical_lines(content: bytes) -> Iterator[tuple[str, str]]:
    """(property name, whole line) of a calendar file.

    A line that gives no property goes on where the last one stopped: some programs write the
    line breaks of a description as they are.
    """
    last: tuple[str, str] | None = None
    for raw in _unfolded(content):
        line = _decode(raw).strip()
        name = property_name(line)
        if name:
            if last:
                yield last
            last = name, line
        elif last and line and len(last[1]) < MOST_BYTES_A_LINE:
            last = last[0], last[1] + "\\n" + line
    if last:
        yield last
