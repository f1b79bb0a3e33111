"""The mark in a header of each message, by which a bounce is traced to its delivery.

Gmail's API replaces the Message-ID but keeps headers that it does not know, and bounces return them with the original
message. A mark contains the id of the invoice, so that its delivery is found without an index, and 128 random bits,
which are compared with the frozen message.
"""

import re
import secrets

MARK_HEADER = "X-Facturier-Delivery"
_MARK = re.compile(rf"{MARK_HEADER}:\s{{0,20}}([0-9]{{1,18}}\.[0-9a-f]{{32}})(?![0-9a-f])", re.IGNORECASE)
_HEAD = 65_536  # bytes; a longer head is not ours


def new_mark(invoice_id: int | None) -> str:
    """Return a mark for one message about an invoice."""
    return f"{invoice_id or 0}.{secrets.token_hex(16)}"


def marks_in(text: str) -> tuple[str, ...]:
    """Return every mark in a text, without duplicates."""
    return tuple(dict.fromkeys(_MARK.findall(text)))


def invoice_of(mark: str) -> int:
    return int(mark.partition(".")[0])


def header_of(message: bytes, name: str) -> str:
    """Return a header from the head of a frozen message, or an empty text if there is none.

    Works for headers with a value on one line.
    """
    head = re.split(rb"\r?\n\r?\n", message[:_HEAD], maxsplit=1)[0]
    found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*)", head)
    return found[1].decode("ascii", "replace").strip() if found else ""
