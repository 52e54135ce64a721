"""`serve` holds its port, keeps its processes running, and leaves none behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from server import CannotServeError, serve
from tests.core.window_site import make_app, prepare
from tests.servers import ROOT, free_port

START = """
import sys
from pathlib import Path
from server import serve
serve("127.0.0.1", int(sys.argv[1]), 1, application="tests.core.window_site:application",
      beside=("tests.core.window_companion", sys.argv[2] + "/companion"), folder=Path(sys.argv[2]))
"""


def within(seconds: float, seen: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@dataclass
class Running:
    """A server in a process and group of its own."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    def ask(self, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except (OSError, HTTPException):
            return ""
        finally:
            connection.close()

    def companion(self) -> int:
        try:
            return int((self.folder / "companion").read_text() or 0)
        except FileNotFoundError:
            return 0


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    url = f"sqlite:///{tmp_path / 'site.db'}"
    prepare(make_app(url))
    port = free_port()
    env = {"DATABASE_URL": url, "WINDOW_SITE": "1", "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(port), str(tmp_path)],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    server = Running(process, port, tmp_path)
    try:
        assert within(15, lambda: server.ask("/pid") and server.companion()), process.stderr
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_it_recovers_from_deaths_and_ends_when_told(running: Running) -> None:
    with pytest.raises(CannotServeError, match=f"runs on port {running.port} already: .*PORT"):
        serve("127.0.0.1", running.port, 1, folder=running.folder)
    with pytest.raises(CannotServeError, match=r"cannot be used .*: end the other program"):
        serve("127.0.0.1", running.port, 1, folder=running.folder / "elsewhere")

    companion, worker = running.companion(), int(running.ask("/pid"))
    os.kill(companion, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    assert within(10, lambda: running.companion() != companion)
    assert within(10, lambda: running.ask("/pid") not in {"", str(worker)})
    pids = [running.companion(), int(running.ask("/pid")), running.process.pid]

    os.kill(running.process.pid, signal.SIGTERM)
    printed, _ = running.process.communicate(timeout=10)
    assert running.process.returncode == 0
    assert f"http://127.0.0.1:{running.port}" in printed
    assert not any(map(is_alive, pids))
    assert not list(running.folder.glob("*.lock"))


def test_ctrl_c_ends_all_of_it(running: Running) -> None:
    pids = [running.companion(), int(running.ask("/pid"))]
    os.killpg(running.process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    running.process.wait(10)
    assert running.process.returncode == 0
    assert not any(map(is_alive, pids))


def test_killed_outright_it_leaves_no_process_behind(running: Running) -> None:
    pids = [running.companion(), int(running.ask("/pid"))]
    running.process.kill()
    assert within(8, lambda: not any(map(is_alive, pids)))


def test_a_host_or_port_that_cannot_be_had_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(CannotServeError, match=f"Port {taken} of 127.0.0.1 cannot be used"):
            serve("127.0.0.1", taken, 1, folder=tmp_path)
    with pytest.raises(CannotServeError, match="no address of this machine"):
        serve("no.such.host.invalid", free_port(), 1, folder=tmp_path)
    with pytest.raises(CannotServeError, match="up to 65535"):
        serve("127.0.0.1", 70_000, 1, folder=tmp_path)
    assert not list(tmp_path.glob("*.lock"))
