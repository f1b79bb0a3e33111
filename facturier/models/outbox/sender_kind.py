"""The ways out of the company."""

from enum import StrEnum


class SenderKind(StrEnum):
    """Through which sender a delivery goes: the connected Gmail address, or the default sender."""

    GMAIL = "gmail"
    DEFAULT = "default"
