"""The company's folder of additional fonts."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from facturier.mail.errors import DocumentError
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_folder, typed_path

# The suffixes by which Typst recognizes fonts.
_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")
# A complete desktop has about 300 font files, the largest about 100 MB.
_MOST_ENTRIES = 2000
_LARGEST = 128 * 1024 * 1024
_LARGEST_IN_ALL = 512 * 1024 * 1024
_DEEPEST = 5


def font_files(folder: str) -> tuple[tuple[str, int, int], ...]:
    """Return the font files in a folder and its subfolders, sorted by path.

    Each has its path, size in bytes and change time in nanoseconds. Files that are not regular or have another suffix
    are ignored. No file is opened. Raises DocumentError if the folder does not exist, or contains more than is
    reasonable for fonts.
    """
    root = typed_path(folder)
    if not is_folder(root):
        raise DocumentError(
            _("Cannot find the font folder {path}.").format(path=folder), todo=_("Choose another font folder.")
        )
    found = []
    for seen, entry in enumerate(_entries(root, _DEEPEST), 1):
        if seen > _MOST_ENTRIES:
            raise _refused(folder, _("it contains more than {most} files").format(most=_MOST_ENTRIES))
        if entry.name.lower().endswith(_SUFFIXES) and (status := _regular(entry)) is not None:
            if status.st_size > _LARGEST:
                raise _refused(folder, _("{name} is larger than {most} MB").format(name=entry.name, most=128))
            found.append((entry.path, status.st_size, status.st_mtime_ns))
    if sum(size for _path, size, _age in found) > _LARGEST_IN_ALL:
        raise _refused(folder, _("its fonts are larger than {most} MB in total").format(most=512))
    return tuple(sorted(found))


def _entries(folder: Path | str, deeper: int) -> Iterator["os.DirEntry[str]"]:
    """Yield all entries of a folder and its subfolders, down to `deeper` levels.

    Links to folders are not followed. A folder that cannot be read counts as empty.
    """
    try:
        with os.scandir(folder) as found:
            for entry in found:
                yield entry
                if deeper and entry.is_dir(follow_symlinks=False):
                    yield from _entries(entry.path, deeper - 1)
    except OSError:
        return


def _regular(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _refused(folder: str, why: str) -> DocumentError:
    return DocumentError(
        _("Cannot use the folder {path} for fonts: {why}.").format(path=folder, why=why),
        todo=_("Choose a folder that contains only the fonts your invoices need."),
    )
