"""Passcodes parted from what a listing shows: they are kept, and never public."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_PASSCODE = re.compile(
    r"\b(?:pass[\s-]?codes?|pass[\s-]?words?|pwd?\b|contraseña|códigos? de acceso"
    r"|access[\s-]codes?|(?:clave|pin)\b(?=\s*[:#=]|\W*[0-9]))",
    re.IGNORECASE,
)
_PARAMETERS = frozenset({"pwd", "pw", "password", "passcode", "pass", "pin"})


def part_text(text: str) -> tuple[str, str]:
    """What may be shown, and the lines that speak of a passcode.

    A line that ends with the word takes the next one with it: the code stands there.
    """
    shown: list[str] = []
    secret: list[str] = []
    code_follows = False
    for line in text.split("\n"):
        found = list(_PASSCODE.finditer(line))
        if found or (code_follows and line):
            secret.append(line)
            code_follows = bool(found) and not re.search(r"\w", line[found[-1].end() :])
        else:
            shown.append(line)
    return "\n".join(shown).strip(), "\n".join(secret)


def part_link(url: str) -> tuple[str, str]:
    """A link without the passcode it carries, and the whole link when it carried one."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0].casefold() not in _PARAMETERS]
    in_fragment = any(f"{name}=" in parts.fragment.casefold() for name in _PARAMETERS)
    if len(kept) == len(pairs) and not in_fragment:
        return url, ""
    fragment = "" if in_fragment else parts.fragment
    return parts._replace(query=urlencode(kept), fragment=fragment).geturl(), url


def part_phone(phone: str) -> tuple[str, str]:
    """A number up to the meeting's id, and the whole of it when a code is dialled behind that."""
    number, mark, behind = phone.partition("#")
    return (number + mark, phone) if re.search(r"[0-9]", behind) else (phone, "")
