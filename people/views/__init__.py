"""The pages of the people room: signing in, the audit record, and who may do what."""

from __future__ import annotations

from people.views import audit_record, members, passwords, sign_in
from people.views.base import bp as bp

PAGES = (sign_in, passwords, audit_record, members)
