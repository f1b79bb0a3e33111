"""Work in processes of their own, forked from this one."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


def start(work: Callable[[], object], room: Path) -> tuple[int, int]:
    """Do it in a process of its own, with a place of its own for temporary files: its number and where it answers."""
    answer, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        return child, answer
    try:
        os.setsid()
        os.close(answer)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(room)
        tempfile.tempdir = None
        os.write(say, json.dumps(work()).encode())
    except BaseException as error:  # noqa: BLE001 - the other process must hear of it
        os.write(say, json.dumps({"what": "broken", "by": repr(error)}).encode())
    finally:
        os._exit(0)


def clear(room: Path) -> None:
    """Take its temporary files away, and what a test that was ended has mounted there."""
    mounts = Path("/proc/self/mounts")
    for line in mounts.read_text(encoding="utf-8").splitlines() if mounts.exists() else ():
        if (place := line.split()[1]).startswith(f"{room}/"):
            subprocess.run(["umount", "-l", place], check=False)
    shutil.rmtree(room, ignore_errors=True)


def in_child(work: Callable[[], object]) -> dict[str, dict[str, object]]:
    """Run it in a process of its own, so that this one stays as it is."""
    with tempfile.TemporaryDirectory() as room:
        child, pipe = start(work, Path(room))
        said = read(pipe)
        os.waitpid(child, 0)
    if not isinstance(said, dict) or "lines" not in said:
        raise SystemExit(f"The tests fail as they are: {said}")
    return said


def read(pipe: int) -> object:
    with os.fdopen(pipe, "rb") as answer:
        said = answer.read()
    return json.loads(said) if said else None
