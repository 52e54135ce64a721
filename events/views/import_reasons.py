"""What an import says of an entry, in the language of the page.

The reports are made in English, for commands as for pages; here their sentences are known by
their shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from flask_babel import gettext as _

Words = Callable[[], str]


def _shapes() -> Mapping[str, Words]:
    return {
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a time": lambda: _(
            "%(name)s %(value)s is not a time"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a date": lambda: _(
            "%(name)s %(value)s is not a date"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is too far away": lambda: _(
            "%(name)s %(value)s is too far away"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a web address": lambda: _(
            "%(name)s %(value)s is not a web address"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a language we know": lambda: _(
            "%(name)s %(value)s is not a language we know"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a number of weeks": lambda: _(
            "%(name)s %(value)s is not a number of weeks"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a number from 0 to 10,000": lambda: _(
            "%(name)s %(value)s is not a number from 0 to 10,000"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is no kind of event: .*": lambda: _(
            "%(name)s %(value)s is no kind of event"
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a rhythm: (?P<word>'.*') is not understood": (
            lambda: _("%(name)s %(value)s is not a rhythm: %(word)s is not understood")
        ),
        r"(?P<name>.+) (?P<value>['\"].*['\"]) is not a rhythm: .*": lambda: _(
            "%(name)s %(value)s is not a rhythm that we know"
        ),
        r"The file is empty\.": lambda: _("The file is empty."),
        r"The table is empty\.": lambda: _("The file is empty."),
        r"This is a web page.*": lambda: _("This is a web page, not a list: save the file itself."),
        r"The table has a header and no rows\.": lambda: _("The table has a header and no rows."),
        r"The table has more than (?P<number>.+) rows: split it\.": lambda: _(
            "The table has more than %(number)s rows: split it."
        ),
        r"The file makes more than (?P<number>.+) dates: split it\.": lambda: _(
            "The file makes more than %(number)s dates: split it."
        ),
        r"The spreadsheet is damaged: save it again\.": lambda: _(
            "The spreadsheet is damaged: save it again."
        ),
        r"The spreadsheet unpacks to far more .*": lambda: _(
            "The spreadsheet unpacks to far more than a list of events needs: save it as CSV."
        ),
        r"This is an old Excel file .*": lambda: _(
            "This is an old Excel file or has a password: save it as XLSX or CSV."
        ),
        r"This is neither a calendar .*": lambda: _(
            "This is neither a calendar nor a list nor a spreadsheet."
        ),
        r"No row names the columns: .*": lambda: _(
            "No row names the columns: the first line needs names such as Title and Date."
        ),
        r"(?P<name>.+) is missing": lambda: _("%(name)s is missing"),
        r"there is no date and no weekday": lambda: _("there is no date and no weekday"),
        r"(?P<name>.+) is before the first date": lambda: _("%(name)s is before the first date"),
        r"(?P<name>.+) is longer than (?P<most>[\d,]+) letters": lambda: _(
            "%(name)s is longer than %(most)s letters"
        ),
        r"it says the same date as row (?P<row>\d+)": lambda: _(
            "it says the same date as row %(row)s"
        ),
        r"it says the same as row (?P<row>\d+)": lambda: _("it says the same as row %(row)s"),
        r"slug (?P<value>'.*') is that of row (?P<row>\d+)": lambda: _(
            "slug %(value)s is that of row %(row)s"
        ),
        r"changed: (?P<names>.+)": lambda: _("changed: %(names)s"),
        r"(?P<number>[\d,]+) dates added": lambda: _("%(number)s dates added"),
        r"(?P<number>[\d,]+) dates changed": lambda: _("%(number)s dates changed"),
        r"(?P<number>[\d,]+) dates dropped": lambda: _("%(number)s dates dropped"),
        r"another rhythm": lambda: _("another rhythm"),
        r"was deleted here, and stays so": lambda: _("was deleted here, and stays so"),
        r"is in the calendar already, from elsewhere": lambda: _(
            "is in the calendar already, from elsewhere"
        ),
        r"is cancelled at the source, so it is left out": lambda: _(
            "is cancelled at the source, so it is left out"
        ),
        r"its rhythm changed here and at the source: ours was kept, dates included": lambda: _(
            "its rhythm changed here and at the source: ours was kept, dates included"
        ),
        r"(?P<name>.+?) changed here and at the source \(there now (?P<value>.*)\): ours was .*": (
            lambda: _(
                "%(name)s changed here and at the source (there now %(value)s): ours was kept"
            )
        ),
        r"(?P<name>.+?) changed here and at the source: ours was kept": lambda: _(
            "%(name)s changed here and at the source: ours was kept"
        ),
        r"(?P<name>.+?) changed here and at the source.*: the source's is taken": lambda: _(
            "%(name)s changed here and at the source: the source's is taken"
        ),
        r"(?P<key>.+) has people on it: it was cancelled, and they are told": lambda: _(
            "%(key)s has people on it: it was cancelled, and they are told"
        ),
    }


def _names() -> dict[str, str]:
    """The words by which reports call what is said of an event."""
    return {
        "title": _("title"),
        "description": _("description"),
        "summary": _("summary"),
        "joining notes": _("notes on joining online"),
        "link": _("online link"),
        "phone number": _("phone number"),
        "the way to take part": _("in person or online"),
        "visibility": _("who can see it"),
        "place": _("place"),
        "tags": _("tags"),
        "languages": _("languages"),
        "kind": _("kind of event"),
        "capacity": _("places"),
        "access facts": _("access"),
        "dates": _("dates"),
    }


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL)


def in_words(text: str) -> str:
    """A sentence of a report in the language of the page; as it is when its shape is unknown."""
    for shape, words in _shapes().items():
        found = _pattern(shape).fullmatch(text)
        if found is None:
            continue
        known = _names()
        values = found.groupdict()
        if "names" in values:
            parts = values["names"].split(", ")
            values["names"] = ", ".join(known.get(one, one) for one in parts)
        elif "name" in values:
            values["name"] = known.get(values["name"], values["name"])
        template = words()
        for name, value in values.items():
            template = template.replace(f"%({name})s", value)
        return template
    return text
