"""Meeting Guide type codes (github.com/code4recovery/spec) by our tags and languages."""

from __future__ import annotations

from collections.abc import Mapping

_TAGS = {
    "11th-step-meditation": "11",
    "12-steps-12-traditions": "12x12",
    "secular": "A",
    "as-bill-sees-it": "ABSI",
    "concurrent-with-alateen": "AL",
    "concurrent-with-al-anon": "AL-AN",
    "big-book": "B",
    "babysitting-available": "BA",
    "newcomer": "BE",
    "bisexual": "BI",
    "breakfast": "BRK",
    "closed": "C",
    "candlelight": "CAN",
    "child-friendly": "CF",
    "discussion": "D",
    "digital-basket": "DB",
    "dual-diagnosis": "DD",
    "daily-reflections": "DR",
    "fragrance-free": "FF",
    "gay": "G",
    "grapevine": "GR",
    "birthday": "H",
    "lesbian": "L",
    "lgbtq": "LGBTQ",
    "literature": "LIT",
    "living-sober": "LS",
    "men": "M",
    "meditation": "MED",
    "native-american": "N",
    "non-binary": "NB",
    "indigenous": "NDG",
    "open": "O",
    "outdoor": "OUT",
    "professionals": "P",
    "proof-of-attendance": "POA",
    "people-of-color": "POC",
    "seniors": "SEN",
    "smoking-permitted": "SM",
    "speaker": "SP",
    "step-study": "ST",
    "transgender": "T",
    "location-temporarily-closed": "TC",
    "tradition-study": "TR",
    "women": "W",
    "cross-talk-permitted": "XT",
    "young-people": "Y",
}
_ODD_LANGUAGES = {
    "ase": "ASL",
    "asl": "ASL",
    "es": "S",
    "it": "ITA",
    "ko": "KOR",
    "pa": "PUN",
    "pl": "POL",
    "pt": "POR",
    "ru": "RUS",
    "tr": "TUR",
}
_LANGUAGES = (
    "af am ar bg da de el en fa fi fr he hi hr hu is ja ka lt ml mt ne nl no sk sl sv th tl uk"
)

# What a place or a meeting offers, by type code; our own codes are on the right.
ACCESS = {
    "X": "step-free",
    "XB": "accessible-toilet",
    "BA": "child-care",
    "FF": "fragrance-free",
    "ASL": "asl",
}

MEETING_TYPES: Mapping[str, str] = (
    _TAGS
    | {f"language:{code}": code.upper() for code in _LANGUAGES.split()}
    | {f"language:{code}": name for code, name in _ODD_LANGUAGES.items()}
    | {f"access:{ours}": code for code, ours in ACCESS.items()}
)
