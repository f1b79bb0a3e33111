"""Where a company file belongs. A file anywhere else is a copy.

People can work with a copy, but nothing is sent from it until a person makes it the company. The file stores its home
as the setting `home`: path, inode, device, and a random token. Users' machines remember the token outside the file
(`facturier.mail.vault.copy_guard`). A backup has a home that no file can match.
"""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from facturier.models import errors
from facturier.models.store.home import file_systems
from facturier.models.store.home.birth import born
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from facturier.models.store.store import Store

HOME = "home"  # the setting


class Home(NamedTuple):
    """The identity of the company file.

    `token` is random and changes each time that a person makes a file the company; `since` is the time of that choice.
    `inode` and `device` are those of the file, and `folder` is the inode of its folder. `disk` is the file system's own
    id, 0 if it has none; on some file systems it stays the same when device numbers change at a reboot. `born` is the
    creation time of the file (`facturier.models.store.home.birth`). In a backup, everything except `path` is empty.
    """

    token: str = ""
    since: str = ""
    path: str = ""
    inode: int = 0
    device: int = 0
    disk: int = 0
    folder: int = 0
    born: int = 0


def home_at(path: Path, token: str = "", since: str = "") -> Home:
    """Return the home of the file at `path`. Raises OSError."""
    found, folder, disk = path.stat(), path.parent.stat(), os.statvfs(path).f_fsid
    return Home(token, since, str(path), found.st_ino, found.st_dev, disk, folder.st_ino, born(path))


def read_home(store: "Store") -> Home | None:
    """Return the home that the file states, or None if it states none (version 0.1.0)."""
    try:
        kept = read_setting(store, HOME)
        if kept is None:
            return None
        home = Home(**json.loads(kept))
    except (ValueError, TypeError, errors.DamagedRow):
        return Home()
    return home if all(type(part) is type(empty) for part, empty in zip(home, Home(), strict=True)) else Home()


def write_home(store: "Store", home: Home) -> None:
    """Store the home, inside the caller's transaction."""
    write_setting(store, HOME, json.dumps(home._asdict()))


def is_at_home(home: Home, path: Path, *, remembered: bool = False) -> bool:
    """Return whether the file at `path` is the file that this home describes.

    `remembered` means that this person has worked with it at this path before. A new device number then only means that
    the machine was restarted.
    """
    try:
        here = home_at(path)
    except OSError:
        return False
    if not home.token:
        return False
    same_disk = home.device == here.device or home.disk == here.disk != 0
    # A new file may get the inode of a deleted file, but it has another creation time.
    same_file = (home.inode == here.inode and (home.born == here.born or 0 in (home.born, here.born))) or (
        home.path == here.path and file_systems.forgets_inodes(path)
    )
    if home.path == here.path:
        return same_file and (same_disk or remembered)
    # The same folder under another path, such as a bind mount in a container. SQLite's files beside it are shared too.
    return same_file and same_disk and home.folder == here.folder and Path(home.path).name == path.name


def refuse_second_name(store: "Store") -> None:
    """Refuse a file with several names that is not opened by the name in its home.

    Raises SecondName. SQLite names its log after the file. Two programs that open one file under two names use two
    logs: they do not see each other's changes, send everything twice, and damage the file.
    """
    home = None
    with contextlib.suppress(errors.BrokenCompany):  # part of the file may be in the log under the other name
        home = read_home(store)
    if home is not None and is_at_home(home, store.path):
        return
    other = clean(home.path) if home is not None and home.token else ""
    raise errors.SecondName(
        _("“{path}” is a second name (a hard link) of “{other}”.").format(path=store.path, other=other)
        if other
        else _("“{path}” has a second name (a hard link).").format(path=store.path),
        kept=_("It was not opened: under two names, changes would be lost."),
        todo=_("Open it as “{other}”.").format(other=other) if other else _("Remove the other name."),
    )


def settle(store: "Store", path: Path | None = None) -> None:
    """Make the current path of the file its home, or `path` if the file is about to be moved there.

    Raises StoreError or OSError.
    """
    home = home_at(store.path, secrets.token_hex(16), store.now())
    with store.writing():
        write_home(store, home._replace(path=str(path or store.path)))


def was_moved(home: Home, path: Path) -> bool:
    """Return whether the file was only moved within its file system: it is the same file, and its old path is free."""
    here = home_at(path)
    same = (home.inode, home.device, home.born) == (here.inode, here.device, here.born)
    return same and home.born > 0 and not os.path.lexists(home.path)
