"""Meeting Guide types, as codes or in English words, to tags, languages and access facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from events.feeds.meeting_types import ACCESS, MEETING_TYPES
from events.slugs import slug_of

ONLINE, CLOSED_PLACE = "ONL", "TC"
_OTHER_NAMES = {
    "wheelchair-access": "X",
    "wheelchair-accessible-bathroom": "XB",
    "online-meeting": ONLINE,
    "temporary-closure": CLOSED_PLACE,
    "american-sign-language": "ASL",
    "english": "EN",
    "spanish": "S",
    "french": "FR",
    "step-meeting": "ST",
    "lgbtqia": "LGBTQ",
    "beginners": "BE",
}
_LANGUAGE = "language:"
_NAMES = {code: name for name, code in MEETING_TYPES.items() if not name.startswith("access:")}
_CODES = {
    **{name: code for code, name in _NAMES.items() if not name.startswith(_LANGUAGE)},
    **_OTHER_NAMES,
}


@dataclass(frozen=True)
class TypeFacts:
    """What a meeting's types say. `unknown` are codes that no table has."""

    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    online: bool = False
    place_closed: bool = False
    unknown: tuple[str, ...] = ()


def _code(name: str) -> str:
    if name in _NAMES or name in ACCESS or name in {ONLINE, CLOSED_PLACE}:
        return name
    return _CODES.get(slug_of(name, ""), name)


def facts_of(types: Iterable[str]) -> TypeFacts:
    """Tags, languages and access facts of a meeting's types, each sorted."""
    codes = {_code(name) for name in types}
    names = {_NAMES[code] for code in codes if code in _NAMES}
    known = _NAMES.keys() | ACCESS.keys() | {ONLINE, CLOSED_PLACE}
    return TypeFacts(
        tags=tuple(sorted(name for name in names if not name.startswith(_LANGUAGE))),
        languages=tuple(
            sorted(name.removeprefix(_LANGUAGE) for name in names if name.startswith(_LANGUAGE))
        ),
        access=tuple(sorted({ACCESS[code] for code in codes if code in ACCESS})),
        online=ONLINE in codes,
        place_closed=CLOSED_PLACE in codes,
        unknown=tuple(sorted(codes - known)),
    )
