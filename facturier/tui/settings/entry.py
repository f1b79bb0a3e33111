"""One thing that a person can set, and the sections that such things stand in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from facturier.models.company import Company


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting. `read` takes its text out of the company; `write` puts a typed text into it, raising InputError.

    `lines` above 1 makes it an area; `answers` a choice between its keys; `placeholder` shows while it is empty.
    `long` is for one line that is added to, such as a path; what is typed first replaces any other.
    `shown` says whether it means anything, given the company as it is typed so far.
    """

    id: str
    label: str
    read: Callable[[Company], str]
    write: Callable[[Company, str], Company]
    lines: int = 1
    answers: dict[str, str] = field(default_factory=dict)
    placeholder: str = ""
    long: bool = False
    shown: Callable[[Company], bool] = lambda _company: True


@dataclass(frozen=True, slots=True)
class Section:
    """What stands on one page of the settings, below a heading (`group`) of the list at the side. `about` is said in a
    line above its entries."""

    id: str
    group: str
    title: str
    entries: tuple[Entry, ...] = ()
    about: str = ""
