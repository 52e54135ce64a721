"""The two servers that are measured: ours, and nginx with the bytes of ours on disk."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.county import ROOT, environment

WORKERS = 2
START_SECONDS = 30
NGINX = """
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; etag on;
    gzip_static on; gzip_vary on; default_type text/html;
    types {{ text/html html; text/calendar ics; }}
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port}; root {folder}/site; }}
}}
"""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, headers: dict[str, str] | None = None) -> tuple[bytes, dict[str, str], float]:
    """Body, headers in lower case, and seconds of one request.

    Raises:
        OSError: nobody answers, or by an error.
    """
    asked = urllib.request.Request(url, headers=headers or {})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.perf_counter()
    with opener.open(asked, timeout=60) as answer:
        body = answer.read()
    taken = time.perf_counter() - began
    return body, {name.lower(): value for name, value in answer.headers.items()}, taken


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            ask(url)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _running(command: list[str], url: str, env: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(url)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def groundswell(database: Path) -> Iterator[tuple[str, int]]:
    """Our server with its two workers: its address and process id."""
    port = free_port()
    env = environment(database) | {"PORT": str(port), "WORKERS": str(WORKERS)}
    env["MAIL_URL"] = "smtp://127.0.0.1:9"
    url = f"http://127.0.0.1:{port}"
    with _running([sys.executable, "-m", "flask", "serve"], f"{url}/healthz", env) as pid:
        yield url, pid


@contextmanager
def nginx(folder: Path, files: dict[str, tuple[bytes, bytes]]) -> Iterator[str]:
    """nginx with files on disk, each plain and compressed; its address."""
    for name, (plain, compressed) in files.items():
        file = folder / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plain)
        file.with_name(f"{file.name}.gz").write_bytes(compressed)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, workers=WORKERS))
    folder.chmod(0o755)
    url = f"http://127.0.0.1:{port}"
    command = [
        "nginx",
        "-c",
        str(config),
        "-g",
        "daemon off; user root;" if _is_root() else "daemon off;",
    ]
    with _running(command, f"{url}/{next(iter(files))}", dict(os.environ)):
        yield url


def _is_root() -> bool:
    return os.geteuid() == 0


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in listed]


def worker_megabytes(pid: int) -> list[float]:
    """The resident memory of each process that serves, in MB, without the mail worker."""
    found = []
    for child in _children(pid):
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        status = Path(f"/proc/{child}/status").read_text()
        if b"resource_tracker" in command:
            continue
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        found.append(int(resident.split()[1]) / 1000)
    return found
