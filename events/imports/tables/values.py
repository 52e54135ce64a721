"""Single cells of a spreadsheet to values: times, days, kinds, languages, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from urllib.parse import urlsplit

from events.imports.ical.entries import Fault
from events.imports.tables.columns import plain
from events.models import Kind
from events.rules.planning import MOST_SEATS

_EPOCH = date(1899, 12, 30)  # of the numbers that spreadsheets keep dates as
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})?(?::\d{2})?)?\s*([ap])?\.?\s*(?:m\.?)?(?:\s*h(?:rs?)?\.?)?"
)
_SPAN = re.compile(r"\s*(?:-|–|—|\bto\b|\ba\b|\buntil\b|\bhasta\b)\s*")
_NUMERIC = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_MONTHS = (
    "january jan enero ene",
    "february feb febrero",
    "march mar marzo",
    "april apr abril abr",
    "may mayo",
    "june jun junio",
    "july jul julio",
    "august aug agosto ago",
    "september sep sept septiembre setiembre",
    "october oct octubre",
    "november nov noviembre",
    "december dec diciembre dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_KINDS = {
    Kind.SUPPORT_GROUP: "support group|group|support|meeting|grupo de apoyo|grupo|apoyo|reunion",
    Kind.WORKSHOP: "workshop|class|course|taller|clase|curso|relapse prevention",
    Kind.LEADERSHIP_TRAINING: "leadership training|training|leadership|capacitacion|formacion"
    "|formacion de lideres|capacitacion de lideres|liderazgo",
    Kind.COMMUNITY_EVENT: "community event|event|community|social|evento comunitario|evento"
    "|comunidad|fiesta|picnic",
    Kind.ONE_TO_ONE: "one to one|1 to 1|1 1|one on one|mentorship|check in|uno a uno|mentoria"
    "|individual",
}
KINDS = {name: kind for kind, names in _KINDS.items() for name in names.split("|")}
_LANGUAGES = {
    "en": "english en ingles",
    "es": "spanish es espanol castellano",
    "vi": "vietnamese vi vietnamita",
    "ko": "korean ko coreano",
    "zh": "chinese mandarin cantonese zh chino",
    "tl": "tagalog filipino tl",
    "fa": "persian farsi fa persa",
    "ar": "arabic ar arabe",
    "fr": "french fr frances",
    "pt": "portuguese pt portugues",
    "ru": "russian ru ruso",
    "ja": "japanese ja japones",
    "de": "german de aleman",
    "ase": "asl",
}
LANGUAGES = {name: code for code, names in _LANGUAGES.items() for name in names.split()}


def _fraction(text: str) -> time | None:
    """A time as a part of a day, as spreadsheets keep it."""
    if not re.fullmatch(r"0?\.\d+", text):
        return None
    minutes = round(float(text) * 24 * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)


def time_of(text: str, name: str) -> time:
    """A wall-clock time: `18:30`, `6:30 pm`, `6 PM`, `18h30`, `noon`, `mediodía`.

    Raises:
        Fault: it is no time.
    """
    said = text.strip().casefold()
    word = plain(said)
    if word in {"noon", "mediodia", "12 noon"}:
        return time(12)
    if word in {"midnight", "medianoche", "24 00"}:
        return time(0)
    part = _fraction(said)
    if part is not None:
        return part
    said = said.partition(" ")[2] if re.match(r"\d{4}-\d{2}-\d{2} ", said) else said
    found = _TIME.fullmatch(said)
    if found is not None:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half or (found[2] is None and "h" not in said):
            hour = 99
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Fault(f"{name} {text[:40]!r} is not a time")


def times_of(text: str, name: str) -> tuple[time, time | None]:
    """A start, and the end when the cell holds both: `18:30-20:00`, `6-7:30 pm`.

    Raises:
        Fault: it is neither.
    """
    parts = [one for one in _SPAN.split(text.strip()) if one]
    if len(parts) != 2:
        return time_of(text, name), None
    half = re.search(r"[ap]\.?\s?m\.?$", parts[1].casefold())
    if half and not re.search(r"[ap]\.?\s?m\.?$", parts[0].casefold()):
        end = time_of(parts[1], name)
        start = time_of(f"{parts[0]} {half[0]}", name)
        return (start if start <= end else time_of(f"{parts[0]} am", name)), end
    return time_of(parts[0], name), time_of(parts[1], name)


def day_comes_first(texts: Iterable[str], spanish: bool) -> bool:
    """Whether a column writes 1 December as 1/12; where nothing tells, as its header's language
    does."""
    found = [one for one in map(_NUMERIC.match, texts) if one is not None]
    if any(int(one[1]) > 12 for one in found):
        return True
    return spanish and not any(int(one[2]) > 12 for one in found)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _in_words(text: str) -> date | None:
    words = [one for one in plain(text).split() if one not in {"de", "del", "of", "the", "el"}]
    months = [_MONTH[one] for one in words if one in _MONTH]
    numbers = [
        int(one[1]) for one in (re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", w) for w in words) if one
    ]
    if len(months) != 1 or len(numbers) != 2:
        return None
    day, year = sorted(numbers)
    return _made(year, months[0], day) if year > 31 else None


def day_of(text: str, name: str, *, day_first: bool) -> date:
    """A day: ISO, by numbers, in English or Spanish words, or as a spreadsheet's number.

    Raises:
        Fault: it is no day.
    """
    said = text.strip()
    iso = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:$|[ T])", said)
    numeric = _NUMERIC.fullmatch(said.split(" ")[0])
    found = None
    if iso:
        found = _made(int(iso[1]), int(iso[2]), int(iso[3]))
    elif numeric:
        one, two, year = int(numeric[1]), int(numeric[2]), int(numeric[3])
        found = _made(year, two, one) if day_first or one > 12 else _made(year, one, two)
    elif re.fullmatch(r"\d{5}", said) and 36_526 <= int(said) <= 73_050:
        found = _EPOCH + timedelta(days=int(said))
    else:
        found = _in_words(said)
    if found is None:
        raise Fault(f"{name} {text[:40]!r} is not a date")
    return found


def looks_like_day(text: str) -> bool:
    """Whether a cell names one day and not a rhythm."""
    try:
        day_of(text, "", day_first=False)
    except Fault:
        return _NUMERIC.fullmatch(text.strip()) is not None
    return True


def kind_of(text: str, name: str) -> Kind:
    """A kind of event in English or Spanish.

    Raises:
        Fault: there is no such kind.
    """
    said = plain(text)
    found = KINDS.get(said) or KINDS.get(said.removesuffix("s"))
    if found is None:
        known = ", ".join(kind.value.replace("-", " ") for kind in Kind)
        raise Fault(f"{name} {text[:40]!r} is no kind of event: {known}")
    return found


def languages_of(text: str, name: str) -> tuple[str, ...]:
    """ISO codes of languages by their English or Spanish names.

    Raises:
        Fault: one is not known.
    """
    found = []
    for part in re.split(r"[,;/&+]|\band\b|\by\b", text.casefold()):
        said = plain(part)
        if said in {"bilingual", "bilingue"}:
            found += ["en", "es"]
        elif said in LANGUAGES:
            found.append(LANGUAGES[said])
        elif said:
            raise Fault(f"{name} {part.strip()[:40]!r} is not a language we know")
    return tuple(sorted(set(found)))


def seats_of(text: str, name: str) -> int:
    """A number of seats.

    Raises:
        Fault: it is none.
    """
    digits = text.replace(",", "").strip()
    if not digits.isdigit() or not digits.isascii() or not 0 <= int(digits[:9]) <= MOST_SEATS:
        raise Fault(f"{name} {text[:40]!r} is not a number from 0 to {MOST_SEATS:,}")
    return int(digits)


def link_of(text: str, name: str) -> str:
    """A web address.

    Raises:
        Fault: it is none, or longer than 500 letters.
    """
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        usable = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        usable = False
    if not usable or len(text) > 490 or re.search(r"\s", text):
        raise Fault(f"{name} {text[:60]!r} is not a web address")
    return text if "://" in text else f"https://{text}"
