"""The look's promises: contrasts of WCAG 2.2 AA, and nothing inline that the CSP would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CSS = (ROOT / "static" / "site.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TEXT = 4.5
SHAPE = 3.0
SURFACES = ("sand", "paper", "shade", "mist")
PAIRS = [
    *((ink, surface, TEXT) for surface in SURFACES for ink in ("ink", "ink-soft", "link")),
    *((ink, surface, TEXT) for surface in SURFACES for ink in ("bad", "coral-ink", "good")),
    *((ink, f"{tint}-tint", TEXT) for tint in ("good", "warn", "bad", "coral") for ink in ("ink",)),
    *((name, f"{name}-tint", TEXT) for name in ("good", "warn", "bad")),
    ("on-deep", "deep", TEXT),
    ("on-coral", "coral-fill", TEXT),
    *((shape, surface, SHAPE) for surface in SURFACES[:2] for shape in ("edge", "coral")),
    *(
        (f"k-{kind}", surface, SHAPE)
        for surface in ("sand", "paper", "mist")
        for kind in ("support", "workshop", "leadership", "community", "one")
    ),
]


def _tokens(scheme: str) -> dict[str, str]:
    block = CSS[CSS.index("@layer tokens {") : CSS.index("@layer base {")]
    light, dark = block.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", light))
    if scheme == "dark":
        found.update(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", dark))
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_is_enough(scheme: str, front: str, back: str, least: float) -> None:
    tokens = _tokens(scheme)
    assert _contrast(tokens[front], tokens[back]) >= least


def test_black_on_white_is_twenty_one() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_nothing_inline(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
