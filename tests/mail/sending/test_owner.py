"""The process that holds a claim, and whether it is still running."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from facturier.mail.sending import owner
from facturier.mail.sending.owner import is_gone, new_owner

CHILD = """
import sys
sys.path[:] = {path!r}
from facturier.mail.sending.owner import new_owner
print(new_owner("marie/et/cie"), flush=True)
sys.stdin.read()
"""


def child() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(path=sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_owner_names_are_unique() -> None:
    names = [new_owner("marie") for _ in range(20)]
    thread = threading.Thread(target=lambda: names.append(new_owner("marie")))
    thread.start()
    thread.join()
    assert len(set(names)) == 21
    assert not any(map(is_gone, names))


def test_running_zombie_and_ended_processes() -> None:
    process, theirs = child()
    with process:
        assert is_gone(theirs) is False
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(theirs) is True  # a zombie until the parent waits for it
    assert is_gone(theirs) is True


def test_another_boot_and_a_reused_process_id() -> None:
    boot, namespace, pid, started, rest = new_owner("marie").split("/", 4)
    assert is_gone("/".join((boot[::-1], namespace, pid, started, rest))) is True
    assert is_gone("/".join((boot, namespace, pid, str(int(started) - 1), rest))) is True


def test_owners_that_cannot_be_checked() -> None:
    boot, namespace, pid, started, rest = new_owner("marie").split("/", 4)
    assert is_gone("/".join((boot, str(int(namespace) + 1), pid, started, rest))) is None  # another container
    assert is_gone("/".join(("", namespace, pid, started, rest))) is None
    assert is_gone("/".join((boot, namespace, pid, "", rest))) is None
    for nonsense in ("", "practice", "a/b/c/d/e", "////"):
        assert is_gone(nonsense) is None


def test_without_proc_no_owner_can_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = new_owner("marie")
    monkeypatch.setattr(owner, "_BOOT", tmp_path / "none")
    assert is_gone(mine) is None
    assert new_owner("marie").startswith("/")


def test_a_process_can_have_any_name() -> None:
    name = Path("/proc/self/comm")
    before = name.read_bytes()
    try:
        name.write_bytes(b"\xff) Z 1 (")
        assert is_gone(new_owner("marie")) is False
    finally:
        name.write_bytes(before)


def test_where_proc_shows_nobody_else_the_living_do_not_count_as_gone(tmp_path: Path) -> None:
    """`hidepid`, as on hardened servers, for a company shared by several users."""
    if os.geteuid() != 0:
        pytest.skip("only root can hide processes")
    process, theirs = child()
    with process:
        code = (
            f"import encodings.ascii, os, sys; sys.path[:] = {sys.path!r}\n"
            "from facturier.mail.sending.owner import is_gone\n"
            "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            f"print(os.path.exists('/proc/{process.pid}'), is_gone({theirs!r}))"
        )
        hidden = f'mount -t proc -o hidepid=2 proc /proc || exit 77; exec {sys.executable} -c "$0"'
        done = subprocess.run(["unshare", "-m", "sh", "-c", hidden, code], capture_output=True, text=True, check=False)
        process.kill()
    if done.returncode == 77 or done.stderr.startswith("unshare"):
        pytest.skip("this machine lets nobody hide processes")
    assert done.stdout.split() == ["False", "None"], done.stderr
