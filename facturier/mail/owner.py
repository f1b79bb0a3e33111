"""Who holds a claim: a postman in this process, named so that another one can tell for certain when it is gone."""

import os
import secrets
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def new_owner(user: str) -> str:
    """`boot/pid-namespace/pid/start/user/chance`: no other process, and no other postman in this one, has the same."""
    pid = os.getpid()
    return "/".join((_boot(), _namespace(), str(pid), _started(pid), user, secrets.token_hex(4)))


def is_gone(owner: str) -> bool:
    """Whether the process of that name has certainly ended: the machine was booted since, or its pid is free or another
    process's now. False where that cannot be told, as from another container."""
    try:
        boot, namespace, pid, started, _rest = owner.split("/", 4)
        number = int(pid)
    except ValueError:
        return False
    if not boot or boot != _boot():
        return bool(boot) and bool(_boot())
    return namespace == _namespace() and _started(number) != started


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


def _started(pid: int) -> str:
    """Clock ticks from boot to the start of a process: field 22 of proc(5)'s stat. Empty when there is none, or when it
    is a zombie, which does nothing any more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]
