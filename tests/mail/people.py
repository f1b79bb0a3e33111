"""In-memory replacements for a desktop's keyring and a company's vault, with optional faults."""

import threading
from collections.abc import Callable
from typing import cast

from keyring.backends import fail
from keyring.backends.SecretService import Keyring as SecretService

from facturier.mail.vault.desktop_keyring import Backend
from facturier.models.errors import ChangedElsewhere


class DesktopKeyring(SecretService):
    """A keyring of a real backend's class, without a desktop. `before` runs before every call."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.before = before

    def get_password(self, service: str, username: str) -> str | None:
        self.before()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.before()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.before()
        del self.kept[service, username]


def no_keyring() -> Backend:
    """Return a keyring that always fails, as on a server. It also protects the keyring of the user who runs the
    tests."""
    return cast(Backend, fail.Keyring())  # type: ignore[no-untyped-call]


class Blob:
    """Compare-and-swap storage for a vault. `race` runs once, just before the next write."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.version = 0
        self.race: Callable[[], object] | None = None
        self._lock = threading.Lock()

    def read(self) -> tuple[bytes, int]:
        with self._lock:
            return self.data, self.version

    def write(self, blob: bytes, version: int) -> None:
        race, self.race = self.race, None
        if race:
            race()
        with self._lock:
            if version != self.version:
                raise ChangedElsewhere("")
            self.data, self.version = blob, version + 1
