"""The folder of a copy: written beside the former one, then put in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

MARK = ".groundswell-copy"


class NotACopyError(Exception):
    """The folder holds something else; the message is a sentence for the operator."""


class CopyFolder:
    """A copy in the making; files that are as they were keep their date, for rsync's sake."""

    def __init__(self, folder: Path, before: Path) -> None:
        self.folder = folder
        self._before = before
        self.count = 0
        self.size = 0

    def write(self, name: PurePosixPath, content: bytes) -> None:
        """Write one file."""
        file, former = self.folder / name, self._before / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if former.is_file() and former.read_bytes() == content:
            was = former.stat()
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
        self.count += 1
        self.size += len(content)


@contextmanager
def replacing(target: Path) -> Iterator[CopyFolder]:
    """A new copy that takes the place of the one in `target` when the block ends well.

    Whatever happens before that, the former copy stays whole.

    Raises:
        NotACopyError: `target` holds something that is no copy.
    """
    target = target.absolute()
    making = target.with_name(f".{target.name}.new")
    former = target.with_name(f".{target.name}.old")
    if former.exists() and not target.exists():  # killed between the two steps below
        former.rename(target)
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not _is_copy(target)):
        raise NotACopyError(f"{target} holds something else: name an empty or a new folder.")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    (making / MARK).write_text("Written by `flask export-site`, which may replace all of it.\n")
    try:
        yield CopyFolder(making, target)
        shutil.rmtree(former, ignore_errors=True)
        if target.exists():
            target.rename(former)
        making.rename(target)
        shutil.rmtree(former, ignore_errors=True)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _is_copy(folder: Path) -> bool:
    return (folder / MARK).is_file()
