"""Sheets for the notice board: the right dates in words, as a page and as PDF, nothing private."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import segno
import time_machine
from flask.testing import FlaskClient
from pypdf import PdfReader

from core.qr import qr_file, qr_svg
from events.models import Closure, Kind, Mode, OccurrenceStatus, Visibility
from tests.factory import PACIFIC, Factory

ZONE = ZoneInfo(PACIFIC)
MONDAY = date(2026, 11, 23)
MONTH = "/print/month/2026/11"
WEEK = "/print/week/2026/w48"
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=ZONE), tick=False):
        yield


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time(hour, minute), ZONE)


@pytest.fixture
def town(make: Factory) -> Factory:
    """A public group beside a private one, one for people who have signed in, and a one-to-one."""
    hall = make.venue("Peñón Hall", slug="hall", city="Marlin Point", access=["step-free"])
    group = make.event(
        "Mañana en calma",
        venue_id=hall,
        mode=Mode.HYBRID,
        online_url="https://meet.example/secret-room",
        online_passcode="tide-4711",
        access=["asl"],
    )
    make.occurrence(group, at(18, 30))
    make.occurrence(
        group,
        at(18, 30, days=1),
        status=OccurrenceStatus.CANCELLED,
        cancel_reason="The heating is broken",
    )
    for title, values in (
        ("Hidden Circle", {"visibility": Visibility.PRIVATE}),
        ("Members Evening", {"visibility": Visibility.SIGNED_IN}),
        ("Check-in with Ana", {"kind": Kind.ONE_TO_ONE}),
    ):
        make.occurrence(make.event(title, venue_id=hall, **values), at(19))
    return make


def read(client: FlaskClient, address: str) -> tuple[PdfReader, str]:
    """A PDF and its words, in one line."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.data))
    text = " ".join(page.extract_text() for page in pdf.pages)
    text = re.sub("(?<=\\w)[-\u2010\u00ad]\n", "", text)  # a divided word
    return pdf, " ".join(text.replace("\u200b", "").split())


@pytest.mark.parametrize("address", [f"{MONTH}/", f"{WEEK}/", f"{MONTH}.pdf", f"{WEEK}.pdf"])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_sheet_says_what_is_public_and_nothing_else(
    client: FlaskClient, town: Factory, address: str, prefix: str
) -> None:
    answer = client.get(prefix + address)
    assert answer.status_code == 200
    text = answer.text if address.endswith("/") else read(client, prefix + address)[1]
    assert "Mañana en calma" in text
    assert "Peñón Hall" in text
    assert "988" in text
    assert f"localhost{prefix}/subscribe/" in text
    for secret in ("Hidden", "Members", "Ana", "secret-room", "tide-4711"):
        assert secret not in text


def test_the_flyer_says_times_access_and_what_is_cancelled_in_words(
    client: FlaskClient, town: Factory
) -> None:
    _pdf, text = read(client, f"{WEEK}.pdf")
    for words in (
        "November 23 to November 29",
        "Monday, November 23",
        "6:30 pm– 8:00 pm",
        "Peñón Hall, Marlin Point",
        "American Sign Language · Step-free",
        "Cancelled: The heating is broken",
        "Nothing planned",
        "Printed on Monday, November 23, 2026.",
        "localhost/calendar/2026/w48/",
    ):
        assert words in text
    page = client.get(f"{WEEK}/").text
    assert "<s><a" in page
    assert "Cancelled</strong>: The heating is broken" in page


@pytest.mark.parametrize(
    ("address", "size", "language"),
    [
        (f"{MONTH}.pdf", (792, 612), "en"),
        (f"{MONTH}.pdf?paper=a4", (842, 595), "en"),
        (f"/es{WEEK}.pdf", (612, 792), "es"),
        (f"/es{WEEK}.pdf?paper=a4", (595, 842), "es"),
    ],
)
def test_the_pdf_can_be_read_aloud_and_fits_the_paper(
    client: FlaskClient, town: Factory, address: str, size: tuple[int, int], language: str
) -> None:
    pdf, _text = read(client, address)
    root = pdf.trailer["/Root"]
    box = pdf.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert "Groundswell" in pdf.metadata.title
    assert "/subscribe/" in "".join(_alternatives(root["/StructTreeRoot"]))


