"""Files that are sent with an invoice: what can be attached, when, and what changes with them."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.attachments import (
    LARGEST_FILE,
    Attachment,
    attach_file,
    attachments_of,
    content_of,
    find_attachment,
    remove_attachment,
)
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.drafts.drafts import copy_invoice
from facturier.models.errors import AlreadyOpen, ChangedElsewhere, InputError, StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.outbox.delivery import Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.payments.voiding import void_invoice
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import MESSAGE, NOON, TODAY, a_draft, a_store, in_state


def a_file(folder: Path, name: str = "timesheet.pdf", content: bytes = b"%PDF-1.7") -> Path:
    path = folder / "files" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def attach(store: Store, invoice_id: int, path: Path) -> Attachment:
    return attach_file(store, invoice_id, path, private=store.path.parent / "private")


def test_files_are_listed_read_found_and_removed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id
    first = attach(store, draft.id, a_file(tmp_path))
    again = attach(store, draft.id, a_file(tmp_path, "Timesheet.PDF", b"other"))
    data = attach(store, draft.id, a_file(tmp_path, "hours.tar.gz", b""))
    mail = attach(store, draft.id, a_file(tmp_path, 'a\\b:"c".eml'))
    found = attachments_of(store, draft.id)
    assert found == (first, again, data, mail)
    assert [(one.name, one.type, one.size) for one in found] == [
        ("timesheet.pdf", "application/pdf", 8),
        ("Timesheet (2).PDF", "application/pdf", 5),
        ("hours.tar.gz", "application/octet-stream", 0),
        ("a-b-c-.eml", "application/octet-stream", 8),
    ]
    assert content_of(store, again) == b"other"
    assert find_attachment(found, "TIMESHEET.pdf") == first
    with pytest.raises(InputError, match=r"no file “x\.pdf”"):
        find_attachment(found, "x.pdf")
    remove_attachment(store, draft.id, first)
    assert attachments_of(store, draft.id) == (again, data, mail)
    with pytest.raises(StoreError, match="removed in the meantime"):
        remove_attachment(store, draft.id, first)
    with pytest.raises(StoreError, match="removed in the meantime"):
        content_of(store, first)
    kinds = [(entry.kind, entry.detail.get("file")) for entry in read_journal(store, draft.id)]
    assert kinds[1:3] == [("attached", "timesheet.pdf"), ("attached", "Timesheet (2).PDF")]
    assert kinds[-1] == ("detached", "timesheet.pdf")


def test_what_cannot_be_attached(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id
    (tmp_path / "private").mkdir()
    (tmp_path / "private/key").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "private/key")
    os.mkfifo(tmp_path / "pipe")
    large = a_file(tmp_path, "large.bin")
    os.truncate(large, LARGEST_FILE + 1)
    for path, words in (
        (tmp_path / "missing.pdf", "No such file"),
        (tmp_path, "is not a file"),
        (tmp_path / "pipe", "is not a file"),
        (tmp_path / "a\0b", "Cannot read"),
        (large, "too large: 18 MB"),
        (store.path, "may contain keys"),
        (tmp_path / "link", "may contain keys"),
    ):
        with pytest.raises(InputError, match=words):
            attach_file(store, draft.id, path, private=tmp_path / "private")
    assert attachments_of(store, draft.id) == ()
    assert get_invoice(store, draft.id).version == draft.version


def test_a_message_that_was_prepared_before_a_change_of_the_files_is_not_queued(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = get_invoice(store, a_draft(store).id or 0)
    assert draft.id
    envelope = Envelope("hello@acme.example", ("a@x.example",))
    file = attach(store, draft.id, a_file(tmp_path))
    with pytest.raises(ChangedElsewhere):
        queue_delivery(store, draft, "1001", SenderKind.DEFAULT, envelope, "x", MESSAGE, NOON)
    seen = get_invoice(store, draft.id)
    assert seen == replace(draft, version=draft.version + 1)
    remove_attachment(store, draft.id, file)
    with pytest.raises(ChangedElsewhere):
        queue_delivery(store, seen, "1001", SenderKind.DEFAULT, envelope, "x", MESSAGE, NOON)


def test_an_issued_invoice_gets_files_but_not_in_the_outbox_or_when_void(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    path = a_file(tmp_path)
    sent = in_state(store, State.SENT)[0]
    attach(store, sent.invoice_id, path)
    assert len(attachments_of(store, sent.invoice_id)) == 1
    failed = in_state(store, State.FAILED)[0]
    attach(store, failed.invoice_id, path)
    void_invoice(store, failed.invoice_id, "Mistake")
    with pytest.raises(StoreError, match="is void"):
        remove_attachment(store, failed.invoice_id, attachments_of(store, failed.invoice_id)[0])
    queued = in_state(store, State.QUEUED)[0]
    with pytest.raises(AlreadyOpen, match="already in the outbox"):
        attach(store, queued.invoice_id, path)


def test_a_copy_does_not_get_the_files_and_a_deleted_draft_takes_them_along(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id
    attach(store, draft.id, a_file(tmp_path))
    copy = copy_invoice(store, draft.id, TODAY)
    assert attachments_of(store, copy.id or 0) == ()
    delete_draft(store, draft.id)
    assert store.all(tables.Attachment.select(tables.Attachment.id)) == []
