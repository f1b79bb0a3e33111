"""A copy of what is being typed and is not saved yet, for when the program is killed."""

import contextlib
import os
import shutil
import threading
import time
from pathlib import Path

from facturier.mail.scratch import abandoned_folder, locked_folder
from facturier.models.store.files import free_path, write_file
from facturier.tui.screens.dialogs.leaving.typed_copy import UNSAVED

_PREFIX = "typing-"
_FILE = "typed.txt"


class TypingCopy:
    """The copy of one screen, in this person's own folder. It is locked while the program runs, so that a later start
    can tell a copy that is still in use from that of a program that was killed. Threads may share it.

    If the disk is full, there is no copy: nobody could do anything about it while typing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._held: tuple[Path, int] | None = None
        self._closed = False

    def keep(self, text: str) -> None:
        """Replace the copy. An empty text removes it."""
        with self._turn, contextlib.suppress(OSError):
            if not text or self._closed:
                self._remove()
                return
            if self._held is None:
                place = self._folder / UNSAVED
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._held = locked_folder(place, _PREFIX)
            write_file(self._held[0] / _FILE, text.encode(errors="backslashreplace"), replace=True)

    def close(self) -> None:
        """Remove the copy, and make no other one."""
        self._closed = True
        self.keep("")

    def _remove(self) -> None:
        if self._held is not None:
            folder, handle = self._held
            self._held = None
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)


def take_over_copies(folder: Path) -> None:
    """Put the copies of killed programs among the texts that were kept aside (`kept_aside`)."""
    with contextlib.suppress(OSError):
        for copied in (folder / UNSAVED).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError), abandoned_folder(copied):
                copy = copied / _FILE
                if copy.exists():
                    day = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(copy.stat().st_mtime))
                    copy.rename(free_path(copied.with_name(f"{day}.txt")))
                shutil.rmtree(copied)