def _alternatives(node: object) -> list[str]:
    """The alternative texts of a document's pictures."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [text for child in node for text in _alternatives(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (_alternatives(node["/K"]) if "/K" in node else [])


def test_the_same_edition_gives_the_same_bytes(client: FlaskClient, town: Factory) -> None:
    first, second = client.get(f"{MONTH}.pdf"), client.get(f"{MONTH}.pdf")
    assert first.data == second.data
    same = client.get(f"{MONTH}.pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
    town.occurrence(town.event("Evening Walk"), at(17, days=2))
    assert client.get(f"{MONTH}.pdf").headers["ETag"] != first.headers["ETag"]


def test_a_full_day_shows_the_programs_own_dates_and_says_where_the_rest_is(
    client: FlaskClient, make: Factory
) -> None:
    for number in range(30):
        make.occurrence(make.event(f"Listed {number:02d}", source="county"), at(6))
        make.occurrence(make.event(f"Listed {number:02d}", source="county"), at(6, days=1))
    make.occurrence(make.event("Our Own Evening"), at(20))
    for address, rest in ((MONTH, 26), (WEEK, 18)):
        pdf, text = read(client, f"{address}.pdf")
        assert len(pdf.pages) == 1
        assert "Our Own Evening" in text
        assert "and 30 more" in text  # Monday: our own date alone
        assert f"and {rest} more" in text  # Tuesday: as many of the others as there is room for
        page = client.get(f"{address}/").text
        assert "Our Own Evening" in page
        assert f"and {rest} more" in page
    assert "localhost/calendar/2026/11/23/" in text


def test_a_full_month_is_bounded_whatever_the_titles(client: FlaskClient, make: Factory) -> None:
    longest = "Wellbeing " * 19 + "Lastword"
    events = [make.event(longest), make.event("W" * 200)]
    for day in range(1, 31):
        for hour, event in ((9, events[0]), (10, events[1])):
            make.occurrence(event, datetime(2026, 11, day, hour, tzinfo=ZONE))
    pdf, text = read(client, f"{MONTH}.pdf")
    assert len(pdf.pages) <= 4
    assert text.count("Lastword") == 30
    assert len(re.findall("W", text.replace("Wellbeing", ""))) >= 30 * 200
    assert "988" in text


def test_filters_choose_what_is_printed_and_are_named(client: FlaskClient, town: Factory) -> None:
    town.occurrence(town.event("Skills", kind=Kind.WORKSHOP), at(9))
    _pdf, text = read(client, f"{MONTH}.pdf?kind=workshop")
    assert "Skills" in text
    assert "Workshop" in text
    assert "Mañana" not in text
    assert "calendar/2026/11/?kind=workshop" in text


def test_closures_stand_on_the_sheet(client: FlaskClient, town: Factory) -> None:
    now = datetime.now(UTC)
    town._add(
        Closure(
            first_day=date(2026, 11, 26),
            last_day=date(2026, 11, 27),
            reason="Thanksgiving",
            created_at=now,
            updated_at=now,
        )
    )
    hidden = town.venue("Quiet House")
    town._add(
        Closure(
            venue_id=hidden,
            first_day=date(2026, 11, 26),
            last_day=date(2026, 11, 26),
            reason="Painting",
            created_at=now,
            updated_at=now,
        )
    )
    for address in (MONTH, WEEK):
        _pdf, text = read(client, f"{address}.pdf")
        assert text.count("Closed: Thanksgiving") == 2
        assert "Quiet House" not in text


def test_the_hour_that_comes_twice_keeps_its_wall_clock(client: FlaskClient, make: Factory) -> None:
    group = make.event("Sunday Dawn")
    make.occurrence(group, datetime(2026, 10, 25, 6, 30, tzinfo=ZONE))
    make.occurrence(group, datetime(2026, 11, 1, 6, 30, tzinfo=ZONE))
    for week in ("w43", "w44"):
        _pdf, text = read(client, f"/print/week/2026/{week}.pdf")
        assert "6:30 am– 8:00 am Sunday Dawn" in text
    assert text.count("Sunday, November 1") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/print/month/2026/13",
        "/print/month/2026/00",
        "/print/month/1999/01",
        "/print/month/2029/01",
        "/print/week/2026/w54",
        "/print/week/2026/w00",
        "/print/week/1999/w10",
    ],
)
def test_there_is_no_sheet_where_the_calendar_has_no_page(
    client: FlaskClient, address: str
) -> None:
    assert client.get(f"{address}/").status_code == 404
    assert client.get(f"{address}.pdf").status_code == 404


def test_unknown_paper_is_refused_and_unknown_parameters_are_not_kept(
    client: FlaskClient, town: Factory
) -> None:
    assert client.get(f"{MONTH}.pdf?paper=napkin").status_code == 404
    assert "public" in client.get(f"{MONTH}.pdf?paper=a4&kind=workshop").headers["Cache-Control"]
    assert client.get(f"{MONTH}.pdf?x=1").headers["Cache-Control"] == "no-store"
    assert client.get(f"{WEEK}/?x=1").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", [f"{MONTH}/", f"{WEEK}/", f"{MONTH}.pdf"])
def test_a_sheet_sends_the_same_statements_for_one_date_and_for_three(
    client: FlaskClient, make: Factory, count_queries: Counting, address: str
) -> None:
    sent = []
    for number in (1, 2):
        for _one in range(number):
            make.occurrence(make.event("Group", tags=("open",)), at(9))
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        sent.append(len([one for one in seen if one.startswith("SELECT")]))
    assert sent[0] == sent[1] == (8 if address.endswith(".pdf") else 7)


def test_calendar_and_desk_lead_to_the_sheets(
    client: FlaskClient, town: Factory, sign_in: Callable[[FlaskClient, str], None]
) -> None:
    assert (
        'href="/print/month/2026/11/?kind=workshop"'
        in client.get("/calendar/2026/11/?kind=workshop").text
    )
    assert 'href="/es/print/week/2026/w48/"' in client.get("/es/calendar/2026/w48/").text
    sign_in(client, town.account())
    desk = client.get("/manage/").text
    assert 'href="/print/week/2026/w48/"' in desk
    assert 'href="/print/month/2026/11/"' in desk


def _dark_modules(path: str) -> set[tuple[int, int]]:
    """The dark squares of a code drawn as horizontal strokes: `M4 4.5h7m1 0h2…`."""
    found: set[tuple[int, int]] = set()
    x = y = 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        if step == "h":
            found |= {(int(y), int(x) + offset) for offset in range(int(first))}
            x += int(first)
        elif step == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    return found


def test_the_code_leads_to_the_subscribe_page(client: FlaskClient, town: Factory) -> None:
    page = client.get(f"/es{MONTH}/").text
    code = page[page.index('<svg role="img"') :]
    drawn = _dark_modules(re.search(r'stroke="#000" d="([^"]+)"', code)[1])
    wanted = segno.make_qr("http://localhost/es/subscribe/", error="m")
    matrix = [list(row) for row in wanted.matrix_iter(border=4)]
    assert drawn == {
        (row, column) for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark
    }
    assert "style=" not in code[: code.index("</svg>")]


def test_a_code_has_a_name_or_is_hidden_from_screen_readers() -> None:
    assert "<title>To &lt;us&gt; &amp; back</title>" in qr_svg("x", "To <us> & back")
    assert 'aria-hidden="true"' in qr_svg("x")
    assert 'xmlns="http://www.w3.org/2000/svg"' in qr_file("x")
