"""How this person runs the program: the commands that it names must work where they are."""

import os
import shlex
import shutil
import sys
from itertools import takewhile
from pathlib import Path


def command() -> str:
    """What a person types before a verb: `facturier`, a path to it, or Python with `-m facturier`."""
    called = Path(sys.argv[0])
    if called.name != "__main__.py":
        found = shutil.which(called.name)
        known = found is not None and _is_same(Path(found), called)
        return shlex.quote(called.name if known else _from_here(called))
    python = Path(sys.executable)
    for name in ("python3", "python"):
        found = shutil.which(name)
        if found is not None and Path(found) == python:  # not the same file: an environment is known by its path
            return f"{name} -m facturier"
    return f"{shlex.quote(_from_here(python))} -m facturier"


def _from_here(path: Path) -> str:
    """Relative where it is below this folder, as `.venv/bin/python`."""
    try:
        near = path.absolute().relative_to(Path.cwd())
    except (ValueError, OSError):
        return str(path.absolute())
    return str(near) if os.sep in str(near) else f".{os.sep}{near}"


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def argument(path: Path) -> str:
    """A path as a shell reads it back, also where its name is not UTF-8."""
    name = os.fsencode(path)
    try:
        return shlex.quote(name.decode())
    except UnicodeDecodeError:
        # bash(1), "QUOTING": $'…' takes bytes as \\xHH
        return "$'" + "".join(chr(b) if 32 <= b < 127 and b not in b"'\\" else f"\\x{b:02x}" for b in name) + "'"


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter too many, missing, wrong, or two exchanged, make the one out of the other."""
    start = _same(typed, meant)
    one, other = typed[start:], meant[start:]
    end = _same(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return typed != meant and (len(one) <= 1 >= len(other) or (len(one) == 2 and one == other[::-1]))


def _same(one: str, other: str) -> int:
    """How many letters they begin with in common."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
