"""The start imports only what the first screen needs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from facturier.models.store.home.file_systems import MOUNTS
from tests.tui.support.sample import Shop
from tests.whole.program import ROOT, Program

HEAVY = (
    "babel cryptography dns email_validator google google_auth_oauthlib googleapiclient httplib2 keyring markdown_it"
    " oauthlib pyrage requests segno typst urllib3"
)
# Our own modules that are imported before the first rows are shown, by folder. Each one makes every start up to a
# millisecond slower. Import modules later if the first rows do not need them (docs/development/architecture.md, "Load
# order"), and otherwise add them to this list.
OURS = """
facturier.mail: errors exchange locations open_workspace redaction workspace
facturier.mail.google: endpoints
facturier.mail.senders: choices
facturier.mail.vault: keyring
facturier.models: errors
facturier.models.books: alert_kind invoice_row status
facturier.models.company: recent user
facturier.models.listing: conditions listing totals view
facturier.models.outbox: sender_kind
facturier.models.settings: company line series settings tax
facturier.models.store: damaged_rows fields opening prepared sqlite sqlite_errors store tables
facturier.models.store.backups: backups
facturier.models.store.home: file_systems
facturier.models.store.schema: foreign_schema
facturier.models.text: clean decimals i18n limits money paths search_text
facturier.models.text.dates: dates
facturier.tui: app keys main messages picture workers
facturier.tui.cli: commands shell
facturier.tui.errors: error_boundary faults
facturier.tui.screens.dialogs: problems
facturier.tui.screens.invoice_list: actions base done keys places screen search_actions selected shown
facturier.tui.screens.invoice_list.filtering: filters search_line views
facturier.tui.screens.invoice_list.parts: card columns money_bar state
facturier.tui.terminal: driver exit_status glyphs pasting program_name signals streams type_ahead
facturier.tui.textual_private: app compositor drawing driver styles timers wrapping
facturier.tui.themes: theme
facturier.tui.widgets: keybar status title
facturier.tui.widgets.rows: columns row_list row_paint row_window
facturier.tui.window: company_app company_watch look outbox_worker shutdown unsaved
facturier.tui.words: formatting
"""
_START = """
import asyncio, os, sys

opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments[0]) if event == "open" else None)

import facturier.tui.main
from facturier.mail.locations import locations
from facturier.tui.cli.shell import Shell
from pathlib import Path

workspace = Shell(locations(os.environ), Path(sys.argv[1])).workspace(screens=True)
from facturier.tui.app import FacturierApp
from facturier.tui.screens.invoice_list.screen import InvoicesScreen

found = {}

fill_in = InvoicesScreen._fill_in

def first_rows_are_there(screen):
    found["loaded"] = sorted(name for name, module in sys.modules.items() if not hasattr(module, "__path__"))
    found["folders"] = sorted({name.partition(".")[0] for name in sys.modules})
    found["opened"] = [str(path) for path in opened]
    fill_in(screen)

InvoicesScreen._fill_in = first_rows_are_there

async def start():
    app = FacturierApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.5)
        assert "Boulangerie" in "".join(
            segment.text for line in app.screen._compositor.render_strips() for segment in line
        )
asyncio.run(start())
import json
print(json.dumps(found))
"""


@pytest.fixture
def first_screen(shop: Shop, tmp_path: Path) -> dict[str, list[str]]:
    """The modules that were imported, and the files that were opened, when the first rows were drawn."""
    shop.sent()
    shop.draft()
    done = subprocess.run(
        [sys.executable, "-c", _START, str(shop.store.path)],
        env=Program(tmp_path).environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_first_screen_loads_nothing_that_it_does_not_need(first_screen: dict[str, list[str]]) -> None:
    assert set(first_screen["folders"]) & set(HEAVY.split()) == set()
    ours = {
        f"{folder}.{name}"
        for folder, _colon, names in (line.partition(": ") for line in OURS.strip().splitlines())
        for name in names.split()
    }
    assert {name for name in first_screen["loaded"] if name.startswith("facturier.")} == ours
    assert set(first_screen["loaded"]) & {"ctypes", "html", "quopri", "secrets", "logging.handlers"} == set()


def test_the_first_screen_reads_the_list_of_mounts_once(first_screen: dict[str, list[str]]) -> None:
    assert first_screen["opened"].count(str(MOUNTS)) == 1
