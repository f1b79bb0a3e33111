"""The sample books: every kind of invoice, made by the same code as real ones."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from facturier.mail.message import split_message
from facturier.mail.practice.books import DRAFTS, make_books
from facturier.mail.practice.messages import make_message
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.items.items import all_items
from facturier.models.outbox.deliveries import message_of
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from facturier.models.text.i18n import speak
from tests.mail.samples import pdf_pages

# Enough invoices for one of every rare kind; the rare kinds are counted from the end.
FEW = 41
TODAY = date(2026, 11, 24)


def rows(store: Store) -> list[tuple[object, ...]]:
    return list(
        store.rows(
            "SELECT coalesce(i.number, i.reserved), i.date, i.standing, i.total, i.paid, d.state, d.not_before,"
            " d.changed"
            " FROM invoice i LEFT JOIN delivery d ON d.invoice_id = i.id ORDER BY i.id"
        )
    )


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[tuple[int, int]]]:
    """Return the books of one day, and the progress that was reported while they were created."""
    folder = tmp_path_factory.mktemp("books")
    heard: list[tuple[int, int]] = []
    make_books(folder / "a", folder, TODAY, invoices=FEW, told=lambda done, count: heard.append((done, count)))
    store = open_company(folder / "a")
    store.make_message = partial(make_message, store)  # like `open_workspace`
    return store, heard


def test_there_is_one_of_every_kind_and_each_message_is_complete(books: tuple[Store, list[tuple[int, int]]]) -> None:
    store, heard = books
    assert heard == [(done, FEW) for done in range(FEW + 1)]
    numbers = [row[0] for row in rows(store)]
    assert numbers == [*map(str, range(1001, 1001 + FEW)), *[None] * DRAFTS]
    states = {row[5] for row in rows(store)}
    assert states == {None, *(state.value for state in State)} - {State.CLAIMED, State.HANDING_OVER}
    for delivery_id, number in store.rows(
        "SELECT d.id, i.number FROM delivery d JOIN invoice i ON i.id = d.invoice_id"
        " WHERE d.state = 'sent' AND d.id % 7 = 0"
    ):
        message = message_of(store, delivery_id)
        assert message_of(store, delivery_id) == message  # created only once
        parts = split_message(message)
        assert number in parts.header("Subject")
        assert number in pdf_pages(parts.document)[0]


def test_the_same_day_gives_the_same_books(tmp_path: Path, books: tuple[Store, list[tuple[int, int]]]) -> None:
    make_books(tmp_path / "b", tmp_path, TODAY, invoices=FEW)
    assert rows(open_company(tmp_path / "b")) == rows(books[0])


def test_stopping_keeps_nothing_half_made(tmp_path: Path) -> None:
    def stop(done: int, _count: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_books(tmp_path / "a", tmp_path, TODAY, invoices=FEW, told=stop)
    assert rows(open_company(tmp_path / "a")) == []


def test_in_french_everything_that_the_books_say_is_french(tmp_path: Path) -> None:
    speak("fr")
    make_books(tmp_path / "fr", tmp_path, TODAY, invoices=6)
    store = open_company(tmp_path / "fr")
    assert read_company(store).language == "fr"
    assert {"Consultation", "Déplacement", "Rabais"} <= {item.name for item in all_items(store)}
    reasons = {alert.detail.get("reason") for alert in open_alerts(store)}
    assert "La boîte aux lettres n’existe pas." in reasons
    assert not any("The " in str(alert.detail) for alert in open_alerts(store))
    speak("en")  # someone else looks at a message
    store.make_message = partial(make_message, store)
    delivery_id, subject = store.rows("SELECT id, subject FROM delivery LIMIT 1")[0]
    assert str(subject).startswith("Facture ")
    assert split_message(message_of(store, delivery_id)).header("Subject") == subject
