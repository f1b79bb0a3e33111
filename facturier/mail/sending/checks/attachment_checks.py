"""Problems with the files that are sent with an invoice."""

from collections.abc import Sequence
from pathlib import PurePath

from facturier.mail.sending.checks.checks import Finding
from facturier.models.books.attachments import LARGEST_MESSAGE, Attachment, encoded_size
from facturier.models.text.file_names import file_name
from facturier.models.text.i18n import _

# Gmail Help, "File types blocked in Gmail" (https://support.google.com/mail/answer/6590). Gmail refuses the whole
# message, whether it sends or receives it. It also looks into archives, which is not checked here.
_BLOCKED = """
.ade .adp .apk .appx .appxbundle .bat .cab .chm .cmd .com .cpl .diagcab .diagcfg .diagpkg .dll .dmg .ex .ex_
.exe .hta .img .ins .iso .isp .jar .jnlp .js .jse .lib .lnk .mde .mjs .msc .msi .msix .msixbundle .msp .mst .nsh
.pif .ps1 .scr .sct .shb .sys .vb .vbe .vbs .vhd .vxd .wsc .wsf .wsh .xll
"""
_BLOCKED_ENDINGS = frozenset(_BLOCKED.split())


def file_findings(files: Sequence[Attachment], *, by_gmail: bool) -> list[Finding]:
    """Return an error for each file of a type that Gmail blocks. If Gmail does not send the message, it is a warning,
    because not all customers have Gmail."""
    words = _("Gmail blocks files such as “{name}”. Remove it, or send a link to it.")
    return [
        Finding("error" if by_gmail else "warning", "document", words.format(name=one.name))
        for one in files
        if PurePath(file_name(one.name)).suffix.casefold() in _BLOCKED_ENDINGS
    ]


def too_large(files: Sequence[Attachment]) -> bool:
    """Return whether the files alone are larger than a message may be, so that there is no use in reading them."""
    return sum(encoded_size(one.size) for one in files) > LARGEST_MESSAGE


def size_finding(size: int, files: Sequence[Attachment]) -> Finding | None:
    """Return an error if a message of `size` bytes, with these files in it, is too large."""
    if size <= LARGEST_MESSAGE:
        return None
    if files:
        words = _("The message is {size} MB with its files; Gmail accepts at most 25 MB. Remove a file, or link to it.")
    else:
        words = _("The message is {size} MB; Gmail accepts at most 25 MB. A smaller logo may help.")
    return Finding("error", "document", words.format(size=-(-size // 1_000_000)))
