"""A copy of the company file: consistent while others write, private, checked."""

import contextlib
import os
from pathlib import Path

from facturier.models.errors import StoreError
from facturier.models.language import _
from facturier.models.store import Store


def back_up(store: Store, path: Path) -> None:
    """Copy the company to `path`, which must not exist. Raises StoreError; then nothing is left at `path`."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(
            _("The copy “{path}” cannot be made: {reason}.").format(path=path, reason=error.strerror),
            kept=_("The company file is untouched."),
            todo=_("Choose another name or folder."),
        ) from error
    try:
        store.copy_to(path)
        Store(path, clock=store.clock, user=store.user).check()
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
