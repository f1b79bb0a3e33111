"""Sizes of files and messages, for the reader."""

from facturier.models.language import _


def size_text(size: int) -> str:
    """Bytes as whole thousands, one at least: `27 KB`."""
    return _("{size} KB").format(size=max(round(size / 1000), 1))
