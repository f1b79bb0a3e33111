"""The company's logo and colour."""

import os
import re
import stat

from facturier.mail.document.logo_svg import svg_problem
from facturier.mail.errors import DocumentError
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path

_PNG = b"\x89PNG\r\n\x1a\n"
# Every message contains the logo, so it must stay far below the size limits of mail servers.
_LARGEST = 2 * 1024 * 1024
# An image of one colour compresses to almost nothing, but takes four bytes per pixel when drawn.
_MOST_PIXELS = 20_000_000


def read_logo(path: str) -> tuple[str, bytes]:
    """Return the name `logo.png` or `logo.svg`, by content, and the bytes of the logo.

    Raises DocumentError if the logo cannot be used.
    """
    picture = _read(path)
    if picture.startswith(_PNG):
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))  # PNG, section 11.2.1
        if width * height > _MOST_PIXELS:
            raise _refused(path, _("it has more than 20 million pixels"))
        return "logo.png", picture
    if b"<svg" in picture[:4096]:
        if problem := svg_problem(picture):
            raise _refused(path, problem)
        return "logo.svg", picture
    raise _refused(path, _("it is neither PNG nor SVG"))


def _read(path: str) -> bytes:
    """Return the bytes of a regular file of at most 2 MB. A pipe could block, and a device may never end.

    Raises DocumentError.
    """
    try:
        descriptor = os.open(typed_path(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _refused(path, _("it is not a file"))
            picture = b""
            while len(picture) <= _LARGEST and (part := os.read(descriptor, _LARGEST)):
                picture += part
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # ValueError: not a valid file name
        raise _refused(path, getattr(error, "strerror", None) or _("it is not a file")) from error
    if len(picture) > _LARGEST:
        raise _refused(path, _("it is larger than 2 MB"))
    return picture


def _refused(path: str, why: str) -> DocumentError:
    return DocumentError(
        _("Cannot use the logo {path}: {why}.").format(path=path, why=why),
        todo=_("Choose a PNG or SVG file as the logo, or none."),
    )


DEFAULT = "#1b4d5c"
# WCAG 2.2, success criterion 1.4.3: a contrast of at least 4.5 to 1 between text and background.
_CONTRAST = 4.5


def company_colour(text: str) -> str:
    """Return the colour of headings on white paper as `#rrggbb`.

    The company's colour is darkened until it is readable. If the company has none, return the default colour.
    """
    typed = text.strip()
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", typed):
        return DEFAULT
    red, green, blue = (int(typed[at : at + 2], 16) for at in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < _CONTRAST:
        red, green, blue = (channel * 19 // 20 for channel in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(*channels: int) -> float:
    """Return the relative luminance of sRGB channels from 0 to 255, as 0 to 1 (WCAG 2.2)."""
    linear = (c / 12.92 if (c := channel / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for channel in channels)
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
