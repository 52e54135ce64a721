"""Starts the web server with the mail worker beside it, and ends them together."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import runpy
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from config import ROOT

APPLICATION = "entry:application"
MAIL_WORKER = ("flask", "work")
BACKLOG = 4096
BACKPRESSURE = 20_000  # counts connections, idle ones too
END_SECONDS = 5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class CannotServeError(Exception):
    """The server cannot start; the message is one sentence for the operator."""


def serve(
    host: str,
    port: int,
    workers: int,
    *,
    application: str = APPLICATION,
    beside: Sequence[str] = MAIL_WORKER,
    folder: Path = ROOT / "instance",
) -> None:
    """Serve in the foreground until SIGTERM or Ctrl-C, then return within a few seconds.

    Args:
        application: `module:name` of an RSGI application.
        beside: the module, and its arguments, that runs beside the server; it is started again,
            after a pause that grows, whenever it ends.
        folder: where the lock of the port is kept.

    Raises:
        CannotServeError: the port is taken or cannot be had.
        SystemExit: the server's processes ended on their own.
    """
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # else each thread hoards what it once needed
    os.environ |= {"HOST": host, "PORT": str(port), "WORKERS": str(workers)}
    with _port_to_oneself(host, port, folder):
        # Fresh processes: a fork would carry over connections, and locks that other threads hold.
        multiprocessing.set_start_method("spawn", force=True)
        companion = Companion(beside)
        server = Granian(
            application,
            address=_address(host),
            port=port,
            interface=Interfaces.RSGI,
            workers=workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=BACKPRESSURE,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=END_SECONDS,
            working_dir=ROOT,
        )
        server.on_startup(companion.start)
        server.on_startup(lambda: _say_where(host, port))
        try:
            server.serve()
        except SystemExit:
            # Ctrl-C reaches the processes too; that they ended before they were told is no fault.
            if not server.interrupt_signal:
                raise
        finally:
            companion.end()


def _say_where(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"Groundswell is at http://{shown}:{port} (Ctrl-C ends it)", flush=True)


def _address(host: str) -> str:
    """The numeric address of a host name; granian takes no other."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError:
        raise CannotServeError(f"HOST is {host!r}, which is no address of this machine.") from None


@contextmanager
def _port_to_oneself(host: str, port: int, folder: Path) -> Iterator[None]:
    """Hold a port: the server shares its port with whoever asks, so a second one would get
    half of the visitors without a word.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"run-{port}.lock"
    lock = _lock(file)
    if lock is None:
        raise CannotServeError(
            f"Groundswell runs on port {port} already: end that one, or set PORT to another."
        )
    try:
        _try_port(host, port)
        yield
    finally:
        file.unlink(missing_ok=True)
        os.close(lock)


def _lock(file: Path) -> int | None:
    """A locked descriptor of the file; None when somebody holds it."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        try:
            if file.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)  # the one before removed it meanwhile


def _try_port(host: str, port: int) -> None:
    address = _address(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            raise CannotServeError(
                f"Port {port} needs special rights: set PORT to one above 1023."
            ) from None
        except OverflowError:
            raise CannotServeError(f"PORT is {port}: use a number up to 65535.") from None
        except OSError as error:
            raise CannotServeError(
                f"Port {port} of {host} cannot be used ({error.strerror}):"
                " end the other program, or set PORT to another."
            ) from None


class Companion:
    """A program kept running beside the server, in a process of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._ended = threading.Event()
        self._process: BaseProcess | None = None
        self._keeper = threading.Thread(target=self._keep, name="companion", daemon=True)

    def start(self) -> None:
        """Start it, and again whenever it ends."""
        self._keeper.start()

    def end(self) -> None:
        """Tell it to end; END_SECONDS later it has."""
        self._ended.set()
        if self._keeper.is_alive():
            self._keeper.join(2 * END_SECONDS)

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._ended.is_set():
            process = multiprocessing.Process(target=_run, args=(self._command,), daemon=True)
            process.start()
            while process.is_alive() and not self._ended.wait(0.2):
                pass
            if self._ended.is_set():
                _stop(process)
                return
            words = " ".join(self._command)
            print(f"`{words}` ended; it starts again in {pause:.0f} s.", file=sys.stderr)
            self._ended.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _stop(process: BaseProcess) -> None:
    process.terminate()
    process.join(END_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _run(command: Sequence[str]) -> None:
    """In the companion's process: run a module as `python -m` does, until the parent ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    module, *arguments = command
    sys.argv = [module, *arguments]
    os.chdir(ROOT)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
