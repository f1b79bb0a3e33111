"""Keeps the address of an upload session secret: anyone who has it can send one message without a token.

It is encrypted with a key that only the company's members have, so that any of them can ask the session what became of
a message. Bound to the message: the address of one delivery is no good for another.
"""

import binascii
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_MARK = "session-1:"
_NONCE = 12  # bytes (RFC 8439, section 2.8)


@dataclass(frozen=True, slots=True)
class SessionCipher:
    """`key` is the vault's seal key, which changes when a member is removed."""

    key: str = field(repr=False)

    def encrypt(self, session: str, message: bytes) -> str:
        """What may be kept in the company file."""
        nonce = secrets.token_bytes(_NONCE)
        hidden = self._cipher().encrypt(nonce, session.encode(), _bound_to(message))
        return _MARK + b64encode(nonce + hidden).decode()

    def decrypt(self, kept: str, message: bytes) -> str:
        """The address of the session. One that an older Facturier has kept in clear is given as it is. Raises
        ValueError where it is damaged, for another message, or was made with another vault."""
        if is_clear(kept):
            return kept
        from cryptography.exceptions import InvalidTag

        try:
            found = b64decode(kept.removeprefix(_MARK), validate=True)
            return self._cipher().decrypt(found[:_NONCE], found[_NONCE:], _bound_to(message)).decode()
        except (binascii.Error, InvalidTag, ValueError):
            raise ValueError("not a session of ours") from None

    def _cipher(self) -> "ChaCha20Poly1305":
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        return ChaCha20Poly1305(hmac.digest(self.key.encode(), b"upload session", "sha256"))


def is_clear(kept: str) -> bool:
    """Whether it is an address as it is, kept by an older Facturier."""
    return kept.startswith(("https://", "http://"))


def _bound_to(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()
