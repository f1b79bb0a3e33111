"""On the way to the first screen nothing heavy is loaded."""

import subprocess
import sys
from pathlib import Path

from tests.tui.sample import Shop
from tests.whole.program import ROOT, Program

HEAVY = (
    "babel cryptography dns email_validator google google_auth_oauthlib googleapiclient httplib2 keyring markdown_it"
    " oauthlib pyrage requests segno typst urllib3"
)
_START = """
import asyncio, os, sys
from facturier.mail.locations import locations
from facturier.tui.cli.shell import Shell
from pathlib import Path
workspace = Shell(locations(os.environ), Path(sys.argv[1])).workspace()
from facturier.tui.app import FacturierApp

async def start():
    app = FacturierApp(workspace)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.5)
        assert "Boulangerie" in "".join(
            segment.text for line in app.screen._compositor.render_strips() for segment in line
        )
asyncio.run(start())
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_the_first_screen_loads_nothing_heavy(shop: Shop, tmp_path: Path) -> None:
    shop.sent()
    shop.draft()
    environment = Program(tmp_path).environment
    done = subprocess.run(
        [sys.executable, "-c", _START, str(shop.store.path)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & set(HEAVY.split()) == set()
