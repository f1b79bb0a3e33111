"""The sample books: every kind of invoice, made by the same code as real ones."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from facturier.mail.message import split_message
from facturier.mail.practice.books import DRAFTS, make_books
from facturier.mail.practice.messages import make_message
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import message_of
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
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
