"""Make the screenshots in docs/pictures from the demo company and from a new one, in both languages.

Every screen is opened with the keys that a user would press.
"""

import asyncio
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from textual.pilot import Pilot  # noqa: E402

from facturier.mail.google.endpoints import google_endpoints  # noqa: E402
from facturier.mail.locations import Locations  # noqa: E402
from facturier.mail.new_company import new_company  # noqa: E402
from facturier.mail.open_workspace import open_workspace  # noqa: E402
from facturier.mail.practice.company import Practice  # noqa: E402
from facturier.models.company.save_settings import save_company  # noqa: E402
from facturier.models.settings.settings import read_company  # noqa: E402
from facturier.models.store.opening import open_company  # noqa: E402
from facturier.models.text.i18n import speak, spoken  # noqa: E402
from facturier.tui.app import FacturierApp  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
WIDE, NARROW = (120, 36), (80, 24)
OWN = Locations(Path("own"), Path("own/log"))


@contextlib.asynccontextmanager
async def running(practice: Practice, size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    store = open_company(practice.path, clock=lambda: NOW, user="marie")
    endpoints = practice.start()
    try:
        ws = open_workspace(store, OWN, endpoints, practice=practice)
        async with FacturierApp(ws).run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot
    finally:
        practice.stop()


async def settled(pilot: Pilot[None], seconds: float = 1.2) -> None:
    await pilot.pause(seconds)


async def save(pilot: Pilot[None], name: str) -> None:
    await settled(pilot)
    picture = pilot.app.export_screenshot(title="Facturier")
    # Remove the web fonts, so that viewing the picture needs no network.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    # Not every viewer keeps repeated spaces from the style sheet alone, and the alignment of amounts depends on them.
    picture = picture.replace("<text ", '<text xml:space="preserve" ')
    (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")
    print(f"{name}.svg")


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot, 0.4)


async def pictures(practice: Practice) -> None:
    async with running(practice, WIDE) as pilot:
        await save(pilot, "list")
    async with running(practice, NARROW) as pilot:
        await save(pilot, "list-80x24")
        await invoice_pictures(pilot, "", "cons")
        await press(pilot, "enter")
        await press(pilot, "down", "enter")
        await settled(pilot)
        await press(pilot, "enter")
        await save(pilot, "connect")
        await press(pilot, "escape")
        await press(pilot, "escape")
        await press(pilot, "escape")
        await press(pilot, "f2")
        await save(pilot, "settings")
        await press(pilot, "escape")
        await press(pilot, "a")
        await save(pilot, "alerts")
        await press(pilot, "escape", "H")
        await settled(pilot)
        await save(pilot, "chase")
        await press(pilot, "escape", "R")
        await press(pilot, "enter")
        await settled(pilot)
        await save(pilot, "aging")
    await checklist_picture("")


async def french_pictures(practice: Practice) -> None:
    async with running(practice, NARROW) as pilot:
        await save(pilot, "list-fr")
        await invoice_pictures(pilot, "-fr", "tenu")
    await checklist_picture("-fr")


async def invoice_pictures(pilot: Pilot[None], ending: str, item: str) -> None:
    """The editor and the preview of a new invoice, from the list."""
    await press(pilot, "n")
    await press(pilot, *"boul")
    await press(pilot, "enter")
    for cell in (item, "8"):
        await press(pilot, *cell)
        await press(pilot, "enter")
    await save(pilot, f"editor{ending}")
    await press(pilot, "f9")
    await save(pilot, f"preview{ending}")


async def checklist_picture(ending: str) -> None:
    """A new company of which some steps are done."""
    path = Path(f"acme{ending}.facturier")
    language = spoken()
    store = new_company(
        path,
        name="Acme Conseil inc.",
        email="billing@acme.example",
        currency="CAD",
        language=language,
        clock=lambda: NOW,
        user="marie",
    )
    address = "1200, rue Sherbrooke\nMontréal (Québec)  H3A 1A1"
    save_company(store, replace(read_company(store), address=address, tax_numbers="GST 123456789 RT0001"))
    async with FacturierApp(open_workspace(store, OWN, google_endpoints({}))).run_test(size=NARROW) as pilot:
        await save(pilot, f"checklist{ending}")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # Show the same user and machine wherever the script runs.
        os.environ |= {"LOGNAME": "marie", "SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22"}
        for language, drawn in (("fr", french_pictures), ("en", pictures)):
            speak(language)
            Path(folder, language).mkdir()
            os.chdir(Path(folder, language))
            os.environ["HOME"] = str(Path.cwd())
            practice = Practice(Path("practice"))
            practice.open(NOW, lambda _done, _of: None)
            asyncio.run(drawn(practice))


if __name__ == "__main__":
    main()
