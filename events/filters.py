"""What a visitor asked to see: filters that combine, live in the URL and have one spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Protocol
from urllib.parse import urlencode

MOST_VALUES = 20
LONGEST_VALUE = 120


class Arguments(Protocol):
    """Query arguments, as werkzeug's MultiDict gives them."""

    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Filters:
    """Values of one filter widen it, different filters narrow each other. Empty means all."""

    kinds: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def pairs(self) -> list[tuple[str, str]]:
        """As query parameters, in a fixed order."""
        named = [
            (parameter, value)
            for parameter, name in PARAMETERS.items()
            for value in getattr(self, name)
        ]
        return [*named, ("q", self.text)] if self.text else named

    def query(self, **more: str) -> str:
        """As a query string with its question mark, or nothing."""
        pairs = [*self.pairs(), *more.items()]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without(self, parameter: str, value: str) -> Filters:
        """The same filters less one value."""
        if parameter == "q":
            return replace(self, text="")
        name = PARAMETERS[parameter]
        kept = tuple(one for one in getattr(self, name) if one != value)
        changes: dict[str, tuple[str, ...]] = {name: kept}
        return replace(self, **changes)  # type: ignore[arg-type]

    def without_any(self, parameter: str) -> Filters:
        """The same filters without one of them."""
        if parameter == "q":
            return replace(self, text="")
        changes: dict[str, tuple[str, ...]] = {PARAMETERS[parameter]: ()}
        return replace(self, **changes)  # type: ignore[arg-type]


PARAMETERS: Mapping[str, str] = {
    "kind": "kinds",
    "venue": "venues",
    "city": "cities",
    "mode": "modes",
    "language": "languages",
    "tag": "tags",
}
KNOWN_PARAMETERS = frozenset({*PARAMETERS, "q"})


def _clean(values: list[str]) -> tuple[str, ...]:
    trimmed = (value.strip()[:LONGEST_VALUE].replace("\x00", "") for value in values[:MOST_VALUES])
    return tuple(sorted({value for value in trimmed if value}))


def parse(arguments: Arguments) -> Filters:
    """Filters from query arguments; odd values are kept and match nothing."""
    chosen = {name: _clean(arguments.getlist(parameter)) for parameter, name in PARAMETERS.items()}
    text = " ".join(_clean(arguments.getlist("q")[:1]))
    return Filters(**chosen, text=" ".join(text.split()))
