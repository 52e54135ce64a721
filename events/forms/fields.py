"""Fields the desk's forms are made of, and what they let in."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID, uuid4

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    Field,
    Form,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from events.rules.planning import MOST_SEATS

TIME_FORMATS = ["%H:%M", "%H:%M:%S"]
_HIDDEN_CATEGORIES = {"Cc", "Cs", "Co", "Cn"}
_TURNS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class DeskForm(Form):
    """A form whose own words are in the language of the page."""

    class Meta(DefaultMeta):
        """How WTForms finds its translations."""

        def get_translations(self, form: Any) -> Any:
            """WTForms' own words in the language of the page."""
            locale = get_locale()
            return get_translations([locale.language if locale else "en"])


def choices(*pairs: tuple[int | str, str]) -> list[Any]:
    """Values and labels as WTForms takes them."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def clean_text(text: str | None) -> str:
    """Text of several lines in NFC, without control and bidi characters."""
    whole = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        c
        for c in whole
        if c == "\n" or (unicodedata.category(c) not in _HIDDEN_CATEGORIES and c not in _TURNS)
    )
    return "".join(kept).strip()


def clean_line(text: str | None) -> str:
    """Text of one line, spaces collapsed."""
    return " ".join(clean_text((text or "").replace("\t", " ")).split())


class CheckboxesField(SelectMultipleField):
    """Several choices, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def line(label: str, most: int, *validators: Any, **more: Any) -> StringField:
    too_long = _("Please use at most %(max)d letters.", max=most)
    return StringField(
        label, [*validators, Length(max=most, message=too_long)], filters=[clean_line], **more
    )


def text_area(label: str, most: int, **more: Any) -> TextAreaField:
    too_long = _("Please use at most %(max)d letters.", max=most)
    return TextAreaField(
        label,
        [Length(max=most, message=too_long)],
        filters=[clean_text],
        render_kw={"rows": 5},
        **more,
    )


def seats(label: str) -> IntegerField:
    wrong = _("Please write a number from 0 to 10,000.")
    return IntegerField(
        label,
        [Optional(), NumberRange(0, MOST_SEATS, message=wrong)],
        render_kw={"inputmode": "numeric"},
    )


def day_field(label: str, *validators: Any) -> DateField:
    return DateField(label, [*validators])


def clock_field(label: str, *, required: bool = True) -> TimeField:
    needed = InputRequired(_("Please give a time.")) if required else Optional()
    return TimeField(label, [needed], format=TIME_FORMATS)


def place_of(value: str | None) -> tuple[int | None, int | None]:
    """The venue and room of a choice of place, `12` or `12:3`."""
    venue, _colon, room = (value or "").partition(":")
    return (
        int(venue) if venue.isascii() and venue.isdigit() else None,
        int(room) if room.isascii() and room.isdigit() else None,
    )


def place_value(venue_id: int | None, room_id: int | None) -> str:
    """A place as a choice says it."""
    return f"{venue_id or ''}:{room_id}" if room_id else str(venue_id or "")


def given(field: Field) -> Any:
    """What a required field holds.

    Raises:
        ValueError: the form was not validated.
    """
    if field.data is None:
        raise ValueError(f"{field.name} is asked for before the form is valid")
    return field.data


def press_of(text: str | None) -> UUID:
    """What the page gave its button, so that pressing twice makes one thing; else a fresh one."""
    if text and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return UUID(text)
    return uuid4()
