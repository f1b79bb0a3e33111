"""Build the wheel into dist/, install it with its dependencies into an empty environment, and try it there."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home], cwd=ROOT, check=True)
        [wheel] = home.glob("*.whl")
        venv.create(home / "env", with_pip=True)
        python = home / "env/bin/python"
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", ROOT / "requirements/run.txt"], check=True
        )
        subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
        environment = {"PATH": os.environ["PATH"], "FACTURIER_HOME": str(home / "own"), "LANG": "fr_CA.UTF-8"}
        program = home / "env/bin/facturier"
        for arguments in (
            ["--help"],
            ["new", "a.facturier", "--name", "A", "--email", "a@a.example"],
            ["list"],
            ["doctor"],
        ):
            subprocess.run([program, *arguments], cwd=home, env=environment, check=True)
        (ROOT / "dist").mkdir(exist_ok=True)
        wheel.rename(ROOT / "dist" / wheel.name)


if __name__ == "__main__":
    main()
