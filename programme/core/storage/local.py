"""The store in a folder of this machine: a file is there whole and for good, or it is not there."""

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from flask import current_app


def root() -> Path:
    """The folder of the local store."""
    return Path(current_app.config["STORAGE_FOLDER"])


class LocalStore:
    """Files in a folder, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Keep bytes, or what a file holds, durably: temporary name, fsync, rename, fsync of the folder. Nothing is left of a failure.

        Raises:
            OSError: no room, or a disk that fails.
        """
        target = self.folder / key
        self._open_folder(target.parent)
        temporary = target.with_name(f"{target.name}.part")
        try:
            with temporary.open("xb") as handle:
                if isinstance(data, bytes):
                    handle.write(data)
                else:
                    shutil.copyfileobj(data, handle)
                handle.flush()
                os.fsync(handle.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(target.parent)

    def _open_folder(self, folder: Path) -> None:
        """Make the folder and put its name on the disk; one that a former process made may not be there yet either."""
        new_root = not self.folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        _sync(self.folder)
        if new_root:
            _sync(self.folder.parent)

    def read(self, key: str) -> bytes:
        """The bytes.

        Raises:
            FileNotFoundError: there is no such file.
        """
        return (self.folder / key).read_bytes()

    def delete(self, keys: list[str]) -> None:
        """Remove files; those already gone are no fault."""
        for key in keys:
            (self.folder / key).unlink(missing_ok=True)

    def objects(self) -> Iterator[tuple[str, datetime]]:
        """Each key and when it was written, whatever its age, left-overs of failed writings too."""
        for folder in sorted(each for each in self.folder.iterdir() if each.is_dir()) if self.folder.is_dir() else []:
            for found in os.scandir(folder):
                try:
                    written = found.stat().st_mtime
                except FileNotFoundError:  # Renamed or removed meanwhile.
                    continue
                yield f"{folder.name}/{found.name}", datetime.fromtimestamp(written, UTC)

    def probe(self) -> None:
        """Write a little and remove it.

        Raises:
            OSError: files cannot be kept now.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        trial = self.folder / f".probe-{secrets.token_hex(4)}"
        try:
            trial.write_bytes(b"x")
        finally:
            trial.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
