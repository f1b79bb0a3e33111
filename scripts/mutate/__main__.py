"""Mutation testing of the delivery engine: `make mutate`.

    python scripts/mutate [--only outbox] [--unnoticed] [--workers 1] [--report]

Spoils the engine in one small way at a time and runs the tests that touch the spoilt place, in a copy of the tree: the
working tree is never changed. What was tried is kept in .mutate, so that a run goes on where it was broken off, as long
as neither code nor tests have changed. `--only` tries the changes of some files again, `--unnoticed` those that no test
noticed. Ends with 1 when a change is neither noticed nor explained in explained.toml.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent.resolve()
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))


def main() -> int:
    parser = argparse.ArgumentParser(prog="mutate", description="Mutation testing of the delivery engine.")
    parser.add_argument("--only", default="", metavar="PART", help="try the files with this in their path again")
    parser.add_argument("--unnoticed", action="store_true", help="try again what no test noticed")
    parser.add_argument("--workers", type=int, default=1, help="how many to try at a time")
    parser.add_argument("--report", action="store_true", help="try nothing: what was found before")
    chosen = parser.parse_args()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="mutate-", dir=memory if memory.is_dir() else None) as folder:
        tree = Path(folder, "tree")
        _copy(tree)
        os.chdir(tree)
        os.environ["TMPDIR"] = folder
        tempfile.tempdir = folder
        sys.path.insert(0, str(tree))
        return _run(chosen)


def _copy(tree: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "facturier", "tests", "pyproject.toml"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for catalogue in ROOT.glob("facturier/locale/**/*.mo"):
        shutil.copy2(catalogue, tree / catalogue.relative_to(ROOT))


def _run(chosen: argparse.Namespace) -> int:
    import pytest
    from changes import Change
    from engine import TESTS
    from results import Result, Results, report
    from running import arguments
    from trying import Trying

    folders = ("facturier/models", "facturier/mail", "tests/models", "tests/mail")
    parts = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    of = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:12]
    (ROOT / ".mutate").mkdir(exist_ok=True)
    results = Results(ROOT / ".mutate" / "results.jsonl")
    results.read()
    before = dict(results.found)
    began = time.monotonic()

    def wanted(change: Change) -> bool:
        if chosen.report:
            return False
        found = before.get(change.key)
        if chosen.only or chosen.unnoticed:
            return chosen.only in change.path and not (chosen.unnoticed and found is not None and found.noticed)
        return found is None or found.of != of

    def tell(change: Change, result: Result) -> None:
        results.add(change.key, Result(result.what, result.by, round(result.seconds, 2), of))
        if not result.noticed:
            print(f"{time.monotonic() - began:6.0f} s  {result.what}  {change.key}", flush=True)

    look = ROOT / ".mutate" / f"tests-{of}.json"
    for older in {*look.parent.glob("tests-*.json")} - {look}:
        older.unlink()
    trying = Trying(wanted, tell, chosen.workers, look)
    if (ended := pytest.main(arguments(TESTS), plugins=[trying])) not in (0, 5):
        return int(ended)
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if report(results.found, [change.key for change in trying.everything], of) else 1


if __name__ == "__main__":
    sys.exit(main())
