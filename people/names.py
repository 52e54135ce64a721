"""Names as people give them, made safe to keep and to show beside others."""

from __future__ import annotations

import unicodedata

LONGEST = 120

# What turns the direction of text around it or shows nothing. The joiners U+200C and U+200D stay:
# Persian, Hindi and family emoji need them.
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = frozenset(_DIRECTIONS + "\u00ad\u200b\u2060\ufeff")
_BREAKS = frozenset({"Cc", "Zl", "Zp", "Zs"})


def _kept(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in _BREAKS:
        return " "
    return "" if letter in _INVISIBLE or kind == "Cs" else letter


def clean_name(text: str) -> str:
    """A name in NFC, without control and direction characters, its spaces collapsed.

    At most 120 characters are kept; what has nothing to read in it becomes ''.
    """
    shown = unicodedata.normalize("NFC", "".join(map(_kept, text[: LONGEST * 20])))
    name = " ".join(shown.split())[:LONGEST].strip()
    return (
        name
        if any(not unicodedata.category(letter).startswith(("C", "M")) for letter in name)
        else ""
    )
