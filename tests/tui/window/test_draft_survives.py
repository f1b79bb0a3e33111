"""A program that is killed during typing loses at most the last second."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from facturier.models.books.invoices import get_invoice
from facturier.models.settings.settings import read_company
from facturier.tui.screens.dialogs.leaving.typed_copy import kept_aside
from facturier.tui.screens.dialogs.leaving.typing_copy import take_over_copies
from tests.tui.support.sample import Shop

# Types, waits for one second, types again, and is killed. It is a process of its own, so that nothing is cleaned up.
_PROGRAM = """
import asyncio, os, signal, sys
from pathlib import Path
from facturier.mail.open_workspace import open_workspace
from facturier.mail.workspace import Workspace
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from tests.tui.support.typing import keys

async def main(path, folder):
    workspace = open_workspace(open_company(path), Locations(folder / "data2", folder / "log2"), Endpoints())
    app = FacturierApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(EditorScreen(workspace))
        await pilot.pause()
        await keys(pilot, "=Some", "escape", "f6", "=Tea", "escape", "tab", "=green", "tab", "=3", "tab", "=2.5")
        await app.push_screen(SettingsScreen(workspace, "letter-en"))
        await pilot.pause()
        await keys(pilot, "enter", "tab", "=Half a letter")
        await asyncio.sleep(1)
        await keys(pilot, "=lost")
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def test_text_typed_a_second_before_a_kill_is_in_the_file(shop: Shop, tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(shop.store.path), str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    shop.store.check()
    ((draft_id,),) = shop.store.rows("SELECT id FROM invoice")
    draft = get_invoice(shop.store, draft_id)
    assert draft.customer.name == "Some"
    (line,) = draft.lines
    assert (line.item, line.description, line.quantity, line.rate) == ("Tea", "green", "3", "2.5")
    # The text in the settings is not in effect, because nobody saved it.
    assert read_company(shop.store).letters == {}
    assert kept_aside(tmp_path / "data2") == []
    take_over_copies(tmp_path / "data2")  # as the next start does
    [kept] = kept_aside(tmp_path / "data2")
    text = kept.read_text()
    assert "Email (English) › Message\n" in text
    assert "Half a letter" in text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]
