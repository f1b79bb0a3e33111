"""Encrypt the address of an upload session: anyone who has the address can send one message without a token.

The key is known only to the company's members, so any of them can ask the session what happened to a message. The
encryption is bound to the message: the address from one delivery cannot be used in another.
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
    """The cipher for a key: the vault's seal key, which changes when a member is removed."""

    key: str = field(repr=False)

    def encrypt(self, session: str, message: bytes) -> str:
        """Return the encrypted address, which can be stored in the company file."""
        nonce = secrets.token_bytes(_NONCE)
        hidden = self._cipher().encrypt(nonce, session.encode(), _bound_to(message))
        return _MARK + b64encode(nonce + hidden).decode()

    def decrypt(self, kept: str, message: bytes) -> str:
        """Return the address of the session. An address that an earlier version stored unencrypted is returned as is.

        Raises ValueError if it is damaged, belongs to another message, or was encrypted with another vault's key.
        """
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
    """Return whether it is an unencrypted address, which an earlier version of Facturier stored."""
    return kept.startswith(("https://", "http://"))


def _bound_to(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()
