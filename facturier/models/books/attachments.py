"""Files that are sent with an invoice, after its PDF.

They belong to the email and not to the numbered document, so an issued invoice can get other ones for a further send.
What was sent is in the frozen message of each delivery.
"""

import mimetypes
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from peewee import fn

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import OPEN, BookStatus
from facturier.models.errors import AlreadyOpen, FacturierError, InputError, StoreError
from facturier.models.store import tables
from facturier.models.store.files import refuse_kept
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.file_names import file_name, free_name
from facturier.models.text.i18n import _
from facturier.models.text.paths import read_small, resolved

# Google Workspace, "Gmail sending limits": 25 MB for a message as it is encoded on the wire.
LARGEST_MESSAGE = 25 * 1000 * 1000
UNKNOWN_TYPE = "application/octet-stream"
_MB = 1000 * 1000

_attachment, _invoice = tables.Attachment, tables.Invoice


def encoded_size(size: int) -> int:
    """Return how many bytes a file of `size` bytes has in a message: base64 makes 57 bytes a line of 78 (RFC 2045)."""
    return -(-size // 57) * 78


# The largest file that a message has room for, in bytes.
LARGEST_FILE = LARGEST_MESSAGE // 78 * 57


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent with an invoice. `type` is as in Content-Type, `size` in bytes."""

    id: int
    name: str
    type: str
    size: int


_of_invoice = Prepared(
    lambda: (
        _attachment.select(
            _attachment.id, _attachment.name, _attachment.type, fn.LENGTH(_attachment.bytes).coerce(False)
        )
        .where(_attachment.invoice_id == slot(_attachment.invoice_id))
        .order_by(_attachment.id)
    )
)
_content = Prepared(
    lambda: _attachment.select(_attachment.id, _attachment.bytes).where(_attachment.id == slot(_attachment.id))
)


def attachments_of(store: Store, invoice_id: int) -> tuple[Attachment, ...]:
    """Return the files of an invoice without their content, in the order in which they were added.

    Raises DamagedRow: with one left out, the email would lack a file.
    """
    return tuple(Attachment(*row) for row in store.whole(_of_invoice(invoice_id=invoice_id)))


def content_of(store: Store, attachment: Attachment) -> bytes:
    """Return the bytes of a file. Raises StoreError if it was removed, DamagedRow."""
    row = store.first(_content(id=attachment.id))
    if row is None:
        raise _removed(attachment.name)
    content: bytes = row[1]
    return content


def attach_file(store: Store, invoice_id: int, path: Path, *, private: Path) -> Attachment:
    """Add the file at `path` to an invoice. `private` is the folder where Facturier keeps its own data.

    A name that the invoice has already gets a number. Raises InputError if the file cannot be read, is too large for
    any message or belongs to Facturier, and StoreError if the invoice cannot get files now.
    """
    content = _read(store, path, private)
    kind = _type_of(path)
    with store.writing():
        _check_open(get_invoice(store, invoice_id))
        taken = {one.name.casefold() for one in attachments_of(store, invoice_id)}
        name = free_name(file_name(path.name) or _("file"), taken)
        new = store.run(_attachment.insert(invoice_id=invoice_id, name=name, type=kind, bytes=content))
        _note(store, invoice_id, "attached", name)
        return Attachment(new, name, kind, len(content))


def remove_attachment(store: Store, invoice_id: int, attachment: Attachment) -> None:
    """Remove a file from an invoice. Messages that contain it keep it.

    Raises StoreError if it was removed already, or if the invoice cannot be changed now.
    """
    with store.writing():
        _check_open(get_invoice(store, invoice_id))
        # SQLite may use an id again, so the name is compared too.
        this = (_attachment.id == attachment.id) & (_attachment.name == attachment.name)
        if not store.run(_attachment.delete().where(this, _attachment.invoice_id == invoice_id)):
            raise _removed(attachment.name)
        _note(store, invoice_id, "detached", attachment.name)


def find_attachment(attachments: Sequence[Attachment], name: str) -> Attachment:
    """Return the file with this name. Raises InputError if there is none."""
    for one in attachments:
        if one.name.casefold() == name.casefold():
            return one
    raise InputError(_("The invoice has no file “{name}”.").format(name=name))


def _note(store: Store, invoice_id: int, kind: str, name: str) -> None:
    """Write the journal, and increase the version: a message that was prepared before must not be queued now."""
    changed = _invoice.update(version=_invoice.version + 1)
    store.run(changed.where(_invoice.id == invoice_id))
    write_journal(store, kind, invoice_id, file=name)


def _check_open(invoice: Invoice) -> None:
    if invoice.book_status is BookStatus.VOID:
        raise StoreError(
            _("{document} is void.").format(document=invoice.called_first),
            kept=_("Its files were not changed."),
        )
    if invoice.delivery in OPEN:  # its message is frozen, and a file added now would not be in it
        raise AlreadyOpen(
            _("{document} is already in the outbox.").format(document=invoice.called_first),
            kept=_("Its files were not changed."),
            todo=_("Wait until it has been sent, or undo the send first."),
        )


def _read(store: Store, path: Path, private: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(_("“{name}” is not a file.").format(name=path))
        if found.st_size > LARGEST_FILE:
            raise InputError(
                _("“{name}” is too large: {most} MB at most.").format(name=path, most=LARGEST_FILE // _MB),
                todo=_("Send a link to it instead."),
            )
        _refuse_own(store, path, private)
        return read_small(path, LARGEST_FILE)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(_("Cannot read “{name}”: {reason}.").format(name=path, reason=reason)) from error


def _refuse_own(store: Store, path: Path, private: Path) -> None:
    """A company file and the keys of a person must not leave by email."""
    try:
        refuse_kept(resolved(path), store.path, private)
    except FacturierError:
        raise InputError(
            _("“{name}” belongs to Facturier and may contain keys.").format(name=path),
            kept=_("It was not attached."),
        ) from None


def _type_of(path: Path) -> str:
    """Return the type by the name's ending. A message in a message must not be in base64 (RFC 2046, 5.2.1), so it is
    sent as a file."""
    # Without the files of this machine, so that the type is the same everywhere.
    kind, encoding = mimetypes.MimeTypes().guess_type(path.name)
    if kind is None or encoding is not None or kind.startswith(("message/", "multipart/")):
        return UNKNOWN_TYPE
    return kind


def _removed(name: str) -> StoreError:
    return StoreError(
        _("The file “{name}” was removed in the meantime.").format(name=name), kept=_("Nothing was changed.")
    )
