"""What can go wrong with a company file and with what is typed.

    FacturierError
    ├── InputError            a field cannot be what was typed
    ├── FileExists            a file that this program did not write would be replaced
    └── StoreError            the company file
        ├── NotACompany       not a Facturier file, or none there
        ├── NewerCompany      written by a newer Facturier
        ├── ReadOnlyCompany   may be read, not written
        ├── LockedCompany     another program held it too long
        ├── BrokenCompany     SQLite's own check failed
        ├── ForeignSchema     another program changed the tables, triggers, views or indexes
        ├── DamagedRow        one row makes no sense
        ├── NoRoom            the disk is full
        ├── NetworkFolder     on a network file system, where SQLite cannot lock
        ├── SecondName        a second name of a company file, such as a hard link
        ├── CompanyCopy       a copy of a company: nothing is sent from it
        ├── NoSuchInvoice     nothing under that number or id
        ├── ChangedElsewhere  someone else saved it first
        ├── NumberTaken       the number that was rendered has been given meanwhile
        ├── AlreadyOpen       the invoice has an unfinished delivery
        ├── AlreadyBounced    what a bounce tells is recorded already
        └── LostClaim         another postman has taken the delivery over

`facturier.mail.errors` continues the tree with what can go wrong on the way out.
"""

from pathlib import Path


class FacturierError(Exception):
    """What happened, what was kept and what to do next: sentences in the reader's language, without secrets."""

    def __init__(self, happened: str, *, kept: str = "", todo: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.kept = kept
        self.todo = todo

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.kept, self.todo) if part)


class InputError(FacturierError):
    """A field cannot be what was typed. `happened` is short enough to stand under the field."""


class FileExists(FacturierError):
    """A file that this program did not write would be replaced."""


class StoreError(FacturierError):
    """Trouble with the company file. `backup` is a sound copy of it and the path where it belongs, if there is one."""

    backup: tuple[Path, Path] | None = None


class NotACompany(StoreError): ...


class NewerCompany(StoreError): ...


class ReadOnlyCompany(StoreError): ...


class LockedCompany(StoreError): ...


class BrokenCompany(StoreError): ...


class ForeignSchema(StoreError): ...


class DamagedRow(StoreError): ...


class NoRoom(StoreError): ...


class NetworkFolder(StoreError): ...


class SecondName(StoreError): ...


class CompanyCopy(StoreError): ...


class NoSuchInvoice(StoreError): ...


class ChangedElsewhere(StoreError): ...


class NumberTaken(StoreError): ...


class AlreadyOpen(StoreError): ...


class AlreadyBounced(StoreError): ...


class LostClaim(StoreError): ...
