"""The mark that a message carries in a header of its own, so that a bounce can be traced to its delivery.

Gmail's API replaces the Message-ID, but keeps headers that it does not know, and bounces return them with the original.
A mark names the invoice, so that its delivery is found without an index, and adds 128 random bits, which are compared
with the frozen message.
"""

import re
import secrets

MARK_HEADER = "X-Facturier-Delivery"
_MARK = re.compile(rf"{MARK_HEADER}:\s{{0,20}}([0-9]{{1,18}}\.[0-9a-f]{{32}})(?![0-9a-f])", re.IGNORECASE)
_HEAD = 65_536  # bytes; a longer head is not ours


def new_mark(invoice_id: int | None) -> str:
    """A mark for one message about an invoice."""
    return f"{invoice_id or 0}.{secrets.token_hex(16)}"


def marks_in(text: str) -> tuple[str, ...]:
    """Every mark in a text, without doubles."""
    return tuple(dict.fromkeys(_MARK.findall(text)))


def invoice_of(mark: str) -> int:
    return int(mark.partition(".")[0])


def header_of(message: bytes, name: str) -> str:
    """The value of a top header of a frozen message; empty where there is none. For headers that are not folded."""
    head = re.split(rb"\r?\n\r?\n", message[:_HEAD], maxsplit=1)[0]
    found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*)", head)
    return found[1].decode("ascii", "replace").strip() if found else ""
