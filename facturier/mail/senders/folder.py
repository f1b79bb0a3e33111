"""Out into a folder of .eml files. The message is written aside by `open`; handing over is one rename, so whether it
left can be seen at any time, after a crash as well."""

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
        """Write the message aside and flush it. Raises Refused where the folder will not have it."""
        try:
            path = self._free_path(message)
            there = path.exists()  # from before a crash: this message has left already
            file = None if there else _write_aside(_aside(path), message)
        except OSError as error:
            raise self._refused(error) from None
        return FolderHandover(self, path, there=there, file=file)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        """Look. Raises AnswerLost when the file is neither there nor aside: someone may have taken it away."""
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
        """Rename what was written aside."""
        return FolderHandover(self, self._folder / Path(session).name, there=False)

    def check(self) -> None:
        """Write a file aside and take it away again. Raises Refused where that cannot be done."""
        # one machine: no two processes that write to this folder have the same process ID.
        trial = self._folder / f".facturier-{os.getpid()}.part"
        try:
            _write_aside(trial, b"").close()
            trial.unlink()
        except OSError as error:
            raise self._refused(error) from None

    def put(self, path: Path) -> Receipt:
        """The one step that is left. Raises Refused (nothing left), or AnswerLost where the disk did not confirm it."""
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
        """Where this message goes: always the same for the same message, never where another file is."""
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
            todo=_("Fix the folder, or choose another one."),
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
        """The name that the file will have."""
        return self._path.name

    def hand_over(self) -> Receipt:
        return Receipt(server_id=self._path.name) if self._there else self._sender.put(self._path)

    def close(self) -> None:
        """Take away what was written aside and not handed over, unless another postman has put its own there since."""
        if self._file is None or self._file.closed:
            return
        with suppress(OSError), self._file:
            aside = _aside(self._path)
            if os.path.samestat(aside.stat(), os.fstat(self._file.fileno())):
                aside.unlink()


def file_stem(message: bytes) -> str:
    """A name that a person finds and a retry finds again: `2026-11-24-invoice-1042-from-acme-1f2e3d4c`, from Date,
    Subject and a digest of the delivery's mark, or of Message-ID where version 0.1.0 made the message."""
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
    """Write and flush. The file stays open, so that it can be told apart from a later file of the same name."""
    path.unlink(missing_ok=True)
    # Invoices are nobody else's: the umask may take from the group, others get nothing.
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
