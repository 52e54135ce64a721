"""Private servers for the tests: PostgreSQL, Redis and SMTP, each on a free port.

They need nothing but the programs themselves, run beside any other copy on the machine, and go
when the tests go (see keep.sh). tests/conftest.py imports the fixtures at the end.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from redis.backoff import NoBackoff
from redis.retry import Retry

ROOT = Path(__file__).resolve().parent.parent
KEEP = Path(__file__).with_name("keep.sh")
START_SECONDS = 30.0
STOP_SECONDS = 15.0
ATTEMPTS = 3

Served = TypeVar("Served")


class StartError(RuntimeError):
    """A server ended or did not answer in time; the message carries what it printed."""


# --- Starting and stopping ---------------------------------------------------------------------


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now; see `on_free_port`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def on_free_port(serve: Callable[[int], AbstractContextManager[Served]]) -> Iterator[Served]:
    """Enter `serve(port)`, with another port when somebody took that one meanwhile.

    Raises:
        StartError: it failed on several ports, so the port was not the reason.
    """
    with ExitStack() as stack:
        for attempt in range(ATTEMPTS):
            try:
                served = stack.enter_context(serve(free_port()))
                break
            except StartError:
                if attempt == ATTEMPTS - 1:
                    raise
        yield served


def new_folder() -> Path:
    """An empty folder with a short path that every account may reach.

    Not under TMPDIR: a path of 108 characters is too long for a socket, and a personal folder is
    closed to the account that PostgreSQL runs as.
    """
    return Path(tempfile.mkdtemp(prefix="groundswell-", dir="/tmp"))


@contextmanager
def kept(
    command: Sequence[str],
    folder: Path,
    *,
    stop: str,
    answers: Callable[[], bool],
    env: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run `command` until the block, or this process, ends; then remove `folder`.

    Args:
        stop: the name of the signal that ends the command cleanly.
        answers: whether it is ready; asked until it says yes.

    Raises:
        StartError: it ended, or was not ready within START_SECONDS.
    """
    with (folder / "log").open("w+b") as log:
        keeper = subprocess.Popen(
            [str(KEEP), stop, str(folder), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=env,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop their servers
        )
        try:
            _wait_until(answers, keeper, log.fileno())
            yield
        finally:
            _stop(keeper)
            shutil.rmtree(folder, ignore_errors=True)


def _wait_until(answers: Callable[[], bool], keeper: subprocess.Popen[bytes], log: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        ended = keeper.poll() is not None
        if ended or time.monotonic() > deadline:
            printed = os.pread(log, 20_000, 0).decode(errors="replace")
            raise StartError(f"{'it ended' if ended else 'no answer in time'}:\n{printed}")
        time.sleep(0.02)


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin is not None
    keeper.stdin.close()
    try:
        keeper.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()


# --- PostgreSQL --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Postgres:
    """A running server; its databases are made and dropped at will."""

    port: int
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database, made or not."""
        return f"postgresql+psycopg://groundswell@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as CREATE and DROP DATABASE want it."""
        with psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="groundswell",
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(statement.encode())

    def create_database(self, name: str = "", *, template: str = "template0") -> str:
        """The URL of a new database, a copy of `template`, to which nobody may be connected.

        Without a name it gets one of its own.
        """
        name = name or f"test_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop the database at `url`, ending whatever connections it still has."""
        self.execute(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def answers(self) -> bool:
        """Whether it takes connections, asked through the socket that only it can have."""
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def _postgres_programs() -> Path:
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    if newest is None:
        raise StartError("PostgreSQL is not installed: bin/install-test-tools")
    return newest.parent


def _not_as_root(folder: Path) -> list[str]:
    """What to put before a command that refuses to run as root; the folder becomes its own."""
    if os.geteuid() != 0:
        return []
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    ids = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
    return ["setpriv", *ids, "--clear-groups"]


@contextmanager
def _postgres_on(port: int) -> Iterator[Postgres]:
    folder, programs = new_folder(), _postgres_programs()
    init = f"{programs}/initdb -D {folder}/data -U groundswell -A trust -E UTF8"
    # Nothing here outlives the tests, so nothing waits for the disk.
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 200,
        "timezone": "UTC",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    given = " ".join(f"-c {name}={value}" for name, value in options.items())
    script = (
        f"{init} --locale=C.UTF-8 --no-sync --no-instructions >&2"
        f" && exec {programs}/postgres -D {folder}/data {given}"
    )
    command = [*_not_as_root(folder), "sh", "-c", script]
    server = Postgres(port, folder)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    with kept(command, folder, stop="INT", answers=server.answers, env=env):
        yield server


def postgres_server() -> AbstractContextManager[Postgres]:
    """A PostgreSQL of one's own, ready in under a second; never run as root."""
    return on_free_port(_postgres_on)


# --- Redis -------------------------------------------------------------------------------------


@contextmanager
def _redis_on(port: int) -> Iterator[str]:
    folder = new_folder()
    once = Retry(NoBackoff(), retries=0)
    private = redis.Redis(unix_socket_path=str(folder / "socket"), retry=once)

    def answers() -> bool:
        try:
            return bool(private.ping())
        except redis.ConnectionError:
            return False

    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    command += ["--appendonly", "no", "--dir", str(folder), "--unixsocket", f"{folder}/socket"]
    with private, kept(command, folder, stop="TERM", answers=answers):
        yield f"redis://127.0.0.1:{port}/0"


def redis_server() -> AbstractContextManager[str]:
    """The address of a Redis of one's own, which keeps nothing on disk."""
    return on_free_port(_redis_on)


# --- SMTP --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """A message that was accepted, with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class Mailbox:
    """Everything the SMTP server accepted, and how it treats what comes next."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    reply: str = "250 OK"
    unknown: set[str] = field(default_factory=set)
    delay: float = 0.0

    def reset(self) -> None:
        """Forget the mail and be kind again."""
        self.deliveries.clear()
        self.unknown.clear()
        self.reply, self.delay = "250 OK", 0.0

    def refuse_for_good(self) -> None:
        """Answer every message with a permanent failure (RFC 5321, 5yz)."""
        self.reply = "554 Transaction failed"

    def refuse_for_now(self) -> None:
        """Answer every message with a passing failure, to be tried again (RFC 5321, 4yz)."""
        self.reply = "451 Try again later"

    def refuse_recipient(self, address: str) -> None:
        """Say that there is no such mailbox."""
        self.unknown.add(address)

    def be_slow(self, seconds: float) -> None:
        """Take so long to answer each message."""
        self.delay = seconds

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Delivery]:
        """The deliveries, once there are `count`; fails the test when they do not come."""
        deadline = time.monotonic() + seconds
        while len(self.deliveries) < count:
            assert time.monotonic() < deadline, f"{len(self.deliveries)} of {count} messages came"
            time.sleep(0.01)
        return list(self.deliveries)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """aiosmtpd asks whether a recipient is known."""
        if address in self.unknown:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd hands over a message; the answer is what the sender hears."""
        await asyncio.sleep(self.delay)
        if self.reply.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            recipients = tuple(envelope.rcpt_tos)
            self.deliveries.append(Delivery(envelope.mail_from, recipients, message))
        return self.reply


@contextmanager
def _smtp_on(port: int) -> Iterator[Mailbox]:
    mailbox = Mailbox(url=f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    try:
        controller.start()
    except OSError as error:
        raise StartError(str(error)) from error
    try:
        yield mailbox
    finally:
        controller.stop()


def smtp_server() -> AbstractContextManager[Mailbox]:
    """An SMTP server of one's own, in a thread of this process."""
    return on_free_port(_smtp_on)


# --- Fixtures ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for each process that runs tests."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database that is dropped after the test."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def redis_for_all() -> Iterator[str]:
    """One Redis for each process that runs tests; a test asks for `redis_url`."""
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_for_all: str) -> str:
    """The address of an empty Redis."""
    with redis.Redis.from_url(redis_for_all) as client:
        client.flushall()
    return redis_for_all


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """An SMTP server with an empty mailbox."""
    with smtp_server() as mailbox:
        yield mailbox
