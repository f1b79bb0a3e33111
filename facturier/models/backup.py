"""A copy of the company file: consistent while others write, private, checked."""

from pathlib import Path

from facturier.models.errors import StoreError
from facturier.models.files import whole_file
from facturier.models.language import _
from facturier.models.store import Store


def back_up(store: Store, path: Path, *, replace: bool = False) -> None:
    """Copy the company to `path`, where nothing may be unless `replace` is set. The copy takes its name when it is
    whole and checked, so that a program that is killed leaves none that is broken. Raises StoreError."""
    try:
        with whole_file(path, replace=replace) as aside:
            store.copy_to(aside)
    except OSError as error:
        raise StoreError(
            _("The copy “{path}” cannot be made: {reason}.").format(path=path, reason=error.strerror),
            kept=_("The company file is untouched."),
            todo=_("Choose another name or folder."),
        ) from error
