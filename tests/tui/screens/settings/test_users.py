"""The users in the settings: request access, approve, remove, passphrase, and a vault that was put back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.kernel_keyring import can_hold
from facturier.mail.vault.members import membership_of, request_access
from facturier.mail.workspace import Workspace
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.connect.screen import ConnectScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.screens.settings.users import passphrase
from facturier.tui.widgets.inputs.fields import Choice, Field
from tests.mail.people import no_keyring
from tests.mail.vault.wrapping import encrypt_quickly, wrap_quickly
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import connect, google_for
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")

SIZE = (80, 24)


@pytest.fixture
def google(shop: Shop) -> Iterator[Google]:
    with google_for(shop) as running:
        connect(shop, running)
        yield running


def desk_of(shop: Shop, name: str) -> Workspace:
    """Return another person's workspace, with a key of their own."""
    folder = shop.store.path.parent
    locations = Locations(folder / name, folder / f"{name}.log")
    identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
    return open_workspace(open_company(shop.store.path, user=name), locations, shop.ws.endpoints, identity=identity)


async def test_a_newcomer_reads_why_they_cannot_send_and_asks_by_key(shop: Shop, google: Google) -> None:
    paul = desk_of(shop, "paul")
    draft = shop.draft()
    assert draft.id is not None
    app = FacturierApp(paul)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(PreviewScreen(paul, draft.id))
        await until(pilot, lambda: "F7 Access" in text_of(app) and "not a member" in text_of(app))
        await pilot.press("f9")
        await sees(pilot, "Not ready. Check From")
        await pilot.press("f7")
        await until(
            pilot, lambda: paul.keys.identity.fingerprint in text_of(app) and "Access requested" in text_of(app)
        )
        await until(pilot, lambda: "F7 Access" not in text_of(app))
    assert [request.name for request in membership_of(shop.ws).access_requests] == ["paul"]


async def test_a_member_admits_only_by_the_fingerprint_and_removes_and_reconnects(shop: Shop, google: Google) -> None:
    paul = desk_of(shop, "paul")
    request_access(paul)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(SettingsScreen(shop.ws, "users"))
        await sees(pilot, "paul requested access")
        await pilot.press("enter", "down", "enter")
        await sees(pilot, "Approve paul?")
        await pilot.press("enter")
        await sees(pilot, "Enter the fingerprint as it is read out")
        await keys(pilot, "=wrong")
        await pilot.press("enter")
        await sees(pilot, "No access request has this")
        app.screen.query_one(Field).text = paul.keys.identity.fingerprint
        await pilot.press("enter")
        await sees(pilot, "paul can send from now on")
        assert membership_of(paul).blocker is None

        kept = paul.keys.vault.read().grant
        assert kept is not None
        await pilot.press("enter")
        await sees(pilot, "Remove paul from the members?")
        await pilot.press("y")
        await sees(pilot, "Connect Gmail again now?")
        assert membership_of(paul).blocker is not None
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        connection = shop.ws.connection()
        assert connection is not None
        assert "revoked the permission at Google" in connection.over
        assert google.counts["revoke"] == 1


async def test_one_who_asked_is_turned_down(shop: Shop, google: Google) -> None:
    paul = desk_of(shop, "paul")
    request_access(paul)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await sees(pilot, "1 alert")
        await pilot.press("a", "enter")  # the alert opens the screen where it is answered
        await sees(pilot, "paul requested access  ")
        assert paul.keys.identity.fingerprint not in text_of(app)  # so that the person asks for it
        await pilot.press("enter", "down", "d")
        await sees(pilot, "Decline the access request of paul")
        await pilot.press("y")
        await sees(pilot, "The request of paul was declined")
    assert membership_of(shop.ws).access_requests == ()


