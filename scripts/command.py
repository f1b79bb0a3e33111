"""Write the command `facturier` into the environment that runs this script: it starts the program from this checkout.

Installing the package instead would need the network once more, for the tools that build it.
"""

import os
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A first line that a shell and Python both read: `#!` allows neither spaces nor long paths to Python.
SCRIPT = """#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys

sys.path[0] = {root!r}
from facturier.__main__ import run

run()
"""


def main() -> None:
    python = Path(sys.executable)
    path = python.with_name("facturier")
    path.write_text(SCRIPT.format(python=shlex.quote(str(python)), root=str(ROOT)), encoding="utf-8")
    path.chmod(path.stat().st_mode | (0o111 & ~os.umask(0)))


if __name__ == "__main__":
    main()
