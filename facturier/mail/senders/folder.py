"""Send into a folder of .eml files.

`open` writes the message to a temporary file, and the hand-over is a single rename. So it is always possible to see
whether a message was sent, even after a crash.
"""

import errno
import hashlib
import os
import re
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

from facturier.mail.errors import AnswerLost, Refused, SenderRefused
from facturier.mail.senders.protocol import Receipt
from facturier.mail.senders.sender_type import DefaultType, SendContext
from facturier.models.outbox.delivery import Envelope
from facturier.models.outbox.delivery_mark import MARK_HEADER
from facturier.models.settings.company import DefaultSender
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import typed_path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_THE_MESSAGE = (errno.EEXIST, errno.ENAMETOOLONG)
_NOT_IN_NAMES = re.compile(r"[\W_]+")


class FolderSender:
    def __init__(self, address: str, folder: Path) -> None:
        self._address = address
        self._folder = folder

    @property
    def address(self) -> str:
        return self._address

    def open(self, envelope: Envelope, message: bytes) -> "FolderHandover":
        """Write the message to a temporary file and flush it. Raises Refused if the folder cannot be used."""
        try:
            path = self._free_path(message)
            there = path.exists()  # this message was already sent, before a crash
            file = None if there else _write_aside(_aside(path), message)
        except OSError as error:
            raise self._refused(error) from None
        return FolderHandover(self, path, there=there, file=file)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        """Look whether the file has its final name or is still the temporary file.

        Raises AnswerLost if there is neither: someone may have moved it.
        """
        path = self._folder / Path(session).name
        try:
            if session and path.exists() and path.read_bytes() == message:
                _aside(path).unlink(missing_ok=True)
                return Receipt(server_id=path.name)
            if session and (aside := _aside(path)).is_file() and aside.read_bytes() == message:
                return None
        except OSError as error:
            raise AnswerLost(_because(error, self._folder), reply=error.strerror or "") from None
        raise AnswerLost(
            _("The invoice’s file is not in {folder}.").format(folder=self._folder),
            todo=_(
                "If someone moved the file, the invoice was sent. Otherwise, it was not sent. Record the answer here."
            ),
        )

    def resume(self, session: str, message: bytes) -> "FolderHandover":
        """Return a hand-over that renames the temporary file."""
        return FolderHandover(self, self._folder / Path(session).name, there=False)

    def check(self) -> None:
        """Create and delete a temporary file. Raises Refused if that fails."""
        # one machine: no two processes that write to this folder have the same process ID.
        trial = self._folder / f".facturier-{os.getpid()}.part"
        try:
            _write_aside(trial, b"").close()
            trial.unlink()
        except OSError as error:
            raise self._refused(error) from None

    def put(self, path: Path) -> Receipt:
        """Rename the temporary file. Raises Refused (not sent), or AnswerLost if the disk did not confirm the
        rename."""
        try:
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            _aside(path).rename(path)
        except OSError as error:
            raise self._refused(error) from None
        try:
            _flush_folder(self._folder)
        except OSError as error:
            raise AnswerLost(_because(error, self._folder), reply=error.strerror or "") from None
        return Receipt(server_id=path.name)

    def _free_path(self, message: bytes) -> Path:
        """Return the path for a message: always the same for the same message, and never that of another file."""
        stem = file_stem(message)
        for count in range(1, 1000):
            path = self._folder / (f"{stem}.eml" if count == 1 else f"{stem}-{count}.eml")
            if not os.path.lexists(path) or (path.is_file() and path.read_bytes() == message):
                return path
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), stem)

    def _refused(self, error: OSError) -> Refused:
        kind = Refused if error.errno in _OF_THE_MESSAGE else SenderRefused
        return kind(
            _because(error, self._folder),
            reply=error.strerror or "",
            kept=_("Nothing was sent."),
            todo=_("Create the folder or make it writable, or choose another one in Settings."),
        )


class FolderType(DefaultType):
    """A folder of .eml files, as the company's default sender."""

    form = "folder"
    name = N_("a folder of .eml files")
    detail = N_("default sender (folder of .eml files)")
    look_for = N_("Look for “{number}” in {folder}.")
    can_query_status = True

    def place(self, settings: DefaultSender) -> str:
        return settings.folder

    def create(self, context: SendContext, address: str) -> FolderSender:
        return FolderSender(address, typed_path(context.company.sender.folder))


class FolderHandover:
    def __init__(self, sender: FolderSender, path: Path, *, there: bool, file: BinaryIO | None = None) -> None:
        self._sender = sender
        self._path = path
        self._there = there
        self._file = file

    @property
    def session(self) -> str:
        """The final name of the file."""
        return self._path.name

    def hand_over(self) -> Receipt:
        return Receipt(server_id=self._path.name) if self._there else self._sender.put(self._path)

    def close(self) -> None:
        """Delete the temporary file if it was not handed over, unless another postman has created its own since."""
        if self._file is None or self._file.closed:
            return
        with suppress(OSError), self._file:
            aside = _aside(self._path)
            if os.path.samestat(aside.stat(), os.fstat(self._file.fileno())):
                aside.unlink()


def file_stem(message: bytes) -> str:
    """Return a file name that people can find and that a retry finds again.

    An example is `2026-11-24-invoice-1042-from-acme-1f2e3d4c`: Date, Subject, and a digest of the delivery's mark.
    Messages of version 0.1.0 have no mark; the digest is then that of the Message-ID.
    """
    headers = message_from_bytes(message.partition(b"\r\n\r\n")[0], policy=default)
    try:
        day = parsedate_to_datetime(str(headers["Date"])).date().isoformat()
    except ValueError:
        day = ""
    subject = _NOT_IN_NAMES.sub("-", clean(str(headers["Subject"] or "")).lower())[:60]
    known = headers[MARK_HEADER] or headers["Message-ID"]
    identity = str(known).encode() if known else message
    digest = hashlib.sha256(identity).hexdigest()[:8]
    return "-".join(part for part in (day, subject.strip("-"), digest) if part)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _write_aside(path: Path, message: bytes) -> BinaryIO:
    """Write and flush the temporary file. It stays open, to be told apart from a later file of the same name."""
    path.unlink(missing_ok=True)
    # Others must not read invoices. The umask may also restrict the group.
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660), "wb", buffering=0)
    try:
        rest = memoryview(message)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.close()
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return file


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _because(error: OSError, folder: Path) -> str:
    if error.errno in _FULL:
        return _("The disk that holds {folder} is full.").format(folder=folder)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return _("The folder {folder} does not exist.").format(folder=folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _("You cannot write to the folder {folder}.").format(folder=folder)
    return _("Cannot use the folder {folder}: {reason}.").format(folder=folder, reason=error.strerror or "?")
