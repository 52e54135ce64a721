"""QR codes as SVG that may stand inside a page: no style, no script, a name for screen readers."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def qr_svg(text: str, title: str = "") -> Markup:
    """A QR code as inline SVG, black on white with the quiet zone readers need.

    Args:
        text: what the code says, usually an address.
        title: what it is for, in words; without one the code is hidden from screen readers.

    Raises:
        segno.DataOverflowError: the text is longer than a code can hold (about 2,300 letters).
    """
    code = segno.make_qr(text, error="m")
    svg = code.svg_inline(
        light="#fff", title=title or None, svgclass="qr", lineclass=None, omitsize=True
    )
    role = 'role="img"' if title else 'aria-hidden="true"'
    return Markup(svg.replace("<svg ", f"<svg {role} ", 1))  # noqa: S704 (segno escapes the title)


def qr_file(text: str) -> str:
    """A QR code as an SVG document of its own; see `qr_svg`."""
    written = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(written, kind="svg", light="#fff", xmldecl=False, omitsize=True)
    return written.getvalue().decode()
