"""A finished message, and the two ways it leaves: an SMTP server, or a folder of .eml files."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Invitation:
    """An iCalendar body and its METHOD (`REQUEST`, `CANCEL`), which the mail has to name too."""

    method: str
    body: bytes


@dataclass(frozen=True)
class Mail:
    """What a person is to read. Subjects are discreet."""

    to: str
    subject: str
    text: str
    html: str | None = None
    invitations: tuple[Invitation, ...] = ()


class RefusalError(Exception):
    """The server did not take a message; `final` says whether trying again makes sense."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


class UncertainError(Exception):
    """The connection broke after the text was on its way: the server may have the message."""


class Postbox(Protocol):
    """A way out for messages."""

    def send(self, message: EmailMessage, before_handing_over: Callable[[], None]) -> None:
        """Hand a message over.

        Calls `before_handing_over` once everything that can be refused beforehand was accepted.

        Raises:
            RefusalError: the message was not taken.
            UncertainError: nobody can say whether it was taken.
        """


def compose(mail: Mail, *, sender_name: str, sender: str, message_id: str) -> EmailMessage:
    """The message as it goes over the wire. Its id is the outbox row's, the same on each try."""
    message = EmailMessage()
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    _attach(message, mail.invitations)
    return message


def _attach(message: EmailMessage, invitations: tuple[Invitation, ...]) -> None:
    """A single invitation is also one of the ways to read the message: that is what calendar
    programs look for. Several are files only."""
    for one in invitations if len(invitations) == 1 else ():
        message.add_alternative(
            one.body.decode(), subtype="calendar", params={"method": one.method}
        )
    for number, one in enumerate(invitations, start=1):
        message.add_attachment(
            one.body.decode(),
            subtype="calendar",
            params={"method": one.method},
            filename="invite.ics" if len(invitations) == 1 else f"invite-{number}.ics",
        )


class Folder:
    """Writes each message to a file: for trying things without a mail server."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def send(self, message: EmailMessage, before_handing_over: Callable[[], None]) -> None:
        """Write `<message id>.eml`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        before_handing_over()
        name = str(message["Message-ID"]).strip("<>").split("@")[0]
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())


class Smtp:
    """Hands each message to an SMTP server; TLS whenever the server offers it."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)

    def _connect(self) -> smtplib.SMTP:
        host, port = self.parts.hostname or "localhost", self.parts.port
        context = ssl.create_default_context()
        if self.parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if self.parts.username:
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        return server

    def send(self, message: EmailMessage, before_handing_over: Callable[[], None]) -> None:
        """Sender and recipient first, then the note that it is on its way, then the text."""
        handed_over = False
        try:
            with self._connect() as server:
                _check(server.mail(message["From"].addresses[0].addr_spec))
                _check(server.rcpt(message["To"].addresses[0].addr_spec))
                before_handing_over()
                handed_over = True
                _check(server.data(message.as_bytes(policy=policy.SMTP)))
                handed_over = False
        except smtplib.SMTPResponseException as error:
            raise RefusalError(str(error.smtp_code), final=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            if handed_over:
                raise UncertainError(type(error).__name__) from error
            raise RefusalError(type(error).__name__, final=False) from error


def _check(answer: tuple[int, bytes]) -> None:
    code = answer[0]
    if code not in {250, 251}:
        raise RefusalError(f"the mail server answered {code}", final=code >= 500)


def postbox(mail_url: str, folder: str) -> Postbox:
    """The way out that the settings name."""
    return Smtp(mail_url) if mail_url else Folder(folder)
