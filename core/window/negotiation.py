"""What a request asks of a representation: which encoding, and whether it has it already."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

CODINGS = ("br", "gzip")  # the best first
LONGEST_HEADER = 1_000
_TAG = re.compile(r'"[^"]*"')
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)


def coding(accept_encoding: str | None) -> str:
    """`br`, `gzip` or `identity`: the one the client likes best, `br` among equals.

    RFC 9110, 12.5.3: `q=0` refuses, `*` stands for all not named, and no header at all leaves the
    choice to us: then it is plain, which any program can read.
    """
    if not accept_encoding or len(accept_encoding) > LONGEST_HEADER:
        return "identity"
    return _best(accept_encoding)


@lru_cache(maxsize=256)
def _best(accept_encoding: str) -> str:
    wanted = dict(_preference(part) for part in accept_encoding.split(","))
    others = wanted.get("*", 0.0)
    best = max(CODINGS, key=lambda name: wanted.get(name, others))
    quality = wanted.get(best, others)
    return best if quality > 0 and quality >= wanted.get("identity", 0.0) else "identity"


def _preference(part: str) -> tuple[str, float]:
    name, *parameters = part.split(";")
    quality = 1.0
    for parameter in parameters:
        given = _QUALITY.fullmatch(parameter)
        quality = float(given[1]) if given else 0.0  # what cannot be read is not wished for
    return name.strip().lower().replace("x-gzip", "gzip"), quality


def known_tag(if_none_match: str, tags: tuple[str, ...]) -> str | None:
    """Which of a resource's current entity tags the client has, compared weakly; None if none.

    RFC 9110, 13.1.2: a list of tags, or `*` for whatever there is.
    """
    if if_none_match in tags:
        return if_none_match
    if if_none_match.strip() == "*":
        return tags[0]
    held = _TAG.findall(if_none_match)
    return next((tag for tag in tags if tag in held), None)


def unchanged_since(if_modified_since: str, last_modified: str) -> bool:
    """Whether nothing changed after the given HTTP date; a date that is none says nothing."""
    if if_modified_since == last_modified:
        return True
    since, changed = _moment(if_modified_since), _moment(last_modified)
    return since is not None and changed is not None and changed <= since


def _moment(http_date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(http_date[:LONGEST_HEADER])
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
