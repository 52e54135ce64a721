"""The desk's import pages: a file, its columns, a plan, applied and undone."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict

from core import clock, display
from core.outcome import Refused
from events.forms.fields import choices
from events.forms.imports import ReadingForm, UploadForm
from events.imports import undoing, uploads
from events.imports.files import Unreadable
from events.imports.report import Line, Outcome
from events.imports.tables.cells import read_table
from events.imports.tables.columns import Column, fields_of
from events.imports.uploads import FileGiven, Format
from events.models import Upload
from events.views import desk_words, import_words
from events.views.manage_base import page_number
from people.access import Permission, actor, requires

bp = Blueprint("imports", __name__, url_prefix="/imports")
EACH = 20
LINES = 100
SAMPLES = 3
TOKEN = "<token>"  # noqa: S105 - the place of one in an address
ORDER = (Outcome.REFUSED, Outcome.CHANGED, Outcome.ADDED, Outcome.UNCHANGED)


def _show_index(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    known = uploads.known_sources()
    form.source.choices = choices(("", _("No, decide by its name")), *known.items())
    page = page_number()
    found, more = uploads.earlier_uploads(page, EACH)
    return render_template(
        "manage/imports.html",
        form=form,
        has_sources=bool(known),
        uploads=[(one, display.local(one.created_at, _timezone())) for one in found],
        can_undo=undoing.can_undo,
        say=import_words,
        most=current_app.config["MAX_CONTENT_LENGTH"] // 1_000_000,
        page=page,
        earlier=url_for(".index", page=page - 1) if page > 1 else "",
        later=url_for(".index", page=page + 1) if more else "",
    ), status


def _timezone() -> str:
    return str(current_app.config["TIMEZONE"])


def _upload_or_404(token: str) -> Upload:
    upload = uploads.upload_of(token)
    if upload is None:
        abort(404)
    return upload


@bp.get("/")
@requires(Permission.PLAN_EVENTS)
def index() -> ResponseReturnValue:
    """The form for a file, and the files before."""
    return _show_index(UploadForm())


@bp.post("/")
@requires(Permission.PLAN_EVENTS)
def upload() -> ResponseReturnValue:
    """Keep a file and plan what it would do; a spreadsheet's columns are asked for first."""
    form = UploadForm(CombinedMultiDict([request.files, request.form]))
    given = request.files.get("file")
    content = given.read() if given is not None and given.filename else b""
    if given is None or not content:
        form.file.errors = [_("Please choose a file that is not empty.")]
        return _show_index(form, 422)
    known = uploads.known_sources()
    source = form.source.data if form.source.data in known else ""
    file = FileGiven(given.filename or "", content, _timezone(), source)
    try:
        token = uploads.keep_upload(file, by=actor(), now=clock.now())
    except Unreadable as error:
        form.file.errors = [import_words.in_words(str(error))]
        return _show_index(form, 422)
    if _upload_or_404(token).format == Format.TABLE:
        return redirect(url_for(".columns", token=token), 303)
    uploads.plan_upload(token, by=actor(), now=clock.now())
    return redirect(url_for(".plan", token=token), 303)


def _show_columns(
    upload: Upload, fields: list[str], faults: list[str], status: int = 200
) -> ResponseReturnValue:
    table = read_table(upload.content, upload.columns.get("sheet"))
    rows = [cells for _number, cells in table.rows[:200]]
    samples = [
        list(dict.fromkeys(cells[at] for cells in rows if cells[at]))[:SAMPLES]
        for at in range(len(table.header))
    ]
    return render_template(
        "manage/import_columns.html",
        upload=upload,
        table=table,
        fields=fields + [""] * (len(table.header) - len(fields)),
        samples=samples,
        columns=list(Column),
        faults=faults,
        say=import_words,
    ), status


@bp.get(f"/{TOKEN}/columns")
@requires(Permission.PLAN_EVENTS)
def columns(token: str) -> ResponseReturnValue:
    """What each column of a spreadsheet is: guessed, or as it was last time."""
    found = _upload_or_404(token)
    if found.format != Format.TABLE or found.applied_at is not None:
        return redirect(url_for(".plan", token=token), 303)
    return _show_columns(found, found.columns["fields"], [])


def _column_faults(fields: list[str]) -> list[str]:
    chosen = [one for one in fields if one]
    faults = []
    if Column.TITLE not in chosen:
        faults.append(_("Say which column is the title."))
    if not {Column.DAY, Column.DATE} & set(chosen):
        faults.append(_("Say which column is the date or the weekday."))
    if Column.START not in chosen:
        faults.append(_("Say which column is when it starts."))
    for twice in sorted({one for one in chosen if chosen.count(one) > 1}):
        name = import_words.column(twice)
        faults.append(_("%(column)s is chosen for two columns.", column=name))
    return faults


@bp.post(f"/{TOKEN}/columns")
@requires(Permission.PLAN_EVENTS)
def save_columns(token: str) -> ResponseReturnValue:
    """Remember what the columns are, and plan."""
    found = _upload_or_404(token)
    if found.format != Format.TABLE or found.applied_at is not None:
        return redirect(url_for(".plan", token=token), 303)
    table = read_table(found.content, found.columns.get("sheet"))
    sheet = request.form.get("sheet", table.sheet)
    if sheet != table.sheet and sheet in table.sheets:
        return _other_sheet(found, sheet)
    given = [request.form.get(f"column-{at}", "") for at in range(len(table.header))]
    fields = [one if one in set(Column) else "" for one in given]
    faults = _column_faults(fields)
    if faults:
        return _show_columns(found, fields, faults, 422)
    uploads.set_columns(token, {"header": table.header, "fields": fields, "chosen": True})
    uploads.plan_upload(token, by=actor(), now=clock.now())
    return redirect(url_for(".plan", token=token), 303)


