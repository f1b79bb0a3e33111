"""A request at the stand-in, taken apart."""

from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """`target` is the path with its query, as it came."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; of one given twice, the first."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @cached_property
    def lists(self) -> dict[str, list[str]]:
        """The form's fields, with every value of each (check boxes)."""
        return parse_qs(self.body.decode("utf-8", "replace"))

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.lists.items()}

    @property
    def bearer(self) -> str:
        """The access token, empty where there is none (RFC 6750, section 2.1)."""
        kind, _, token = str(self.headers.get("Authorization", "")).partition(" ")
        return token if kind.lower() == "bearer" else ""
