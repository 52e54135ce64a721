"""Two people edit the same thing: the second is shown what changed, and nothing is lost.

A form carries what it was rendered with. When it comes back and the thing reads otherwise by
then, fields that only the other one touched take their value; where both did, one's own stays in
the field and theirs is shown beside it. Sending the form once more saves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wtforms import Form

Values = dict[str, Any]


@dataclass(frozen=True)
class TheirChange:
    """A field that somebody else changed meanwhile; `both` when we changed it as well."""

    label: str
    before: str
    after: str
    both: bool


def _values(form: Form, names: Iterable[str]) -> Values:
    said: Values = {name: form[name].data for name in names}
    plain: Values = json.loads(json.dumps(said, default=str))
    return {name: None if value in ("", []) else value for name, value in plain.items()}


def seen(form: Form, names: Iterable[str]) -> str:
    """What a form shows, to be sent back with it."""
    return json.dumps(_values(form, names), sort_keys=True, ensure_ascii=False)


def _read(text: str) -> Values | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _said(form: Form, name: str, value: Any) -> str:
    choices: Any = getattr(form[name], "iter_choices", list)()
    labels = {str(code): str(label) for code, label, *_rest in choices}
    several = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in several if one is not None)


def merge(form: Form, standing: Form, text: str, names: Iterable[str]) -> list[TheirChange]:
    """What others changed since `text` was rendered; the form takes over what it did not touch.

    Args:
        form: what came in.
        standing: the same form filled from what there is now.
        text: what the form was rendered with, as `seen` wrote it.
    """
    base = _read(text)
    if base is None:
        return []
    mine, theirs = _values(form, names), _values(standing, names)
    found = []
    for name in names:
        was = base.get(name)
        if theirs[name] == was or theirs[name] == mine[name]:
            continue
        both = mine[name] != was
        if not both:
            form[name].data = standing[name].data
        found.append(
            TheirChange(
                form[name].label.text,
                _said(form, name, was),
                _said(form, name, theirs[name]),
                both,
            )
        )
    return found
