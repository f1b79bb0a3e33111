"""Who holds a claim: a postman in this process, named so that another one can tell for certain when it is gone."""

import os
import secrets
from pathlib import Path

# one machine: a process on another machine has another boot ID, and would count as ended.
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def new_owner(user: str) -> str:
    """`boot/pid-namespace/pid/start/user/chance`: no other process, and no other postman in this one, has the same."""
    pid = os.getpid()
    return "/".join((_boot(), _namespace(), str(pid), _started(pid) or "", user, secrets.token_hex(4)))


def is_gone(owner: str) -> bool | None:
    """Whether the process of that name has ended: the machine was booted since, or its pid is free or another process's
    now. None where that cannot be told: from another container, without /proc, or where /proc shows nobody
    else's processes (hidepid)."""
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
    """Clock ticks from boot to the start of a process: field 22 of proc(5)'s stat. Empty for a zombie, which is done;
    None where there is nothing to read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return "" if fields[0] == "Z" else fields[19]


def _is_free(pid: int) -> bool | None:
    """Whether no process has this number; None where one may have it that we are not shown."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return None
    return None