async def test_a_passphrase_is_set_and_without_it_all_but_sending_works(
    shop: Shop, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyrage.passphrase.encrypt", encrypt_quickly)
    monkeypatch.setattr(passphrase, "can_hold", lambda: True)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(SettingsScreen(shop.ws, "users"))
        await sees(pilot, "Protect your key with a passphrase")
        await pilot.press("enter", "down", "enter")
        await sees(pilot, "Set a passphrase for your key")
        await keys(pilot, "=xyz")
        await pilot.press("enter")
        await keys(pilot, "=xy")
        await pilot.press("enter")
        await sees(pilot, "do not match")
        await pilot.press("z", "enter")
        await sees(pilot, "Change the passphrase")

    shop.draft()
    again = open_workspace(open_company(shop.store.path), shop.ws.locations, shop.ws.endpoints)
    assert again.keys.locked
    app = FacturierApp(again)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await sees(pilot, "Your key is protected by a passphrase")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("s")
        await sees(pilot, "Enter the passphrase for your key")
        await pilot.press("escape")
        app.push_screen(SettingsScreen(again, "users"))
        await sees(pilot, "Enter the passphrase…")
        await pilot.press("enter", "enter")
        await sees(pilot, "Your key is protected by a passphrase")
        await keys(pilot, "=no")
        await pilot.press("enter")
        await sees(pilot, "does not unlock your key")
        await keys(pilot, "=xyz")
        await pilot.press("tab")  # to the list of hours, which Enter opens
        await sees(pilot, "F9 Unlock")
        await pilot.press("f9")
        await sees(pilot, "✓ You can send")
    assert not again.keys.locked


@pytest.mark.skipif(not can_hold(), reason="the kernel here keeps no keys, or does not let us ask")
async def test_the_key_is_held_open_for_a_time_if_the_person_says_so_and_locked_at_once(
    shop: Shop, google: Google
) -> None:
    wrap_quickly(shop.ws.keys.identity, "xyz")

    def window() -> Workspace:
        return open_workspace(open_company(shop.store.path), shop.ws.locations, shop.ws.endpoints)

    app = FacturierApp(first := window())
    try:
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await sees(pilot, "until this window is closed")
            await keys(pilot, "=xyz")
            await pilot.press("tab", "down", "down", "down", "enter")
            await until(pilot, lambda: app.screen.query_one(Choice).text == "8")
            await until(pilot, lambda: not app.screen.query_one(Choice).is_open)
            assert first.keys.locked
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
            assert not window().keys.locked
            assert membership_of(window()).blocker is None  # although nobody can be asked for the passphrase
            app.push_screen(SettingsScreen(first, "users"))
            await until(pilot, lambda: "unlocked" in text_of(app) and "Lock your key now" in text_of(app))
            await pilot.press("enter", "end", "enter")
            await until(pilot, lambda: "Your key is locked" in text_of(app) and "Enter the passphrase…" in text_of(app))
            assert first.keys.locked
            assert window().keys.locked
    finally:
        first.keys.lock()


async def test_a_vault_that_was_put_back_is_accepted_by_a_person(shop: Shop, google: Google) -> None:
    old = shop.store.row("SELECT blob FROM vault")
    assert old is not None
    shop.ws.keys.vault.change(lambda secrets: secrets)
    with shop.store.writing():
        shop.store.write("UPDATE vault SET blob = ?", old[0])
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(SettingsScreen(shop.ws, "users"))
        await sees(pilot, "older than the last one")
        await pilot.press("enter", "enter")
        await sees(pilot, "Accept the vault in its current state?")
        await pilot.press("y")
        await sees(pilot, "✓ You can send")


async def test_where_nobody_can_admit_a_new_vault_is_begun(shop: Shop, google: Google, tmp_path: Path) -> None:
    paul = desk_of(shop, "paul")
    app = FacturierApp(paul)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(SettingsScreen(paul, "users"))
        await sees(pilot, "Create a new vault")
        await pilot.press("enter", "down", "enter")
        await sees(pilot, "The current vault is lost")
        await pilot.press("enter")  # a key that was meant for the screen before
        await sees(pilot, "The current vault is lost")
        await pilot.press("y")
        await sees(pilot, "✓ Created a new vault")
        await pilot.press("home", "enter")
        await sees(pilot, "paul is the only member")
    assert [member.name for member in membership_of(paul).members] == ["paul"]
