"""The owner of a claim: a name for a postman in this process, by which others can tell whether it has ended."""

import os
import secrets
from pathlib import Path

# one machine: a process on another machine has another boot ID, so it would count as ended.
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def new_owner(user: str) -> str:
    """Return `boot/pid-namespace/pid/start/user/random`, which no other postman in any process has."""
    pid = os.getpid()
    return "/".join((_boot(), _namespace(), str(pid), _started(pid) or "", user, secrets.token_hex(4)))


def is_gone(owner: str) -> bool | None:
    """Return whether the process of an owner has ended, or None if that is unknown.

    It has ended if the machine was restarted, or if its process id is free or belongs to another process. It is unknown
    for a process in another container, without /proc, or if /proc hides the processes of other users (hidepid).
    """
    try:
        boot, namespace, pid, started, _rest = owner.split("/", 4)
        number = int(pid)
    except ValueError:
        return None
    if not (boot and started and _boot()):
        return None
    if boot != _boot():
        return True
    if namespace != _namespace():
        return None
    now = _started(number)
    return _is_free(number) if now is None else now != started


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """Return the start of a process in clock ticks since boot: field 22 of the file stat in proc(5).

    Return an empty text for a zombie, which has ended, and None if the file cannot be read.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return "" if fields[0] == "Z" else fields[19]


def _is_free(pid: int) -> bool | None:
    """Return True if no process has this id, otherwise None: a process that we cannot see may have it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return None
    return None
