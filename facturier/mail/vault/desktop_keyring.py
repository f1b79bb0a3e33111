"""The desktop's keyring, if a secure one answers in time. Plaintext and null keyrings are never used."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar, Protocol, TypeVar

_REAL = {
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
}
_SERVICE = "facturier"
_Answer = TypeVar("_Answer")


class Backend(Protocol):
    """The methods of `keyring.backend.KeyringBackend` that are used."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class Keyring:
    """Stores and finds secrets by name. A keyring that is missing, locked, or silent for `wait` seconds stores none.

    `backend` is the one to use; with None, the `keyring` library chooses. It must be one of the secure backends.
    """

    # The last request to each backend that was given up. While it is unanswered, a prompt may be open on the desktop,
    # and another request would open a second prompt and take as long.
    _standing: ClassVar[dict[Backend | None, threading.Thread]] = {}

    def __init__(self, backend: Backend | None = None, wait: float = 5.0) -> None:
        self._backend = backend
        self._wait = wait

    def keep(self, name: str, secret: str) -> bool:
        """Store a secret. Return whether it could be read back."""
        too_late = threading.Event()

        def keep() -> bool:
            if (backend := self._real()) is None:
                return False
            backend.set_password(_SERVICE, name, secret)
            if too_late.is_set():
                backend.delete_password(_SERVICE, name)
            return backend.get_password(_SERVICE, name) == secret

        kept = self._ask(keep)
        too_late.set()
        return kept or False

    def find(self, name: str) -> str | None:
        def find() -> str | None:
            backend = self._real()
            return backend.get_password(_SERVICE, name) if backend else None

        return self._ask(find)

    def forget(self, name: str) -> None:
        def forget() -> None:
            if backend := self._real():
                backend.delete_password(_SERVICE, name)

        self._ask(forget)

    def _real(self) -> Backend | None:
        backend: object = self._backend
        if backend is None:
            import keyring

            backend = keyring.get_keyring()
        # A chainer queries all installed backends, including plaintext ones, so use only the secure one in it.
        for candidate in getattr(backend, "backends", [backend]):
            if any(kind.__module__ in _REAL for kind in type(candidate).__mro__):
                found: Backend = candidate
                return found
        return None

    def _ask(self, question: Callable[[], _Answer]) -> _Answer | None:
        """Return the answer, or None if there is none in time: D-Bus may wait for a prompt that nobody sees."""
        asking = self._standing.get(self._backend)
        if asking is not None and asking.is_alive():
            return None
        answers: list[_Answer] = []

        def ask() -> None:
            with suppress(Exception):  # backends raise undocumented errors; each means that there is no answer
                answers.append(question())

        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(self._wait)
        if thread.is_alive():
            self._standing[self._backend] = thread
        return answers[0] if answers else None
