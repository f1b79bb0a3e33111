"""The file system of a company file: whether SQLite can lock files there, and whether inode numbers are permanent."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from facturier.models import errors
from facturier.models.text.i18n import _

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "davfs"),
    *("virtiofs", "vboxsf", "prl_fs"),  # a folder of the host, seen from inside a virtual machine
    *("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.vmhgfs-fuse", "fuse.gvfsd-fuse"),
}
_ESCAPE = re.compile(r"\\([0-7]{3})")  # how mountinfo writes a space, a tab, a line end or a backslash


def _mounts(mounts: Path) -> Iterator[tuple[str, str]]:
    """Yield each mount point with the type of its file system, as Linux names it (proc_pid_mountinfo(5))."""
    with contextlib.suppress(OSError):
        for mount in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            left, _dash, right = mount.partition(" - ")
            yield _ESCAPE.sub(lambda found: chr(int(found[1], 8)), left.split()[4]), right.split()[0]


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the file system that `path` is on, or an empty text if it is unknown."""
    return _file_system_of(path.resolve(), _mounts(mounts))


def _file_system_of(path: Path, mounts: Iterable[tuple[str, str]]) -> str:
    best, kind = "", ""
    for point, found in mounts:
        if len(point) >= len(best) and f"{path}/".startswith(f"{point.rstrip('/')}/"):
            best, kind = point, found
    return kind


def forgets_inodes(path: Path) -> bool:
    """Return whether the file system assigns new inode numbers each time that it is mounted."""
    kind = file_system(path)
    return kind in ("vfat", "msdos", "exfat") or kind.startswith("fuse")


def check_mount(path: Path, mounts: Path = MOUNTS) -> None:
    """Check the file system under `path`.

    Raises NetworkFolder if locks are unreliable there, and SecondName if the file is mounted without its folder.
    """
    found = list(_mounts(mounts))
    kind = _file_system_of(path.resolve().parent, found)  # a symbolic link may lead there
    if kind in _NETWORK:
        raise errors.NetworkFolder(
            _("“{path}” is on a network file system ({kind}).").format(path=path, kind=kind),
            kept=_("Nothing was opened: SQLite cannot lock a file there, and two programs could damage it."),
            todo=_("Keep the company on a local disk of the machine that runs Facturier, and log in there."),
        )
    if any(point == str(path) for point, _kind in found):
        raise errors.SecondName(
            _("“{path}” is mounted as a single file, so it has a second name elsewhere.").format(path=path),
            kept=_("It was not opened: SQLite keeps files beside it, which would not be shared."),
            todo=_("Mount its folder instead."),
        )
