"""The subject and message in the preview: filled in, literal once edited, and correct when the invoice changes."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import TextArea

from facturier.mail.document.document import make_document
from facturier.mail.sending.compose import compose
from facturier.models.books.invoice import Customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.outbox.composition import Composition, Filled, kept_composition
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.tui import screen as held_key
from facturier.tui.app import FacturierApp
from facturier.tui.terminal import viewer
from facturier.tui.terminal.external_editor import editor_of
from tests.tui.screens.preview.test_preview import Slow, message, only_delivery, opened, typed
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys
from tests.tui.terminal.test_program import Terminal

pytestmark = pytest.mark.usefixtures("little_garbage")


async def test_a_text_follows_the_invoice_until_it_is_sent_and_what_is_typed_is_literal(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        area = app.screen.query_one("#message", TextArea)
        assert "{" not in area.text
        assert "Here is invoice **1001** for CAD\u00a0105.00" in area.text
        area.text = f"{area.text}\n\nTrack it as {{number}} & {{x}}. 105 dollars, as agreed."
        await typed(pilot, "subject", " (1001 Main St.)")
        await until(pilot, lambda: "(1001 Main St.)" in compose(shop.ws, draft.id or 0).subject)
        shop.issued("Somebody else")  # uses the number
        await until(pilot, lambda: "**1002**" in area.text)
        draft = save_draft(shop.store, replace(draft, lines=(replace(draft.lines[0], rate="200"),)))
        await until(pilot, lambda: "**1002** for CAD\u00a0210.00" in area.text)
        await sees(pilot, "Invoice 1002 from Acme [EU] [/x] (1001 Main St.)")
        assert app.screen.query_one("#verdict").render_line(0).text.startswith("✓ Ready")
        area.text = area.text.replace("CAD\u00a0210.00", "210 dollars")
        await until(pilot, lambda: "210 dollars, due" in compose(shop.ws, draft.id or 0).body)
        await pilot.press("escape")
        await until(pilot, lambda: answers)
        draft = save_draft(shop.store, replace(draft, lines=(replace(draft.lines[0], rate="300"),)))
        answers = await opened(pilot, shop, draft.id)
        said = "the total with its currency was CAD 210.00 and is now CAD 315.00."
        await until(pilot, lambda: said in " ".join(text_of(app).replace("\u00a0", " ").split()))
        area = app.screen.query_one("#message", TextArea)
        area.text = area.text.replace("210 dollars", "CAD\u00a0315.00")
        await sees(pilot, "✓ Ready")
        await pilot.press("f9")
        await until(pilot, lambda: answers)
    sent = message(shop, only_delivery(shop, draft.id))
    assert sent["Subject"] == "Invoice 1002 from Acme [EU] [/x] (1001 Main St.)"
    body = sent.get_body(("plain",))
    assert body is not None
    assert "invoice 1002 for CAD\u00a0315.00, due" in body.get_content()
    assert "Track it as {number} & {x}. 105 dollars, as agreed." in body.get_content()


async def test_a_text_not_yet_updated_is_shown_before_it_is_sent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = shop.draft()
    slow = Slow()
    slow.may.set()
    monkeypatch.setattr("facturier.tui.screens.preview.making.prepare", slow.prepare)
    monkeypatch.setattr("facturier.tui.screens.preview.saving._PAUSE", 3600.0)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        slow.may.clear()
        shop.issued("Somebody else")  # uses the number
        await until(pilot, lambda: slow.running)
        await typed(pilot, "subject", "!")
        slow.may.set()
        await until(pilot, lambda: "Send invoice 1002" in text_of(app) and "F9 Send" in text_of(app))
        await sees(pilot, "Invoice 1001 from Acme [EU] [/x]!")  # edited in the meantime
        await pilot.press("f9")
        await sees(pilot, "Check the message, then send it")
        await pilot.press("escape")
        await sees(pilot, "Invoice 1002 from Acme [EU] [/x]!")
        await sees(pilot, "F9 Send")
        await pilot.press("f9")
        await until(pilot, lambda: answers)
    assert only_delivery(shop, draft.id).subject == "Invoice 1002 from Acme [EU] [/x]!"


def test_an_unedited_text_uses_the_current_templates(shop: Shop) -> None:
    """This includes a text from an earlier version, which stored the template."""
    draft = shop.draft()
    assert draft.id is not None
    row = tables.Composition
    with shop.store.writing():
        people = [["compta@tremblay.example", "compta@tremblay.example"], ["", ""], ["", ""]]
        way = SenderKind.DEFAULT
        values = {
            "invoice_id": draft.id,
            "way": way,
            "recipients": people,
            "subject": "No. {number}",
            "body": "{x} {total}",
        }
        shop.store.run(row.insert(**values))
    assert kept_composition(shop.store, draft.id) == Composition(
        way, "compta@tremblay.example", "", "", "No. {number}", "{x} {total}",
        Filled("No. {number}", {}), Filled("{x} {total}", {}),
    )  # fmt: skip
    old = compose(shop.ws, draft.id)
    assert (old.subject, old.body) == ("No. 1001", "{x} CAD\u00a0105.00")


async def test_the_keys_of_the_preview(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown: list[tuple[str, bytes]] = []

    def show(name: str, content: bytes) -> bool:
        shown.append((name, content))
        return len(shown) == 1

    monkeypatch.setattr(viewer, "show_document", show)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    monkeypatch.setattr(held_key, "PATIENCE", 3600.0)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        assert "F9 Send" not in text_of(app)  # because the key may still be held from the list
        await pilot.press("f9")
        await sees(pilot, "Check the message first, then send it.")
        await sees(pilot, "✓ Ready")
        assert answers == []
        monkeypatch.setattr(held_key, "PATIENCE", 0.0)
        save_draft(shop.store, replace(draft, reference="PO 7"))
        await until(pilot, lambda: "F9 Send" in text_of(app) and "✓ Ready" in text_of(app))
        await sees(pilot, "Check the message first, then send it.")  # there is time to read it
        await until(pilot, lambda: "Check the message first" not in text_of(app))
        await pilot.press("ctrl+g")
        await sees(pilot, "No editor is set")
        await pilot.press("ctrl+t", "o")
        await sees(pilot, "Opened Invoice-1001-Acme-EU-x.pdf")
        await pilot.press("o")
        await sees(pilot, "No PDF viewer here")
        await pilot.press("escape", "w")
        await sees(pilot, "Save the PDF")
        await keys(pilot, "ctrl+u", f"={tmp_path / 'x.pdf'}")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "x.pdf").exists)
    company = read_company(shop.store)
    invoice = shop.invoice(draft.id)
    assert (
        (tmp_path / "x.pdf").read_bytes()
        == shown[0][1]
        == make_document(invoice, company, invoice.number_with(company))
    )
    assert deliveries_of(shop.store, draft.id or 0) == []


@pytest.mark.parametrize(("size", "views"), [((60, 20), 4), ((40, 15), 4), ((200, 50), 2)])
async def test_every_view_is_reached_in_any_size(shop: Shop, size: tuple[int, int], views: int) -> None:
    draft = save_draft(shop.store, replace(shop.draft(), customer=Customer(name="Zoé", email="z@zoe.example")))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        first = text_of(app)
        for words in ("CAD 105.00", "z@zoe.example", "Here is invoice **1001**"):
            assert words in first.replace("\u00a0", " ")
        marks = (
            ("Hello Zoé", "Acme [EU] [/x]", "To: z@zoe.example", "**1001**") if views == 4 else ("Bill to", "To: z@zoe")
        )
        for mark in marks:
            await pilot.press("ctrl+t")
            await sees(pilot, mark)
        for line in text_of(app).splitlines():
            assert len(line) <= size[0]


_EDITOR = """
import os, sys
path = sys.argv[-1]
text = open(path).read()
open(sys.argv[1], "w").write(f"{path} {os.stat(path).st_mode & 0o777:o} {sys.argv[2]}")
open(path, "w").write(text.replace("Hello", "Good morning") + "\\x1b[31mP.S. {x}\\n")
"""


def test_ctrl_g_edits_the_message_in_the_users_editor(shop: Shop, tmp_path: Path) -> None:
    script, seen = tmp_path / "editor.py", tmp_path / "seen"
    script.write_text(_EDITOR)
    draft = shop.draft()
    terminal = Terminal(shop, EDITOR=f"{sys.executable} {script} {seen} 'two words'", VISUAL="")
    try:
        terminal.until(lambda: "Boulangerie" in terminal.text)
        terminal.type("s")
        terminal.until(lambda: "Ready" in terminal.text)
        terminal.type("\x07")
        terminal.until(lambda: "Good morning" in terminal.text and "Ready" in terminal.text)
        path, mode, words = seen.read_text().split(maxsplit=2)
        assert (mode, words) == ("600", "two words")
        assert not Path(path).parent.exists()
        terminal.until(lambda: "P.S. {x}" in compose(shop.ws, draft.id or 0).body)
    finally:
        terminal.process.terminate(force=True)
        terminal.process.close()
    assert "\x1b" not in compose(shop.ws, draft.id or 0).body


def test_the_editor_is_taken_from_the_environment() -> None:
    assert editor_of({"EDITOR": "nano"}) == ["nano"]
    assert editor_of({"VISUAL": "code --wait", "EDITOR": "nano"}) == ["code", "--wait"]
    assert editor_of({"EDITOR": "'open"}) == editor_of({}) == []
