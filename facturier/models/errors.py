"""Errors about the company file and about typed input.

    FacturierError
    ├── InputError            a field has an invalid value
    │   └── SeriesError       a pattern or a next number cannot be used
    ├── FileExists            a file that Facturier did not write would be overwritten
    └── StoreError            a problem with the company file
        ├── NotACompany       not a Facturier file, or no file at all
        ├── NewerCompany      written by a newer Facturier
        ├── ReadOnlyCompany   may be read but not written
        ├── LockedCompany     another program kept it locked too long
        ├── BrokenCompany     the database is damaged
        │   └── MessageNotKept  the company was imported, and its deliveries have no messages
        ├── ForeignSchema     another program changed the tables, triggers, views or indexes
        ├── DamagedRow        one row is invalid
        ├── NoRoom            the disk is full
        ├── NetworkFolder     on a network file system, where SQLite cannot lock
        ├── SecondName        a second name of a company file, such as a hard link
        ├── CompanyCopy       a copy of a company: nothing is sent from it
        ├── NoSuchInvoice     no invoice has this number or id
        ├── NoSuchItem        no item has this name
        ├── ChangedElsewhere  someone else saved a change first
        ├── NumberTaken       the number in the document has been given to another invoice
        ├── NumberReserved    a draft keeps a number, and deleting the draft would leave a gap
        ├── AlreadyOpen       the invoice has an unfinished delivery
        ├── AlreadyBounced    the bounce is already recorded
        └── LostClaim         another postman has taken over the delivery

`facturier.mail.errors` adds the errors about sending.
"""

from pathlib import Path


class FacturierError(Exception):
    """An error that is shown to the person.

    `happened`, `kept` and `todo` say what happened, what was kept and what to do next: sentences in the reader's
    language, without secrets.
    """

    def __init__(self, happened: str, *, kept: str = "", todo: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.kept = kept
        self.todo = todo

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.kept, self.todo) if part)


class InputError(FacturierError):
    """A field has an invalid value. `happened` is short enough to show under the field."""


class SeriesError(InputError):
    """The pattern or the next number of a series cannot be used.

    `kind` is one of `facturier.models.settings.series.KINDS`; `part` is `pattern` or `next`.
    """

    def __init__(self, happened: str, kind: str, part: str) -> None:
        super().__init__(happened)
        self.kind = kind
        self.part = part


class FileExists(FacturierError):
    """A file that Facturier did not write would be overwritten."""


class StoreError(FacturierError):
    """A problem with the company file.

    `backup` is the path of a good backup and the path where it belongs, or None.
    """

    backup: tuple[Path, Path] | None = None


class NotACompany(StoreError): ...


class NewerCompany(StoreError): ...


class ReadOnlyCompany(StoreError): ...


class LockedCompany(StoreError): ...


class BrokenCompany(StoreError): ...


class MessageNotKept(BrokenCompany): ...


class ForeignSchema(StoreError): ...


class DamagedRow(StoreError): ...


class NoRoom(StoreError): ...


class NetworkFolder(StoreError): ...


class SecondName(StoreError): ...


class CompanyCopy(StoreError): ...


class NoSuchInvoice(StoreError): ...


class NoSuchItem(StoreError): ...


class ChangedElsewhere(StoreError): ...


class NumberTaken(StoreError): ...


class NumberReserved(StoreError):
    """`number` is the reserved number."""

    number = ""


class AlreadyOpen(StoreError): ...


class AlreadySent(StoreError): ...  # a reminder, receipt or statement that may be sent only once


class Unwanted(StoreError): ...  # a reminder or receipt that must not be sent, for example because of a payment


class AlreadyBounced(StoreError): ...


class LostClaim(StoreError): ...
