"""Stands in for the mail worker: leaves its process id in a file and waits for SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

if __name__ == "__main__":
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: told.set())
    signal.signal(signal.SIGINT, lambda _signal, _frame: told.set())
    Path(sys.argv[1]).write_text(str(os.getpid()))
    while not told.wait(0.1):
        pass
