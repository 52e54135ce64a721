"""The private servers start, are apart from each other, and never outlive the tests."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from tests import servers
from tests.servers import (
    ROOT,
    Mailbox,
    Postgres,
    StartError,
    kept,
    new_folder,
    on_free_port,
    postgres_server,
)


def ask(url: str, statement: str) -> object:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return result.scalar() if result.returns_rows else None


def send(mailbox: Mailbox, *recipients: str) -> dict[str, tuple[int, bytes]]:
    message = EmailMessage()
    message["From"], message["To"] = "notices@example.org", ", ".join(recipients)
    message["Subject"] = "Your Tuesday appointment — 18:30"
    message.set_content("See you there, Zoë.")
    host, port = mailbox.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        return client.send_message(message)


def test_postgres_answers_and_is_not_run_as_root(postgres_url: str) -> None:
    assert ask(postgres_url, "SELECT 1") == 1
    assert ask(postgres_url, "SHOW server_encoding") == "UTF8"
    assert ask(postgres_url, "SHOW timezone") == "UTC"


def test_each_database_starts_as_its_template(postgres: Postgres) -> None:
    template = postgres.create_database("pattern")
    assert template == postgres.url("pattern")
    ask(template, "CREATE TABLE seat (number) AS VALUES (7)")
    copy, empty = postgres.create_database(template="pattern"), postgres.create_database()
    assert ask(copy, "SELECT number FROM seat") == 7
    assert ask(empty, "SELECT to_regclass('seat')") is None
    for url in (template, copy, empty):
        postgres.drop_database(url)
    with pytest.raises(sa.exc.OperationalError):
        ask(copy, "SELECT 1")


def test_two_postgres_run_side_by_side() -> None:
    with postgres_server() as one, postgres_server() as other:
        assert one.port != other.port
        assert ask(one.url("postgres"), "SELECT 1") == ask(other.url("postgres"), "SELECT 1") == 1
    assert not one.folder.exists()
    assert not one.answers()


def test_redis_is_empty_at_first(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.set("key", "value")


def test_redis_is_empty_again(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.set("key", "value")


def test_mail_arrives_with_its_envelope(smtp: Mailbox) -> None:
    send(smtp, "ana@example.org", "luis@example.org")
    (delivery,) = smtp.wait_for(1)
    assert delivery.sender == "notices@example.org"
    assert delivery.recipients == ("ana@example.org", "luis@example.org")
    assert delivery.message["Subject"] == "Your Tuesday appointment — 18:30"
    assert delivery.message.get_content().strip() == "See you there, Zoë."


def test_mail_can_be_refused_slow_and_accepted_again(smtp: Mailbox) -> None:
    smtp.refuse_for_good()
    with pytest.raises(smtplib.SMTPDataError, match="554"):
        send(smtp, "ana@example.org")
    smtp.refuse_for_now()
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        send(smtp, "ana@example.org")
    smtp.reset()
    smtp.refuse_recipient("gone@example.org")
    assert list(send(smtp, "ana@example.org", "gone@example.org")) == ["gone@example.org"]
    smtp.be_slow(0.3)
    before = time.monotonic()
    send(smtp, "ana@example.org")
    assert time.monotonic() - before >= 0.3
    assert [delivery.recipients for delivery in smtp.deliveries] == [("ana@example.org",)] * 2


def test_a_server_that_fails_says_what_it_printed() -> None:
    folder = new_folder()
    command = ["sh", "-c", "echo port is taken; exit 3"]
    with (
        pytest.raises(StartError, match="port is taken"),
        kept(command, folder, stop="TERM", answers=lambda: False),
    ):
        pass
    assert not folder.exists()


def test_a_taken_port_is_tried_again(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    taken = int(redis_url.split(":")[2].split("/")[0])
    ports = iter([taken, servers.free_port()])
    monkeypatch.setattr(servers, "free_port", lambda: next(ports))
    with on_free_port(servers._redis_on) as url:
        assert url != redis_url


HOLD_FOREVER = """
import signal
from tests.servers import postgres_server, redis_server
with postgres_server() as server, redis_server() as url:
    print(server.folder, url, flush=True)
    signal.pause()
"""


def test_servers_go_when_the_tests_are_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_FOREVER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout is not None
        folder, url = tests.stdout.readline().split()
        assert Path(folder).exists()
        os.kill(tests.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(folder).exists():
        assert time.monotonic() < deadline, "PostgreSQL outlived the tests"
        time.sleep(0.05)
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        while time.monotonic() < deadline:
            client.ping()
