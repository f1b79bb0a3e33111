"""Connect a Google account on the screen, with the Google simulator."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from textual.pilot import Pilot

from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.company import Practice
from facturier.mail.practice.grants import Client
from facturier.mail.workspace import Workspace
from facturier.models.store.opening import open_company
from facturier.models.text.i18n import speak
from facturier.tui.app import FacturierApp
from facturier.tui.screens.connect.link_view import LinkView
from facturier.tui.screens.connect.screen import ConnectScreen
from facturier.tui.widgets.inputs.paste_field import PasteField
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import at_link, connect, google_for, paste

SIZES = ((80, 24), (120, 36))


async def opened(pilot: Pilot[None], shop: Shop) -> list[str | None]:
    """Open the screen. Return a list that will have its result."""
    answers: list[str | None] = []
    await pilot.app.push_screen(ConnectScreen(shop.ws), answers.append)
    return answers


def words(app: FacturierApp) -> str:
    """Return the text of the screen without line breaks."""
    return " ".join(text_of(app).split())


@pytest.mark.parametrize("size", SIZES)
async def test_pasting_the_address_connects(shop: Shop, size: tuple[int, int]) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=size, notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            await until(pilot, lambda: link in "".join(text_of(app).split()))  # the whole link, on several lines
            paste(app, google.allow(link, account="marie@acme.example"))
            await until(pilot, lambda: answers)
    assert answers == ["marie@acme.example"]
    connection = shop.ws.connection()
    assert connection is not None
    assert (connection.address, connection.over) == ("marie@acme.example", "")


async def test_an_address_that_the_terminal_broke_into_lines_is_pasted_whole(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            address = google.allow(link)
            await pilot.press("tab")  # into the field
            paste(app, "\n".join(address[start : start + 76] for start in range(0, len(address), 76)) + "\n")
            await until(pilot, lambda: answers)
    assert answers == ["billing@acme.example"]


async def test_the_client_file_can_be_named_or_pasted_with_its_lines(shop: Shop) -> None:
    with google_for(shop) as google:
        file = shop.store.path.parent / "client_secret.json"
        file.write_text(google.client_json(), encoding="utf-8")
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            await sees(pilot, "Paste the JSON")
            app.screen.query_one("#client", PasteField).text = str(file)[:-1]
            await pilot.press("enter")
            await until(
                pilot, lambda: "✓ 1  Create a project" in text_of(app) and "gmail.googleapis.com" in text_of(app)
            )
            await pilot.press("end", "enter")  # after the last step, the field gets the focus
            await pilot.press("end", "n", "enter")
            await sees(pilot, "Open this address")
            await sees(pilot, "Google Cloud project practice-books")
            await pilot.press("ctrl+o")
            await sees(pilot, "Publish the app")
            paste(app, json.dumps(json.loads(google.client_json()), indent=2))
            await sees(pilot, "Open this address")


async def test_a_browser_that_reaches_this_machine_needs_no_pasting(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            address = google.allow(link)
            port = urlsplit(address).port
            await sees(pilot, f"ssh -L {port}:127.0.0.1:{port}")
            stray = await asyncio.to_thread(status_of, f"http://127.0.0.1:{port}/favicon.ico")
            assert (stray, answers) == (404, [])
            assert await asyncio.to_thread(status_of, address) == 200
            await until(pilot, lambda: answers)
            await until(pilot, lambda: not listens(port))
    assert answers == ["billing@acme.example"]


async def test_a_refusal_in_the_browser_shows_on_the_screen_and_the_link_can_be_opened_again(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            assert await asyncio.to_thread(status_of, google.allow(link, deny=True)) == 400
            await until(pilot, lambda: "access was denied" in words(app))
            assert await asyncio.to_thread(status_of, google.allow(link)) == 200
            await until(pilot, lambda: answers)
    assert answers == ["billing@acme.example"]


async def test_google_refuses_device_codes_and_the_screen_says_so_in_a_line(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            await at_link(pilot, google)
            await sees(pilot, "Google does not allow device codes for sending email.")
            await sees(pilot, "Waiting for Google’s answer…")


async def test_a_device_code_connects_where_the_server_grants_one(shop: Shop) -> None:
    with google_for(shop, granting=True) as google:
        google.devices.interval = 0.05
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            await at_link(pilot, google)
            await sees(pilot, "to enter at")
            line = next(line for line in text_of(app).splitlines() if "Device code" in line)
            code = line.split()[2]
            form = urlencode({"user_code": code, "account": "marie@acme.example", "choice": "allow"}).encode()
            with await asyncio.to_thread(urlopen, f"{google.url}/device", form) as reply:
                assert reply.status == 200
            await until(pilot, lambda: answers)
    assert answers == ["marie@acme.example"]


def without(address: str, name: str) -> str:
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items() if key != name}
    return parts._replace(query=urlencode(query)).geturl()


async def test_each_wrong_answer_has_its_own_sentence_and_stays_in_the_field(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            good = google.allow(link)
            wrong = {
                "belongs to a different link": good.replace("state=", "state=x"),
                "the part with the code is missing": without(good, "code"),
                "access was denied": google.allow(link, deny=True),
                "was not selected": google.allow(link, scopes=()),
                "This is the link itself": link,
                "not the address that Google sends you back to": "https://mail.google.com/",
                "has no Gmail": google.allow(link, account="nomail@acme.example"),
            }
            for sentence, address in wrong.items():
                paste(app, address)
                await until(pilot, lambda sentence=sentence: sentence in words(app))  # type: ignore[misc]
                assert app.screen.query_one("#answer", PasteField).text == address
                assert (answers, shop.ws.connection()) == ([], None)
            used = google.allow(link, scopes=())
            for sentence in ("was not selected", "This address was already used"):
                paste(app, used)
                await until(pilot, lambda sentence=sentence: sentence in words(app))  # type: ignore[misc]
            paste(app, google.allow(link))
            await until(pilot, lambda: answers)
    assert answers == ["billing@acme.example"]


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("hello", "it is not JSON"),
        ("/nowhere/client.json", "Cannot read “/nowhere/client.json”: No such file or directory"),
        ('{"type": "service_account", "client_email": "x@y.example"}', "service account"),
        (json.dumps({"web": {"client_id": "1", "client_secret": "2"}}), "Web application"),
        (json.dumps({"installed": {"client_id": "1"}}), "is missing client_secret"),
        ("[1, 2]", "not a client file"),
    ],
)
async def test_each_wrong_client_file_has_its_own_sentence(shop: Shop, pasted: str, sentence: str) -> None:
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            await sees(pilot, "Paste the JSON")
            paste(app, pasted)
            await until(pilot, lambda: sentence in words(app))
            assert app.screen.query_one("#client", PasteField).text == pasted


async def test_a_client_that_google_does_not_know_can_be_replaced(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            await sees(pilot, "Paste the JSON")
            paste(app, google.client_json(Client(secret="GOCSPX-old")))
            await sees(pilot, "Open this address")
            paste(app, google.allow(app.screen.query_one(LinkView).link))
            await until(pilot, lambda: "does not know this OAuth client" in words(app))
            await pilot.press("ctrl+o")
            await sees(pilot, "Publish the app")
            link = await at_link(pilot, google)
            paste(app, google.allow(link))
            await until(pilot, lambda: answers)
    assert answers == ["billing@acme.example"]


async def test_reconnecting_asks_for_no_client_and_revokes_nothing(shop: Shop) -> None:
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            await until(pilot, lambda: "login_hint=billing%40acme.example" in "".join(text_of(app).split()))
    assert google.counts["revoke"] == 0


@pytest.mark.parametrize("answer", ["n", "y"])
async def test_another_address_than_the_one_connected_replaces_it_only_after_a_yes(shop: Shop, answer: str) -> None:
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            view = app.screen.query_one(LinkView)
            await until(pilot, lambda: view.link and view.link in "".join(text_of(app).split()))
            paste(app, google.allow(view.link, account="marie@acme.example"))
            await until(pilot, lambda: "Replace billing@acme.example?" in words(app))
            assert "sent from marie@acme.example" in words(app)
            await pilot.press("enter", answer)
            await until(pilot, lambda: answers)
    connection = shop.ws.connection()
    assert connection is not None
    expected = "marie@acme.example" if answer == "y" else "billing@acme.example"
    assert (connection.address, answers) == (expected, [expected if answer == "y" else None])
    kept = shop.ws.keys.vault.read().grant
    assert kept is not None
    assert kept["address"] == expected


async def test_cancelling_closes_the_socket_and_ends_the_threads(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop)
            link = await at_link(pilot, google)
            port = urlsplit(google.allow(link)).port
            assert listens(port)
            await pilot.press("escape")
            await until(pilot, lambda: answers)
            await until(pilot, lambda: not listens(port))
            await until(pilot, lambda: not [one for one in threading.enumerate() if one.name.startswith("loopback")])
    assert (answers, shop.ws.connection()) == ([None], None)


async def test_y_copies_the_link_whole(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            link = await at_link(pilot, google)
            await pilot.press("y")
            assert app.clipboard == link


async def test_the_qr_code_fills_the_window_or_says_how_much_it_needs(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop)
            await at_link(pilot, google)
            await pilot.press("t")
            await until(pilot, lambda: "enlarge the window" in words(app))
            assert "connect through your own computer" in words(app)
            await pilot.resize_terminal(100, 50)
            await until(pilot, lambda: text_of(app).count("█") > 200)
            await pilot.press("t")
            await until(pilot, lambda: isinstance(app.screen, ConnectScreen))


@pytest.fixture
def practising(shop: Shop) -> Iterator[Workspace]:
    """A workspace of the demo company, with its Google simulator running."""
    folder = shop.store.path.parent
    practice = Practice(folder / "practice")
    locations = Locations(folder / "data", folder / "log")
    try:
        yield open_workspace(open_company(shop.store.path), locations, practice.start(), practice=practice)
    finally:
        practice.stop()


async def test_in_the_practice_company_the_keyboard_alone_is_enough(practising: Workspace) -> None:
    app = FacturierApp(practising)
    answers: list[str | None] = []
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(ConnectScreen(practising), answers.append)
        await sees(pilot, "Paste the JSON")
        await pilot.press("enter")
        await until(pilot, lambda: "Allow as" in text_of(app) and "press F7 to allow access without a" in text_of(app))
        await pilot.press("f7", "end", "enter")  # Do not allow
        await until(pilot, lambda: "error=access_denied" in app.screen.query_one("#answer", PasteField).text)
        await pilot.press("enter")
        await until(pilot, lambda: "access was denied" in words(app))
        await pilot.press("f7", "down", "enter")
        await until(pilot, lambda: "code=" in app.screen.query_one("#answer", PasteField).text)
        await pilot.press("enter")
        await until(pilot, lambda: answers)
    assert answers == ["marie@acme.example"]


async def test_the_demo_key_is_in_the_bar_in_french_too(practising: Workspace) -> None:
    speak("fr")
    app = FacturierApp(practising)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            app.push_screen(ConnectScreen(practising))
            await sees(pilot, "client_secret.json")
            await pilot.press("enter")
            await until(pilot, lambda: "F7 Autoriser comme…" in text_of(app).splitlines()[-1])
    finally:
        speak("en")


def status_of(address: str) -> int:
    try:
        with urlopen(address, timeout=5) as reply:
            return int(reply.status)
    except HTTPError as error:
        error.close()
        return error.code


def listens(port: int | None) -> bool:
    assert port is not None
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
