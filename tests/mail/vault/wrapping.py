"""A passphrase-protected key in age's format (age-encryption.org/v1), with a low work factor for fast tests."""

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from facturier.mail.vault.identity import Identity, KeyStorage, write_key

_WORK = 4  # the base-2 logarithm of the work factor


def wrap_quickly(identity: Identity, passphrase: str) -> Identity:
    """Protect an identity's file with a passphrase."""
    Path(identity.path).write_bytes(encrypt_quickly(write_key(identity.key), passphrase))
    return Identity(identity.recipient, KeyStorage.WRAPPED, identity.path, identity.key)


def encrypt_quickly(plain: bytes, passphrase: str) -> bytes:
    """Encrypt like `pyrage.passphrase.encrypt`, which takes seconds because of its work factor."""
    salt, file_key, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    from_passphrase = hashlib.scrypt(
        passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=2**_WORK, r=8, p=1, dklen=32
    )
    body = ChaCha20Poly1305(from_passphrase).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt " + _text(salt) + b" %d\n" % _WORK + _text(body) + b"\n---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    last = bytes(11) + b"\x01"
    sealed = payload.encrypt(last, plain, None)
    return header + b" " + _text(mac) + b"\n" + nonce + sealed


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
