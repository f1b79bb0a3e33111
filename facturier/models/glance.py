"""What a list of companies shows of each, read without looking at the whole file."""

from dataclasses import dataclass
from pathlib import Path

from facturier.models.clean import clean
from facturier.models.connection import get_connection
from facturier.models.errors import StoreError
from facturier.models.settings import read_company
from facturier.models.store import open_company


@dataclass(frozen=True, slots=True)
class Glance:
    """A company by its file; `trouble` says why it cannot be opened, and the rest is empty then. `gmail` is its Gmail
    address, empty without one."""

    path: Path
    name: str = ""
    gmail: str = ""
    trouble: str = ""


def glance(path: Path) -> Glance:
    """Raises nothing."""
    try:
        store = open_company(path, check=False)
        with store.reading():
            connection = get_connection(store)
            return Glance(path, clean(read_company(store).name), connection.address if connection else "")
    except StoreError as error:
        return Glance(path, trouble=error.happened)
