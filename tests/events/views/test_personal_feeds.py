"""A person's own calendar: what it says, what it never says, and how it is asked for."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from core.db import db
from core.window.front import in_front_of
from events import signups, staffing, subscriptions
from events.models import (
    AssignmentRole,
    Event,
    EventStatus,
    FeedScope,
    Joining,
    Kind,
    Mode,
    Occurrence,
    OccurrenceStatus,
    PersonalFeed,
    Signup,
    SignupState,
    Visibility,
)
from events.subscriptions import LinkPlan
from events.views import personal_feeds
from people import audit
from people.models import Role, RoleGrant, Wording
from tests.events.personal_feeds import (
    BUSY,
    DISCREET,
    FULL,
    change,
    entries,
    link,
    person_of,
    soon,
    summaries,
)
from tests.factory import Factory

ICS = "text/calendar; charset=utf-8"
LINK = "https://meet.example.org/j/999"


@pytest.fixture
def me(app, make) -> int:
    return person_of(app, make.account(Role.PARTICIPANT, name="Rosalind Quartermaine"))


@pytest.fixture
def leader(app, make) -> int:
    return person_of(app, make.account(Role.FACILITATOR, name="Bartholomew Winterbourne"))


@pytest.fixture
def group(make) -> int:
    """A weekly group in a hall whose name tells, with a hidden link; its next three dates."""
    venue = make.venue(
        "Recovery Hall",
        address="Recovery Hall, 1 Pier Road, Huntington Beach, CA 92648",
        latitude=33.66,
        longitude=-118.0,
    )
    return make.event(
        "Relapse Prevention",
        slug="relapse",
        venue_id=venue,
        mode=Mode.HYBRID,
        summary="Staying sober together",
        description="All about it",
        online_url=LINK,
        online_passcode="swordfish",
    )


@pytest.fixture
def dates(make, group) -> list[int]:
    series = make.series(
        group, uid="weekly@example", starts_on=soon().date(), extended_to=soon(16).date()
    )
    return [make.occurrence(group, soon(2 + 7 * week), series_id=series) for week in range(3)]


TELLING = ("Relapse", "sober", "All about", "Recovery Hall", "/events/", "CATEGORIES", "GEO:")


def unfolded(body: bytes) -> str:
    return body.decode().replace("\r\n ", "")


class TestWording:
    def test_in_full(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        answer = client.get(link(app, me, FULL).path)
        assert answer.status_code == 200
        assert answer.content_type == ICS
        assert answer.headers["Content-Disposition"] == 'inline; filename="appointments.ics"'
        (one,) = entries(answer.data)
        assert one["SUMMARY"] == "Relapse Prevention"
        assert one["LOCATION"] == "Recovery Hall, 1 Pier Road, Huntington Beach, CA 92648"
        assert one["CONFERENCE"] == LINK
        assert one["URL"].endswith(f"/events/relapse/{soon():%Y-%m-%dT%H%M}/")
        assert one["CLASS"] == "PRIVATE"
        for word in (LINK, "swordfish", "Staying sober together"):
            assert word in one["DESCRIPTION"]
        assert one["DTSTART"].dt == soon()
        assert (one["STATUS"], one["TRANSP"]) == ("CONFIRMED", "OPAQUE")

    def test_discreetly(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        body = client.get(link(app, me, DISCREET).path).data
        (one,) = entries(body)
        assert one["SUMMARY"] == f"Your {soon():%A} appointment"
        assert one["LOCATION"] == "1 Pier Road, Huntington Beach, CA 92648"
        assert one["CONFERENCE"] == LINK
        assert one["DESCRIPTION"] == f"Join online: {LINK}\nPasscode: swordfish"
        assert one["URL"] == "http://localhost/me/"
        assert one["CLASS"] == "PRIVATE"
        calendar = icalendar.Calendar.from_ical(body)
        assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Appointments"
        assert "DESCRIPTION" not in calendar
        assert [word for word in TELLING if word in unfolded(body)] == []

    def test_only_busy(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        body = client.get(link(app, me, BUSY).path).data
        (one,) = entries(body)
        assert one["SUMMARY"] == "Busy"
        said = {"UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "RECURRENCE-ID"}
        said |= {"DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS"}
        assert set(one) == said
        assert [word for word in (*TELLING, LINK, "Pier") if word in unfolded(body)] == []

    def test_in_spanish(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        body = client.get(link(app, me, FULL, language="es").path).data
        assert "/es/events/relapse/" in unfolded(body)
        days = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
        body = client.get(link(app, me, DISCREET, language="es").path).data
        assert days[soon().weekday()] in summaries(body)[0]

    @pytest.mark.parametrize(
        ("venue", "said"),
        [
            ({"address": "Recovery Hall, 2 Elm St, Irvine"}, "2 Elm St, Irvine"),
            ({"address": "2 Elm St, c/o Recovery Hall, Irvine"}, "2 Elm St, Irvine"),
            ({"address": "2 Recovery Hall Road, Irvine"}, "2 Recovery Hall Road, Irvine"),
            ({"address": "Recovery Hall", "city": "Irvine"}, "Irvine"),
            ({"address": "Irvine, CA", "city": "Irvine", "approximate": True}, "Irvine"),
            ({"address": "", "city": ""}, None),
        ],
    )
    def test_a_place_without_its_name(self, app, client, make, me, venue, said):
        event_id = make.event(venue_id=make.venue("Recovery Hall", **venue))
        make.signup(make.occurrence(event_id), person_id=me)
        (one,) = entries(client.get(link(app, me).path).data)
        assert one.get("LOCATION") == said

    def test_online_without_and_with_the_place_of_its_own(self, app, client, make, me):
        event_id = make.event(mode=Mode.ONLINE, online_url=LINK, online_phone="555 0100")
        make.signup(make.occurrence(event_id), person_id=me)
        (one,) = entries(client.get(link(app, me).path).data)
        assert one["LOCATION"] == "Online"
        assert one["DESCRIPTION"] == f"Join online: {LINK}\nPhone: 555 0100"


class TestWhatIsIn:
    def test_only_ones_own(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me, note="A secret note")
        make.signup(dates[1], "Percival Thistlewood", email="percival@example.org")
        private = make.event("One-to-one", kind=Kind.ONE_TO_ONE, visibility=Visibility.PRIVATE)
        other = make.occurrence(private, soon(3))
        make.signup(other, "Percival Thistlewood")
        body = client.get(link(app, me, FULL).path).data
        assert summaries(body) == ["Relapse Prevention"]
        hidden = ("Percival", "Quartermaine", "secret note", "example.org/signups", "/signups/")
        assert [word for word in hidden if word in unfolded(body)] == []

    def test_private_dates_of_ones_own_are_there(self, app, client, make, me):
        private = make.event("Check-in", kind=Kind.ONE_TO_ONE, visibility=Visibility.PRIVATE)
        make.signup(make.occurrence(private, soon()), person_id=me)
        members = make.event("Members", slug="members", visibility=Visibility.SIGNED_IN)
        make.signup(make.occurrence(members, soon(3)), person_id=me)
        one, other = entries(client.get(link(app, me, FULL).path).data)
        assert (one["SUMMARY"], one["URL"]) == ("Check-in", "http://localhost/me/")
        assert other["URL"].startswith("http://localhost/me/events/members/")

    @pytest.mark.parametrize("state", [SignupState.QUEUED, SignupState.OFFERED])
    def test_a_place_in_line_is_no_more_than_that(self, app, client, make, me, dates, state):
        make.signup(dates[0], person_id=me, state=state)
        plan = LinkPlan("Phone", Wording.FULL, reminder_minutes=60)
        body = client.get(link(app, me, plan).path).data
        (one,) = entries(body)
        assert one["SUMMARY"] == "Waiting list: Relapse Prevention"
        assert (one["STATUS"], one["TRANSP"]) == ("TENTATIVE", "TRANSPARENT")
        for word in (LINK, "swordfish", "VALARM"):
            assert word not in unfolded(body)
        discreet = client.get(link(app, me).path).data
        assert summaries(discreet) == [f"Waiting list: Your {soon():%A} appointment"]
        assert summaries(client.get(link(app, me, BUSY).path).data) == ["Busy"]

    def test_what_i_gave_back_leaves(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        make.signup(dates[1], person_id=me, token="mine")
        path = link(app, me).path
        before = client.get(path)
        now = datetime.now(UTC) + timedelta(seconds=3)
        with app.app_context():
            assert signups.cancel("mine", by=audit.person(me), now=now) is True
        after = client.get(path)
        assert [len(entries(one.data)) for one in (before, after)] == [2, 1]
        assert after.last_modified > before.last_modified
        # Some programs look at the first entry of a UID only, so it tells of the other's leaving.
        first, then = entries(before.data)[0], entries(after.data)[0]
        assert then["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt

    def test_moving_up_raises_the_sequence_and_coming_back_never_lowers_it(
        self, app, client, make, me, dates
    ):
        path = link(app, me).path
        now = datetime.now(UTC)

        def sequence() -> int:
            return int(entries(client.get(path).data)[0]["SEQUENCE"])

        first = make.signup(dates[0], person_id=me, state=SignupState.QUEUED, created_at=now)
        seen = [sequence()]
        change(app, Signup, first, state="seated", seated_at=now + timedelta(minutes=1))
        seen.append(sequence())
        change(app, Signup, first, state="cancelled", cancelled_at=now + timedelta(minutes=2))
        make.signup(dates[0], person_id=me, state=SignupState.QUEUED)
        seen.append(sequence())
        assert seen == sorted(set(seen))

    def test_a_date_called_off_stays_for_30_days(self, app, client, make, me, group):
        off = {"status": OccurrenceStatus.CANCELLED, "cancel_reason": "The pipes burst"}
        for days in (-31, -29, 5):
            make.signup(make.occurrence(group, soon(days), **off), person_id=me)
        plan = LinkPlan("Phone", Wording.FULL, reminder_minutes=15)
        body = client.get(link(app, me, plan).path).data
        found = entries(body)
        assert [one["DTSTART"].dt for one in found] == [soon(-29), soon(5)]
        for one in found:
            assert one["SUMMARY"] == "CANCELLED: Relapse Prevention"
            assert (one["STATUS"], one["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
            assert "The pipes burst" in one["DESCRIPTION"]
            assert one["SEQUENCE"] == 1
        assert "VALARM" not in unfolded(body)
        assert LINK not in unfolded(body)
        discreet = unfolded(client.get(link(app, me).path).data)
        assert "pipes" not in discreet
        assert "SUMMARY:CANCELLED: Your" in discreet

    def test_dates_of_a_deleted_event_are_called_off_but_what_was_was(self, app, client, make, me):
        now = datetime.now(UTC)
        event_id = make.event("Gone", status=EventStatus.DELETED, deleted_at=now)
        for days in (-3, 3):
            make.signup(make.occurrence(event_id, soon(days)), person_id=me)
        body = client.get(link(app, me, FULL).path).data
        assert summaries(body) == ["Gone", "CANCELLED: Gone"]

    def test_from_90_days_back_to_18_months_ahead(self, app, client, make, me, group):
        for days in (-91, -89, 547, 549):
            make.signup(make.occurrence(group, soon(days)), person_id=me)
        found = entries(client.get(link(app, me).path).data)
        assert [one["DTSTART"].dt for one in found] == [soon(-89), soon(547)]

    def test_every_date_of_a_course(self, app, client, make, me):
        course = make.event("Course", joining=Joining.COHORT)
        series = make.series(course, starts_on=soon().date(), extended_to=soon(16).date())
        for week in range(3):
            one = make.occurrence(course, soon(2 + 7 * week), series_id=series)
            make.signup(one, person_id=me)
        assert len(entries(client.get(link(app, me).path).data)) == 3

    def test_signed_up_twice_is_once_in_the_calendar(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me, state=SignupState.QUEUED)
        make.signup(dates[0], person_id=me)
        (one,) = entries(client.get(link(app, me).path).data)
        assert one["STATUS"] == "CONFIRMED"


class TestIdentity:
    def test_uids_are_those_of_the_public_feeds(self, app, client, make, me, group, dates):
        single = make.occurrence(group, soon(4, time(9)))
        odd = make.occurrence(
            group, soon(11, time(9)), series_id=_series_of(app, dates[0]), sequence=1
        )
        for one in (*dates, single, odd):
            make.signup(one, person_id=me)
        mine = entries(client.get(link(app, me, FULL).path).data)
        for one in mine:
            key = f"{one['DTSTART'].dt:%Y-%m-%dT%H%M}"
            (same,) = entries(client.get(f"/events/relapse/{key}.ics").data)
            assert same["UID"] == one["UID"]
            assert same["DTSTART"].dt == one["DTSTART"].dt
            same_instance, instance = same.get("RECURRENCE-ID"), one.get("RECURRENCE-ID")
            assert (same_instance and same_instance.to_ical()) == (instance and instance.to_ical())
        ruled = [one for one in mine if one["UID"] == "weekly@example"]
        assert len(ruled) == 3
        assert all("RRULE" not in one for one in ruled)
        assert len({one["LAST-MODIFIED"].dt for one in ruled}) == 1

    def test_an_independent_reader_finds_exactly_these_dates(self, app, client, make, me, dates):
        for one in dates[:2]:
            make.signup(one, person_id=me)
        moved = soon(10, time(9, 15))
        change(
            app,
            Occurrence,
            dates[1],
            starts_at=moved,
            ends_at=moved + timedelta(minutes=90),
            local_date=moved.date(),
            sequence=1,
            updated_at=datetime.now(UTC) + timedelta(seconds=2),
        )
        calendar = icalendar.Calendar.from_ical(client.get(link(app, me).path).data)
        found = recurring_ical_events.of(calendar).between(soon(0), soon(40))
        assert sorted(one["DTSTART"].dt for one in found) == [soon(2), moved]
        assert sorted(one["SEQUENCE"] for one in entries(client.get(link(app, me).path).data)) == [
            2,
            2,
        ]

    def test_whole_days(self, app, client, make, me):
        event_id = make.event("Retreat")
        midnight = soon(5, time(0))
        make.signup(
            make.occurrence(event_id, midnight, minutes=2 * 24 * 60, all_day=True), person_id=me
        )
        (one,) = entries(client.get(link(app, me).path).data)
        assert one["DTSTART"].dt == midnight.date()
        assert one["DTEND"].dt == midnight.date() + timedelta(days=2)

    def test_the_same_rows_give_the_same_bytes(self, app, client, make, me, dates):
        for one in dates:
            make.signup(one, person_id=me)
        path = link(app, me, FULL).path
        assert client.get(path).data == client.get(path).data

    def test_other_settings_are_news_to_every_program(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        made = link(app, me)
        before = client.get(made.path)
        with app.app_context():
            now = datetime.now(UTC)
            subscriptions.change_link(made.id, FULL, by=audit.person(me), now=now)
        after = client.get(made.path)
        stamps = [entries(one.data)[0]["DTSTAMP"].dt for one in (before, after)]
        assert stamps[1] > stamps[0]
        assert after.last_modified > before.last_modified


def _series_of(app, occurrence_id: int) -> int:
    with app.app_context():
        return db.session.get_one(Occurrence, occurrence_id).series_id


@pytest.mark.parametrize(
    ("minutes", "trigger"), [(15, "-PT15M"), (60, "-PT1H"), (120, "-PT2H"), (1440, "-P1D")]
)
def test_reminders_are_there_when_chosen(app, client, make, me, dates, minutes, trigger):
    make.signup(dates[0], person_id=me)
    plan = LinkPlan("Phone", Wording.DISCREET, reminder_minutes=minutes)
    body = client.get(link(app, me, plan).path).data
    (alarm,) = icalendar.Calendar.from_ical(body).walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert f"TRIGGER:{trigger}\r\n" in unfolded(body)
    assert alarm["DESCRIPTION"] == summaries(body)[0]
    assert b"VALARM" not in client.get(link(app, me).path).data


class TestTeam:
    def test_dates_and_the_role_on_each(self, app, client, make, leader, group, dates):
        make.assignment(group, leader)
        make.assignment(group, leader, dates[1], AssignmentRole.CO_LEAD)
        make.assignment(group, leader, dates[2], AssignmentRole.TRAINEE)
        make.occurrence(make.event("Not mine"), soon())
        body = client.get(link(app, leader, FULL, FeedScope.TEAM).path).data
        assert summaries(body) == [
            "Relapse Prevention (lead)",
            "Relapse Prevention (co-lead)",
            "Relapse Prevention (trainee)",
        ]
        assert {one["CONFERENCE"] for one in entries(body)} == {LINK}
        assert "Winterbourne" not in unfolded(body)
        quiet = client.get(link(app, leader, DISCREET, FeedScope.TEAM).path).data
        assert [word for word in TELLING if word in unfolded(quiet)] == []
        assert entries(quiet)[0]["URL"] == "http://localhost/today/"

    def test_a_private_date_leads_to_its_roll(self, app, client, make, leader):
        private = make.event("Check-in", kind=Kind.ONE_TO_ONE, visibility=Visibility.PRIVATE)
        date_id = make.occurrence(private)
        make.assignment(private, leader, date_id)
        (one,) = entries(client.get(link(app, leader, FULL, FeedScope.TEAM).path).data)
        assert one["URL"] == f"http://localhost/roll-call/{date_id}/"

    def test_drafts_and_the_archive_are_not_in_it(self, app, client, make, leader):
        for status in (EventStatus.DRAFT, EventStatus.ARCHIVED):
            event_id = make.event("Nothing yet", status=status)
            make.occurrence(event_id)
            make.assignment(event_id, leader)
        gone = make.event(
            "Gone",
            status=EventStatus.DELETED,
            deleted_from=EventStatus.PUBLISHED,
            deleted_at=datetime.now(UTC),
        )
        make.occurrence(gone)
        make.assignment(gone, leader)
        body = client.get(link(app, leader, FULL, FeedScope.TEAM).path).data
        assert summaries(body) == ["CANCELLED: Gone (lead)"]

    def test_another_role_and_no_role_are_news(self, app, client, make, leader, group, dates):
        given = make.assignment(group, leader)
        path = link(app, leader, FULL, FeedScope.TEAM).path
        answers = [client.get(path)]
        with app.app_context():
            now = datetime.now(UTC) + timedelta(seconds=2)
            role = AssignmentRole.TRAINEE
            staffing.assign(group, leader, role, by=audit.SYSTEM, now=now)
        answers.append(client.get(path))
        with app.app_context():
            staffing.unassign(given, by=audit.SYSTEM, now=now)
        answers.append(client.get(path))
        assert [len(entries(one.data)) for one in answers] == [3, 3, 0]
        stamps = [entries(one.data)[0]["DTSTAMP"].dt for one in answers[:2]]
        assert stamps[0] < stamps[1]
        changed = [one.last_modified for one in answers]
        assert changed == sorted(set(changed))

    def test_who_no_longer_takes_the_roll_has_an_empty_calendar(
        self, app, client, make, leader, group, dates
    ):
        make.assignment(group, leader)
        make.signup(dates[0], person_id=leader)
        team = link(app, leader, FULL, FeedScope.TEAM).path
        own = link(app, leader, FULL).path
        _grant(app, leader, Role.PARTICIPANT)
        _end(app, leader, Role.FACILITATOR)
        assert [len(entries(client.get(path).data)) for path in (team, own)] == [0, 1]
        _end(app, leader, Role.PARTICIPANT)
        assert [client.get(path).status_code for path in (team, own)] == [200, 200]
        assert [len(entries(client.get(path).data)) for path in (team, own)] == [0, 0]


def _grant(app, person_id: int, role: Role) -> None:
    with app.app_context(), db.session.begin():
        db.session.add(RoleGrant(person_id=person_id, role=role, granted_at=datetime.now(UTC)))


def _end(app, person_id: int, role: Role) -> None:
    with app.app_context(), db.session.begin():
        grant = db.session.get_one(RoleGrant, (person_id, role))
        grant.ends_on = datetime.now(UTC).date() - timedelta(days=3)


class TestAddress:
    def test_the_wrong_address_is_not_found(self, app, client, make, leader):
        made = link(app, leader)
        token = made.path.removeprefix("/feeds/me/")
        for path in (f"/feeds/team/{token}", "/feeds/me/abc.ics", f"/feeds/me/{'a' * 500}.ics"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"] == "noindex"
        assert client.get("/feeds/me/%00.ics").status_code == 404

    def test_the_one_its_owner_revoked_is_gone(self, app, client, make, me):
        made = link(app, me)
        assert client.get(made.path).status_code == 200
        with app.app_context():
            subscriptions.revoke_link(made.id, by=audit.person(me), now=datetime.now(UTC))
        answer = client.get(made.path)
        assert answer.status_code == 410
        assert answer.headers["Cache-Control"] == "no-store"
        assert client.get(made.path).status_code == 410

    def test_it_is_short_and_kept_hashed(self, app, me):
        made = link(app, me)
        token = made.path.split("/")[-1].removesuffix(".ics")
        assert len(token) == 22
        with app.app_context():
            feed = db.session.get_one(PersonalFeed, made.id)
            stored = [str(getattr(feed, column.name)) for column in PersonalFeed.__table__.columns]
            assert token not in "".join(stored)
            assert subscriptions.shown_token(feed, "another key") is None

    def test_asked_again_the_answer_is_304(self, app, client, make, me, dates):
        make.signup(dates[0], person_id=me)
        path = link(app, me).path
        first = client.get(path)
        assert "private" in first.headers["Cache-Control"]
        assert first.headers["X-Robots-Tag"] == "noindex"
        assert first.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in first.headers
        tag = first.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(path, headers=since).status_code == 304
        both = since | {"If-None-Match": '"x"'}
        assert client.get(path, headers=both).status_code == 200
        head = client.head(path)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
        make.signup(dates[1], person_id=me)
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
        assert client.get(path, headers=since).status_code == 200

    def test_behind_the_window_it_is_compressed_and_never_kept(self, app, make, me, dates):
        for one in dates:
            make.signup(one, person_id=me)
        path = link(app, me).path
        with app.app_context():
            front = in_front_of(app.wsgi_app, db.engine, app.config)
        app.wsgi_app = front
        client = app.test_client()
        try:
            first = client.get(path, headers={"Accept-Encoding": "gzip"})
            assert first.headers["Content-Encoding"] == "gzip"
            assert "private" in first.headers["Cache-Control"]
            tag = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"}
            again = client.get(path, headers=tag)
            assert (again.status_code, again.data) == (304, b"")
            with app.app_context():
                subscriptions.revoke_link(1, by=audit.person(me), now=datetime.now(UTC))
            assert client.get(path, headers=tag).status_code == 410
        finally:
            front.window.close()

    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("scope", list(FeedScope))
    def test_queries_do_not_grow_with_dates(
        self, app, client, make, leader, dates, count_queries, count, scope, group
    ):
        for one in dates[:count]:
            make.signup(one, person_id=leader)
            make.assignment(group, leader, one)
        path = link(app, leader, FULL, scope).path
        client.get(path)
        with count_queries() as seen:
            assert len(entries(client.get(path).data)) == count
        # BEGIN, the link, the account, its roles, the dates, how often they were moved
        assert len(seen) == 6

    def test_on_both_databases(self, both_databases):
        app = both_databases
        make = Factory(app)
        me = person_of(app, make.account(Role.FACILITATOR))
        event_id = make.event("Tuesday Group")
        series = make.series(event_id, starts_on=soon().date(), extended_to=soon().date())
        date_id = make.occurrence(event_id, soon(), series_id=series)
        make.signup(date_id, person_id=me)
        make.assignment(event_id, me)
        client = app.test_client()
        for scope in FeedScope:
            made = link(app, me, FULL, scope)
            assert summaries(client.get(made.path).data)[0].startswith("Tuesday Group")
            with app.app_context():
                feed = db.session.get_one(PersonalFeed, made.id)
                assert feed.last_used_on is not None
                subscriptions.revoke_link(made.id, by=audit.person(me), now=datetime.now(UTC))
            assert client.get(made.path).status_code == 410
            assert client.get(made.path.replace(".ics", "x.ics")).status_code == 404
            assert client.get(f"/feeds/{scope.value}/%00.ics").status_code == 404


class TestUse:
    def test_only_the_day_of_use_is_kept_and_once(self, app, client, me, count_queries):
        made = link(app, me)
        client.get(made.path)
        with app.app_context():
            feed = db.session.get_one(PersonalFeed, made.id)
            pacific = soon().tzinfo
            assert feed.last_used_on == datetime.now(pacific).date()
        with count_queries() as seen:
            client.get(made.path)
        assert not [one for one in seen if one.startswith("UPDATE")]
        change(app, PersonalFeed, made.id, last_used_on=soon(-1).date())
        changed = client.get(made.path).last_modified
        with app.app_context():
            feed = db.session.get_one(PersonalFeed, made.id)
            assert feed.last_used_on == soon(0).date()
            assert feed.changed_at.replace(microsecond=0) == changed

    def test_that_it_cannot_be_noted_keeps_nobody_waiting(
        self, app, client, make, me, dates, sqlite_url
    ):
        make.signup(dates[0], person_id=me)
        path = link(app, me).path
        with app.app_context(), db.engine.connect() as other:
            other.exec_driver_sql("UPDATE person SET version = version + 1")  # and no commit yet
            first = client.get(path)
            assert first.status_code == 200
            assert len(entries(first.data)) == 1
            other.rollback()
        again = client.get(path)
        assert again.data == first.data
        assert again.last_modified >= first.last_modified

    def test_in_passing_trouble_what_stood_last_is_given(
        self, app, client, make, me, dates, monkeypatch, caplog
    ):
        make.signup(dates[0], person_id=me)
        made, never_asked = link(app, me), link(app, me)
        good = client.get(made.path)
        asked = []

        def broken(*_args: object) -> None:
            asked.append(1)
            raise OperationalError("SELECT 1", {}, Exception("the database is away"))

        with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG):
            patched.setattr(subscriptions, "find_by_token", broken)
            answer = client.get(made.path)
            assert (answer.status_code, answer.data) == (200, good.data)
            assert answer.headers["ETag"] == good.headers["ETag"]
            assert len(asked) == 2
            answer = client.get(never_asked.path)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "60"
        assert len(caplog.records) > 0
        for made_link in (made, never_asked):
            assert made_link.path.split("/")[-1][:-4] not in caplog.text
        assert client.get(made.path).data == good.data

    def test_one_fault_is_tried_again(self, app, client, make, me, dates, monkeypatch):
        make.signup(dates[0], person_id=me)
        path = link(app, me).path
        faults = [OperationalError("SELECT 1", {}, Exception("locked"))]
        real = personal_feeds.signed_up

        def once(*args: object) -> object:
            if faults:
                raise faults.pop()
            return real(*args)

        monkeypatch.setattr(personal_feeds, "signed_up", once)
        assert client.get(path).status_code == 200

    def test_nothing_revoked_is_given_in_trouble(self, app, client, me, monkeypatch):
        made = link(app, me)
        client.get(made.path)
        with app.app_context():
            subscriptions.revoke_link(made.id, by=audit.person(me), now=datetime.now(UTC))
        client.get(made.path)
        monkeypatch.setattr(subscriptions, "find_by_token", None)
        assert client.get(made.path).status_code == 503


def test_no_log_names_a_secret_address(app, client, make, caplog, monkeypatch):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    token = "Zm9vYmFyYmF6cXV4enl6enk"
    monkeypatch.setattr(personal_feeds, "_answer", None)
    with caplog.at_level(logging.DEBUG):
        assert client.get(f"/feeds/me/{token}.ics").status_code == 500
    assert "Exception on /feeds/me/" in caplog.text
    assert token not in caplog.text

    def broken(_environ: object, _start: object) -> object:
        raise RuntimeError("no")

    caplog.clear()
    with app.app_context():
        front = in_front_of(broken, db.engine, app.config)
    app.wsgi_app = front
    assert app.test_client().get(f"/feeds/me/{token}.ics").status_code == 500
    assert "/feeds/me/….ics failed" in caplog.text
    assert token not in caplog.text
    front.window.close()


@pytest.mark.parametrize(
    "path",
    ["/feeds/all.ics", "/feeds/support-group.ics", "/events/relapse.ics", "/feeds/events.json"],
)
def test_public_feeds_know_nothing_of_it(app, client, make, me, leader, group, dates, path):
    before = client.get(path)
    make.signup(dates[0], person_id=me)
    make.assignment(group, leader)
    for scope in FeedScope:
        client.get(link(app, leader, LinkPlan("Zelda's phone", Wording.FULL), scope).path)
        client.get(link(app, me, FULL, FeedScope.ME).path)
    after = client.get(path)
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]


def test_a_date_that_a_public_link_has_is_said_to_those_in_line_too(app, client, make, me):
    event_id = make.event(mode=Mode.ONLINE, online_url=LINK, online_url_public=True)
    make.signup(make.occurrence(event_id), person_id=me, state=SignupState.QUEUED)
    (one,) = entries(client.get(link(app, me).path).data)
    assert one["CONFERENCE"] == LINK


def test_events_stay_as_they_are(app, client, make, me, dates):
    """Reading a calendar changes no row but its link's."""
    make.signup(dates[0], person_id=me)

    def stamps() -> list[datetime]:
        with app.app_context():
            return list(db.session.scalars(select(Event.updated_at)))

    before = stamps()
    client.get(link(app, me).path)
    assert stamps() == before