def _other_sheet(found: Upload, sheet: str) -> ResponseReturnValue:
    try:
        table = read_table(found.content, sheet)
    except Unreadable as error:
        return _show_columns(
            found, found.columns["fields"], [import_words.in_words(str(error))], 422
        )
    fields = fields_of(table.header)
    values = {"sheet": sheet, "header": table.header, "fields": fields, "chosen": False}
    uploads.set_columns(found.token, values)
    return redirect(url_for(".columns", token=found.token), 303)


def _lines(report: dict[str, Any]) -> tuple[list[Line], int, str]:
    """The lines asked for, how many there are, and which."""
    shown = request.args.get("show", "")
    lines = uploads.lines_of(report)
    if shown in set(Outcome):
        lines = [one for one in lines if one.outcome == shown]
    else:
        shown = ""
        lines.sort(key=lambda one: ORDER.index(Outcome(one.outcome)))
    return lines, len(lines), shown


def _show_plan(
    found: Upload, form: ReadingForm | None = None, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    report = found.report
    page = page_number()
    lines, total, shown = _lines(report) if "lines" in report else ([], 0, "")
    start = (page - 1) * LINES

    def address(number: int) -> str:
        return url_for(".plan", token=found.token, page=number, show=shown or None)

    name = "import_done.html" if found.applied_at else "import_plan.html"
    return render_template(
        f"manage/{name}",
        upload=found,
        report=report,
        form=form or ReadingForm(data=found.options),
        lines=lines[start : start + LINES],
        shown=shown,
        total=total,
        page=page,
        pages=max(1, -(-total // LINES)),
        earlier=address(page - 1) if page > 1 else "",
        later=address(page + 1) if start + LINES < total else "",
        outcomes=[(one, report.get(one, 0)) for one in ORDER],
        can_undo=undoing.can_undo(found),
        at=display.local(found.applied_at, _timezone()) if found.applied_at else None,
        refused=refused,
        say=import_words,
        desk_words=desk_words,
    ), status


@bp.get(f"/{TOKEN}/")
@requires(Permission.PLAN_EVENTS)
def plan(token: str) -> ResponseReturnValue:
    """What a file would do, is doing, or did."""
    found = _upload_or_404(token)
    if found.applied_at is None and "asked" in found.options:
        return _show_working(found)
    if found.format == Format.TABLE and not found.columns.get("chosen"):
        return redirect(url_for(".columns", token=token), 303)
    return _show_plan(found)


def _show_working(found: Upload) -> Response:
    page = make_response(
        render_template("manage/import_working.html", upload=found, say=import_words)
    )
    page.headers["Refresh"] = "2"  # works without scripts
    return page


@bp.post(f"/{TOKEN}/options")
@requires(Permission.PLAN_EVENTS)
def options(token: str) -> ResponseReturnValue:
    """Read the file another way, and plan anew."""
    found = _upload_or_404(token)
    form = ReadingForm(request.form)
    if not form.validate():
        return _show_plan(found, form, status=422)
    uploads.set_options(token, form.data)
    uploads.plan_upload(token, by=actor(), now=clock.now())
    return redirect(url_for(".plan", token=token), 303)


@bp.post(f"/{TOKEN}/apply")
@requires(Permission.PLAN_EVENTS)
def apply(token: str) -> ResponseReturnValue:
    """Put a planned file into the calendar, all of it or nothing."""
    found = _upload_or_404(token)
    partial = bool(request.form.get("partial"))
    answer = uploads.ask_to_apply(token, partial=partial, by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        if answer.reason == uploads.UploadRefusal.APPLIED:  # the button was pressed twice
            return redirect(url_for(".plan", token=token), 303)
        return _show_plan(found, refused=import_words.refusal(answer.reason), status=409)
    if answer:
        flash(_("The file is in the calendar."), "success")
    return redirect(url_for(".plan", token=token), 303)


@bp.post(f"/{TOKEN}/undo")
@requires(Permission.PLAN_EVENTS)
def undo(token: str) -> ResponseReturnValue:
    """Take an applied file back."""
    _upload_or_404(token)
    answer = undoing.undo_upload(token, by=actor(), now=clock.now())
    if isinstance(answer, Refused):
        why = undoing.why_not(token)
        flash(import_words.undo_refusal(answer.reason, why), "error")
    else:
        flash(import_words.undone(answer.removed, answer.restored, answer.archived), "success")
    return redirect(url_for(".plan", token=token), 303)


@bp.post(f"/{TOKEN}/discard")
@requires(Permission.PLAN_EVENTS)
def discard(token: str) -> ResponseReturnValue:
    """Throw a file away that was not applied."""
    _upload_or_404(token)
    if uploads.discard(token, by=actor(), now=clock.now()):
        flash(_("The file is thrown away. Nothing was changed."), "success")
    return redirect(url_for(".index"), 303)
