"""What stands on a sheet of paper, every fact already in words. Nothing here can reach a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """The sizes of paper that printers here and elsewhere hold."""

    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class Item:
    """One date. `cancelled` is the word for it, or nothing."""

    time: str
    title: str
    place: str
    access: str
    cancelled: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class SheetDay:
    """A day. `number` is 0 for a cell of the grid that belongs to another month."""

    number: int
    label: str
    notes: list[str]
    items: list[Item]
    more: str = ""
    more_url: str = ""
    more_address: str = ""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A line to call."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every sheet says around its dates. Addresses are full; `…_words` is how to type one."""

    title: str
    site: str
    language: str
    paper: Paper
    only: str
    nothing: str
    code: str
    code_alt: str
    subscribe: str
    subscribe_url: str
    subscribe_words: str
    changes: str
    changes_url: str
    changes_words: str
    help: str
    help_lines: list[HelpLine]
    printed: str


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A poster: a grid of weeks."""

    sheet: Sheet
    weekdays: list[str]
    weeks: list[list[SheetDay]]


@dataclass(frozen=True, slots=True)
class WeekSheet:
    """A flyer: a list of days."""

    sheet: Sheet
    days: list[SheetDay]
    page: str
