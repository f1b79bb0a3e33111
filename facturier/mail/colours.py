"""The company's colour, dark enough to be read."""

import re

DEFAULT = "#1b4d5c"
# WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1 between text and its ground.
_CONTRAST = 4.5


def company_colour(text: str) -> str:
    """`#rrggbb` for headings on white paper: the company's own, darkened until it can be read, or ours if it has
    none."""
    typed = text.strip()
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", typed):
        return DEFAULT
    red, green, blue = (int(typed[at : at + 2], 16) for at in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < _CONTRAST:
        red, green, blue = (channel * 19 // 20 for channel in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(*channels: int) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = (c / 12.92 if (c := channel / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for channel in channels)
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
