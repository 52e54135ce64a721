"""What we use of Flask-Babel 4, which ships no types."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

from babel import Locale
from flask import Flask

class Babel:
    def init_app(
        self,
        app: Flask,
        *,
        locale_selector: Callable[[], str | None] | None = ...,
        default_timezone: str = ...,
    ) -> None: ...

def gettext(string: str, **variables: object) -> str: ...
def ngettext(singular: str, plural: str, num: int, **variables: object) -> str: ...
def lazy_gettext(string: str, **variables: object) -> str: ...
def get_locale() -> Locale | None: ...
def force_locale(locale: str) -> AbstractContextManager[None]: ...
def format_decimal(number: float | Decimal) -> str: ...
