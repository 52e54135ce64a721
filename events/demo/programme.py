"""The invented program: its places, what it offers and who is part of it. Nobody here is real."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from events.models import Joining, Kind, Mode


@dataclass(frozen=True)
class DemoVenue:
    """A place; capacity None has no end."""

    key: str
    name: str
    address: str
    city: str
    at: tuple[float, float]
    capacity: int | None
    directions: str
    access: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoEvent:
    """An event and its rhythm: `weekdays` from Monday = 0, or `in_days` from this Monday for
    single dates.

    `weeks` is the length of a cohort or course, counted from `first_week` (0 is this week).
    `crowd` is how much of the capacity signs up, above 1 with a waitlist.
    """

    title: str
    kind: Kind
    summary: str
    description: str
    venue: str | None
    start: time
    minutes: int
    weekdays: tuple[int, ...] = ()
    in_days: tuple[int, ...] = ()
    interval: int = 1
    first_week: int = -6
    weeks: int | None = None
    joining: Joining = Joining.DROP_IN
    capacity: int | None = None
    mode: Mode = Mode.IN_PERSON
    languages: tuple[str, ...] = ("en",)
    tags: tuple[str, ...] = ()
    crowd: float = 0.6
    lead: str | None = "Marisol"
    course: str | None = None
    online_url: str | None = None
    cancelled: dict[int, str] = field(default_factory=dict)


VENUES = (
    DemoVenue(
        "lighthouse",
        "Lighthouse Community Room",
        "14 Beacon Lane, Marlin Point, CA 92699, USA",
        "Marlin Point",
        (33.6621, -118.0052),
        24,
        "The blue door beside the bakery. Ring once; somebody will come.",
        ("step-free", "accessible-toilet", "bus"),
    ),
    DemoVenue(
        "pelican",
        "Pelican Street Library",
        "220 Pelican Street, Marlin Point, CA 92699, USA",
        "Marlin Point",
        (33.6588, -117.9991),
        40,
        "Second floor. The lift is to the left of the front desk.",
        ("step-free", "accessible-toilet", "hearing-loop", "parking"),
    ),
    DemoVenue(
        "tidepool",
        "Tidepool Studio",
        "7 Kelp Court, Costa Serena, CA 92698, USA",
        "Costa Serena",
        (33.6402, -117.9277),
        12,
        "Through the garden gate, past the lemon tree.",
        ("fragrance-free",),
    ),
    DemoVenue(
        "harbor",
        "Old Harbor Hall",
        "1 Wharf Road, Costa Serena, CA 92698, USA",
        "Costa Serena",
        (33.6377, -117.9301),
        120,
        "At the end of the wharf. Bicycles can come inside.",
        ("step-free", "accessible-toilet", "parking", "bus"),
    ),
    DemoVenue(
        "cove",
        "Sandpiper Cove, north steps",
        "Sandpiper Cove, Marlin Point, CA 92699, USA",
        "Marlin Point",
        (33.6555, -118.0101),
        None,
        "Meet at the top of the north steps, by the drinking fountain.",
        ("bus",),
    ),
    DemoVenue(
        "almond",
        "Almond Grove Clinic, room 3",
        "88 Almond Grove, Las Palomas, CA 92697, USA",
        "Las Palomas",
        (33.7014, -117.9540),
        8,
        "Ask at the desk for the community room; no name is needed.",
        ("step-free", "accessible-toilet", "asl"),
    ),
)

COURSES = (
    (
        "LEAD-1",
        "Leadership I: holding a circle",
        12 * 60,
        "Open and close a group, keep the agreements, share the time, and look after yourself.",
    ),
    (
        "LEAD-2",
        "Leadership II: when it gets hard",
        12 * 60,
        "Conflict, crisis and safe endings: what a peer does, and when to call someone else in.",
    ),
    (
        "ETHICS",
        "Ethics and boundaries for peers",
        3 * 60,
        "Confidentiality, gifts, social media, and the difference between a peer and a friend.",
    ),
)

EVENTS = (
    DemoEvent(
        "Morning Tide",
        Kind.SUPPORT_GROUP,
        "A short, quiet group before the day begins.",
        "Coffee is on from **6:15**. We sit in a circle, read one page, and everyone may speak "
        "for three minutes, or pass.\n\nCome in work boots or in slippers.",
        "lighthouse",
        time(6, 30),
        45,
        weekdays=(0, 1, 2, 3, 4),
        tags=("newcomer", "meditation"),
        lead="Dolores",
    ),
    DemoEvent(
        "Tuesday Harbor Group",
        Kind.SUPPORT_GROUP,
        "Our oldest group: open sharing, all paths welcome.",
        "Whatever your path in recovery, with or without medication, with or without steps: you "
        "have a chair here.\n\n- First names only\n- No advice unless you ask for it\n- Tea "
        "afterwards for whoever wants to stay",
        "harbor",
        time(18, 30),
        90,
        weekdays=(1,),
        tags=("open", "discussion"),
    ),
    DemoEvent(
        "Nueva Marea",
        Kind.SUPPORT_GROUP,
        "Grupo de apoyo en español, abierto a todas las personas.",
        "Nos reunimos para escucharnos. Puedes venir con tu familia; hay un rincón para niñas y "
        "niños.\n\nNo hace falta inscribirse ni dar tu nombre.",
        "pelican",
        time(19, 0),
        75,
        weekdays=(2, 6),
        languages=("es",),
        tags=("open", "family"),
        lead="Ximena",
    ),
    DemoEvent(
        "Women by the Water",
        Kind.SUPPORT_GROUP,
        "For everyone who lives as a woman. Twelve places, so that there is time for each.",
        "A small circle that stays small. Sign up for each date; a first name is enough.\n\n"
        "Child care is there from 5:45 pm: say so in the note.",
        "tidepool",
        time(18, 0),
        90,
        weekdays=(3,),
        joining=Joining.PER_DATE,
        capacity=12,
        tags=("women", "closed"),
        crowd=1.3,
        cancelled={2: "The studio has no water this week."},
    ),
    DemoEvent(
        "Night Watch",
        Kind.SUPPORT_GROUP,
        "Online, late, for the hours when it is hardest.",
        "Camera on or off, as you like. Somebody is there every night, also on holidays.",
        None,
        time(22, 0),
        60,
        weekdays=(0, 1, 2, 3, 4, 5, 6),
        mode=Mode.ONLINE,
        online_url="https://meet.example.org/night-watch",
        tags=("open", "newcomer"),
        lead="Marisol",
    ),
    DemoEvent(
        "Young Tide (18–30)",
        Kind.SUPPORT_GROUP,
        "In the room and online at the same time.",
        "Games first, then a check-in round. Bring someone.",
        "pelican",
        time(17, 30),
        90,
        weekdays=(4,),
        joining=Joining.PER_DATE,
        capacity=20,
        mode=Mode.HYBRID,
        online_url="https://meet.example.org/young-tide",
        tags=("young-people", "lgbtq"),
        crowd=0.5,
        lead="Theo",
    ),
    DemoEvent(
        "Family Shore",
        Kind.SUPPORT_GROUP,
        "For parents, partners, sisters, brothers and friends.",
        "You did not cause it and you cannot cure it; you do not have to carry it alone.",
        "lighthouse",
        time(16, 0),
        90,
        weekdays=(5,),
        interval=2,
        joining=Joining.PER_DATE,
        capacity=16,
        tags=("family",),
        crowd=0.95,
        lead="Dolores",
    ),
    DemoEvent(
        "Riding the Wave: relapse prevention",
        Kind.WORKSHOP,
        "Eight evenings: triggers, urges, sleep, and a plan that fits in a pocket.",
        "The same ten people for eight weeks. One sign-up counts for all dates.\n\n"
        "1. What a return to use looks like before it happens\n2. Urge surfing\n3. Sleep, food, "
        "money\n4. The people around me\n5.–8. My own plan",
        "tidepool",
        time(18, 0),
        120,
        weekdays=(0,),
        first_week=1,
        weeks=8,
        joining=Joining.COHORT,
        capacity=10,
        tags=("relapse-prevention", "skills"),
        crowd=1.2,
    ),
    DemoEvent(
        "Kitchen Table Skills",
        Kind.WORKSHOP,
        "Cooking for one on a budget, and talking while we chop.",
        "We cook, we eat, we take a box home. All food is vegetarian.",
        "harbor",
        time(11, 0),
        150,
        weekdays=(5,),
        interval=2,
        first_week=-5,
        joining=Joining.PER_DATE,
        capacity=14,
        tags=("skills", "food"),
        crowd=0.8,
        lead="Theo",
    ),
    DemoEvent(
        "Naloxone in twenty minutes",
        Kind.WORKSHOP,
        "Recognise an overdose, act, and take a kit home.",
        "Free kits for everyone who comes. Nobody asks why you want one.",
        "almond",
        time(12, 30),
        30,
        weekdays=(2,),
        interval=2,
        first_week=-4,
        joining=Joining.PER_DATE,
        capacity=8,
        tags=("skills", "open"),
        crowd=1.0,
        lead="Amara",
    ),
    DemoEvent(
        "Leadership I: holding a circle",
        Kind.LEADERSHIP_TRAINING,
        "Six Saturdays for people who want to lead a group.",
        "Counts toward facilitator certification: **12 hours**.\n\nYou need a year of your own "
        "recovery, as you define it, and two letters from people who know you.",
        "pelican",
        time(10, 0),
        120,
        weekdays=(5,),
        first_week=-2,
        weeks=6,
        joining=Joining.COHORT,
        capacity=16,
        tags=("leadership",),
        crowd=0.75,
        course="LEAD-1",
        lead="Amara",
    ),
    DemoEvent(
        "Ethics and boundaries for peers",
        Kind.LEADERSHIP_TRAINING,
        "One afternoon that every facilitator takes once a year.",
        "Bring a situation you were unsure about; names stay at home.",
        "lighthouse",
        time(13, 0),
        180,
        in_days=(-23, 12, 40),
        joining=Joining.PER_DATE,
        capacity=18,
        tags=("leadership",),
        crowd=0.7,
        course="ETHICS",
        lead="Amara",
    ),
    DemoEvent(
        "Beach clean-up and breakfast",
        Kind.COMMUNITY_EVENT,
        "Gloves, bags and burritos are there. Families and dogs welcome.",
        "Two hours along the cove, then breakfast on the steps. Every second Sunday, whatever "
        "the weather; fog counts as weather.",
        "cove",
        time(8, 30),
        150,
        weekdays=(6,),
        interval=2,
        joining=Joining.DROP_IN,
        tags=("outdoor", "family", "child-friendly"),
        lead=None,
    ),
    DemoEvent(
        "Sober Saturday: dance at the wharf",
        Kind.COMMUNITY_EVENT,
        "A band, a barista, and a floor that creaks.",
        "Doors at seven. Quiet room upstairs. Bring up to nine guests.",
        "harbor",
        time(19, 0),
        240,
        in_days=(-16, 19),
        joining=Joining.PER_DATE,
        capacity=90,
        tags=("open", "movement"),
        crowd=0.9,
        lead="Dolores",
    ),
    DemoEvent(
        "Thank-you potluck",
        Kind.COMMUNITY_EVENT,
        "For everyone who made a pot of coffee this year.",
        "Bring a dish or bring yourself.",
        "harbor",
        time(17, 0),
        180,
        in_days=(26,),
        joining=Joining.PER_DATE,
        capacity=60,
        tags=("food", "family"),
        crowd=0.4,
        lead=None,
    ),
    DemoEvent(
        "Check-in with Marisol",
        Kind.ONE_TO_ONE,
        "",
        "Private: a weekly check-in between two people.",
        "almond",
        time(15, 0),
        45,
        weekdays=(3,),
        joining=Joining.PER_DATE,
        capacity=1,
        crowd=1.0,
    ),
)

FACILITATORS = {
    "Marisol": ("Marisol Vega", "Marisol V.", "Support group facilitator"),
    "Theo": ("Theo Lindqvist", "Theo L.", "Recovery specialist"),
    "Amara": ("Amara Okafor", "Amara O.", "Trainer"),
    "Dolores": ("Dolores Whitehorse", "Dolores W.", "Support group facilitator"),
    "Ximena": ("Ximena Carranza", "Ximena C.", "Navegadora"),
}

FIRST_NAMES = (  # noqa: SIM905 - fifty lines of one name each would say no more
    "Ana Bo Chidi Dina Emeka Farid Grace Hana Iker Joy Kenji Leilani Mateo Nadia Omar Priya Quinn "
    "Rosa Samir Tuan Uma Viktor Wren Xochitl Yusuf Zoë Abel Bettina Cruz Dee Esther Finn Guadalupe "
    "Harjit Ines Jamal Kaia Luz Moses Noor Oskar Pilar Ravi Soledad Tam Ulises Vera Will Yara Zeke"
).split()
INITIALS = ("", "", " B.", " M.", " R.", " S.", " T.")
NOTES = (
    "",
    "",
    "",
    "",
    "First time, a little nervous.",
    "I come by bus and may be ten minutes late.",
    "Child care for one, age 4.",
    "Hard of hearing: may I sit in front?",
)
