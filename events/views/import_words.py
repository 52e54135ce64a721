"""Imports in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from events.imports.report import Outcome
from events.imports.tables.columns import Column
from events.imports.undoing import ImportUndoRefusal
from events.imports.uploads import Format, UploadRefusal
from events.views.import_reasons import in_words as in_words


def format_word(code: str) -> str:
    """What a file is."""
    return {
        Format.ICS: _("Calendar"),
        Format.MEETINGS: _("Meeting list"),
        Format.TABLE: _("Spreadsheet"),
    }[Format(code)]


def outcome(code: str) -> str:
    """What becomes of one entry."""
    return {
        Outcome.ADDED: _("Added"),
        Outcome.CHANGED: _("Changed"),
        Outcome.UNCHANGED: _("Unchanged"),
        Outcome.REFUSED: _("Refused"),
    }[Outcome(code)]


def place(text: str) -> str:
    """Where an entry stands in its file."""
    for english, word in (("row ", _("Row")), ("rows ", _("Rows"))):
        if text.startswith(english):
            return f"{word} {text.removeprefix(english)}"
    return text


def reasons(texts: tuple[str, ...]) -> str:
    """What there is to say of an entry."""
    said = [in_words(text) for text in texts]
    return ". ".join(one[:1].upper() + one[1:] for one in said)


def column(code: str) -> str:
    """What a column of a spreadsheet can hold."""
    return {
        Column.TITLE: _("Title"),
        Column.KIND: _("Kind of event"),
        Column.DAY: _("Weekday, or “2nd Tuesday”"),
        Column.DATE: _("Date, or first date"),
        Column.START: _("Starts at"),
        Column.END: _("Ends at"),
        Column.UNTIL: _("Last date"),
        Column.EVERY: _("Every how many weeks"),
        Column.PLACE: _("Place"),
        Column.ADDRESS: _("Address"),
        Column.CITY: _("City"),
        Column.CAPACITY: _("Places (capacity)"),
        Column.DESCRIPTION: _("Description"),
        Column.LANGUAGE: _("Language"),
        Column.TAGS: _("Tags"),
        Column.LINK: _("Online link"),
    }[Column(code)]


def counts(found: dict[str, int]) -> str:
    """How many entries are added, changed and so on."""
    if not found:
        return ""
    return _(
        "%(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused",
        **{name: f"{number:,}" for name, number in found.items()},
    )


def refusal(code: str) -> str:
    """Why an upload cannot be taken further, and what to do."""
    return {
        UploadRefusal.UNKNOWN_UPLOAD: _("That file is not here any more. Choose it again."),
        UploadRefusal.HAS_FAULTS: _(
            "Some rows are refused. Mend them in the file and choose it again, or tick the box to"
            " take only the others."
        ),
        UploadRefusal.NOTHING_TO_DO: _("There is nothing to add or change."),
        UploadRefusal.APPLIED: _("This file is applied already."),
        UploadRefusal.NOT_PLANNED: _("This file cannot be read. Choose another one."),
    }[UploadRefusal(code)]


def undo_refusal(code: str, titles: list[str]) -> str:
    """Why an import cannot be taken back."""
    if code == ImportUndoRefusal.CHANGED_SINCE and titles:
        return _(
            "This import cannot be undone: the desk changed these events since: %(titles)s.",
            titles=", ".join(titles),
        )
    return {
        ImportUndoRefusal.UNKNOWN_UPLOAD: _("That file is not here any more."),
        ImportUndoRefusal.NOT_APPLIED: _("This file is not applied yet."),
        ImportUndoRefusal.UNDONE: _("This import is undone already."),
        ImportUndoRefusal.TOO_LATE: _("This import is too long ago to be undone."),
        ImportUndoRefusal.CHANGED_SINCE: _(
            "This import cannot be undone: its events were changed at the desk since."
        ),
    }[ImportUndoRefusal(code)]


def undone(removed: int, restored: int, archived: tuple[str, ...]) -> str:
    """What taking an import back did."""
    said = [
        ngettext("%(num)d event is gone.", "%(num)d events are gone.", removed),
    ]
    if restored:
        said.append(
            ngettext(
                "%(num)d event is as it was before.",
                "%(num)d events are as they were before.",
                restored,
            )
        )
    if archived:
        said.append(
            _(
                "People were on these already, so they are in the archive and their dates to come"
                " are cancelled: %(titles)s.",
                titles=", ".join(archived[:5]),
            )
        )
    return " ".join(said)
