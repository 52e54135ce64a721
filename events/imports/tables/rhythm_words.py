"""Rhythms in words, English and Spanish: `every other Monday`, `segundo martes del mes`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from events.imports.ical.entries import Fault
from events.imports.tables.columns import plain
from events.models import Unit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DAYS = (
    "monday mondays mon lunes lun",
    "tuesday tuesdays tue tues martes mar",
    "wednesday wednesdays wed miercoles mie",
    "thursday thursdays thu thur thurs jueves jue",
    "friday fridays fri viernes vie",
    "saturday saturdays sat sabado sabados sab",
    "sunday sundays sun domingo domingos dom",
)
WEEKDAYS = {name: day for day, names in enumerate(_DAYS) for name in names.split()}
_NTHS = (
    "first 1st primer primero primera 1o 1er 1ro 1ra",
    "second 2nd segundo segunda 2o 2do 2da",
    "third 3rd tercer tercero tercera 3o 3er 3ro",
    "fourth 4th cuarto cuarta 4o 4to 4ta",
    "fifth 5th quinto quinta 5o 5to 5ta",
)
_NUMBERED = {name: number for number, names in enumerate(_NTHS, 1) for name in names.split()}
_LAST = {"last", "ultimo", "ultima", "final"}
_OTHER_WEEK = {"other", "alternos", "alternas", "alternate", "biweekly", "fortnightly", "quincenal"}
_EVERY = {"every", "cada"}
_MONTH = {"month", "months", "monthly", "mes", "meses", "mensual", "mensualmente"}
_WEEK = {"week", "weeks", "semana", "semanas", "weekly", "semanal", "semanalmente"}
_DAILY = {"daily", "diario", "diariamente", "everyday"}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "dos": 2, "tres": 3, "cuatro": 4, "six": 6, "seis": 6}
_SMALL = _words(
    "every each on the of and in at a y e el los la las de del cada todos todas en day days dia"
    " dias que fortnight bi"
)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|o|er|do|ro|to|mo|vo|no)?")


@dataclass
class Words:
    """What was found in the words."""

    weekdays: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    last: bool = False
    month: bool = False
    interval: int = 1
    daily: bool = False


@dataclass(frozen=True)
class Days:
    """The days of a rhythm: as `Rhythm` has them."""

    unit: Unit
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nths: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()


def _spans(text: str) -> str:
    """`Mon-Fri` and `lunes a viernes` written out."""
    names = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
    pattern = rf"\b({names})\b\s*(?:-|–|to|through|thru|a|al)\s*\b({names})\b"

    def all_days(found: re.Match[str]) -> str:
        first, last = WEEKDAYS[found[1]], WEEKDAYS[found[2]]
        span = [(first + one) % 7 for one in range((last - first) % 7 + 1)]
        return " ".join(_DAYS[day].split()[0] for day in span)

    return re.sub(pattern, all_days, text)


def _tokens(text: str) -> list[str]:
    spelled = text.casefold().replace("º", "o").replace("ª", "a").replace("°", "o")
    spelled = " ".join(
        plain(part) if part not in "-–" else part for part in re.split(r"([-–])", spelled)
    )
    spelled = re.sub(r"\b(?:weekdays|entre semana|dias laborables)\b", "mon-fri", spelled)
    spelled = re.sub(r"\b(?:weekends?|fin(?:es)? de semana)\b", "sat sun", spelled)
    spelled = re.sub(r"\b(?:every|each|cada) (?:day|dia)\b|\btodos los dias\b", "daily", spelled)
    return [word for word in _spans(spelled).split() if word not in {"-", "–"}]


def _read(tokens: list[str], said: str) -> Words:
    found = Words()
    for at, word in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        before = tokens[at - 1] if at else ""
        if word in WEEKDAYS:
            found.weekdays.append(WEEKDAYS[word])
        elif word in _NUMBERED:
            found.numbers.append(_NUMBERED[word])
        elif word in _LAST:
            found.last = True
        elif word in _OTHER_WEEK:
            found.interval = 2
        elif word in _MONTH:
            found.month = True
        elif word in _DAILY:
            found.daily = True
        elif word in _NUMBERS or (
            word.isdigit() and (after in _WEEK or before in {"every", "cada"})
        ):
            found.interval = _NUMBERS.get(word) or int(word)
        elif (number := _ORDINAL.fullmatch(word)) is not None:
            found.numbers.append(int(number[1]))
        elif word not in _SMALL and word not in _WEEK:
            raise Fault(f"{said} is not a rhythm: {word!r} is not understood")
    return found


def days_of(text: str, name: str = "day") -> Days:
    """The days that words ask for.

    Args:
        name: what the cell is called.

    Raises:
        Fault: they say no rhythm.
    """
    said = f"{name} {text[:60]!r}"
    found = _read(_tokens(text), said)
    nths = tuple(dict.fromkeys([*found.numbers, *([-1] if found.last else [])]))
    weekdays = tuple(sorted(set(found.weekdays)))
    if not 1 <= found.interval <= 52:
        raise Fault(f"{said} is not a rhythm: at most 52 weeks apart")
    if weekdays and nths:
        if any(number not in (-1, 1, 2, 3, 4, 5) for number in nths):
            raise Fault(f"{said} is not a rhythm: a month has at most five of a weekday")
        return Days(Unit.MONTH, weekdays=weekdays, nths=nths)
    if weekdays and found.month:
        raise Fault(f"{said} is not a rhythm: say which of the month, such as '2nd Tuesday'")
    if weekdays:
        return Days(Unit.WEEK, found.interval, weekdays)
    if nths and (found.month or found.last):
        if any(number != -1 and not 1 <= number <= 31 for number in nths):
            raise Fault(f"{said} is not a rhythm: a month has at most 31 days")
        return Days(Unit.MONTH, month_days=nths)
    if found.daily:
        return Days(Unit.DAY)
    raise Fault(f"{said} is not a rhythm: name a weekday or a day of the month")


def every_of(text: str, name: str = "every") -> int:
    """How many weeks apart: `2`, `every 2 weeks`, `cada dos semanas`, `weekly`.

    Raises:
        Fault: it says no number of weeks.
    """
    words = plain(text).split()
    if set(words) & _OTHER_WEEK:
        return 2
    numbers = [int(one) for one in words if one.isdigit()]
    numbers += [_NUMBERS[one] for one in words if one in _NUMBERS]
    if not numbers and set(words) & _WEEK:
        return 1
    if len(numbers) != 1 or not 1 <= numbers[0] <= 52:
        raise Fault(f"{name} {text[:40]!r} is not a number of weeks")
    return numbers[0]
