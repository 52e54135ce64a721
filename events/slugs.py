"""Addresses made of titles."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db

LONGEST = 80
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}


def slug_of(title: str, otherwise: str) -> str:
    """A title in plain letters and hyphens; `otherwise` when nothing of it is left."""
    spelled = "".join(_LETTERS.get(letter, letter) for letter in title.casefold())
    spelled = re.sub(r"[^\w']+", " ", spelled)  # dashes of every script part words
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words)[:LONGEST].strip("-") or otherwise


def free_slug(column: InstrumentedAttribute[str], wanted: str) -> str:
    """Step: the wanted slug, or the first with a number behind it that no row of its table has."""
    taken = set(db.session.scalars(select(column).where(column.startswith(wanted))))
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
