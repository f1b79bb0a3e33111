"""Draw a page of the document with half blocks, for any terminal.

Each character cell shows two pixels: `▀` in the colour of the upper pixel, on a background in the colour of the lower
one. Identical neighbouring cells form runs. The number of shades is reduced until the page is small enough to send to a
terminal over SSH without stutter. The PNG is decoded here: Typst always writes 8-bit RGBA without interlacing, so a
picture library is not worth installing.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby

Colour = tuple[int, int, int]
BUDGET = 10_000
# Shades per channel, tried from fine to coarse.
_SHADES = (32, 16, 12, 8, 6, 4, 3, 2)
_INK = 2.2
_GREY = 48
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Run:
    """Identical neighbouring cells: spaces or upper half blocks in `fg` on `bg`."""

    text: str
    fg: Colour
    bg: Colour


def page_picture(png: bytes, *, budget: int = BUDGET) -> list[list[Run]]:
    """Return the rows of runs for a page made by `make_pages`: one pixel per column, two per row.

    The result takes at most `budget` bytes as `as_ansi` text, unless even two shades per channel take more. Raises
    ValueError if the PNG is not 8-bit RGBA without interlacing.
    """
    pixels = _decoded(png)
    for shades in _SHADES:
        rows = _rows(pixels, shades)
        if len(as_ansi(rows).encode()) <= budget:
            break
    return rows


def as_ansi(rows: list[list[Run]]) -> str:
    """Return the picture as text with true-colour escape sequences, which are written only where a colour changes."""
    lines = []
    for row in rows:
        line, fg, bg = "", None, None
        for run in row:
            codes = []
            if run.text[0] != " " and run.fg != fg:
                codes.append("38;2;{};{};{}".format(*run.fg))
                fg = run.fg
            if run.bg != bg:
                codes.append("48;2;{};{};{}".format(*run.bg))
                bg = run.bg
            line += (f"\x1b[{';'.join(codes)}m" if codes else "") + run.text
        lines.append(line + "\x1b[m")
    return "\n".join(lines)


def _rows(pixels: list[list[Colour]], shades: int) -> list[list[Run]]:
    plain = _steps(shades, 1.0)
    inked = _steps(shades, _INK)
    # A page has few colours, so convert each only once.
    coarse = {pixel: _coarse(pixel, plain, inked) for pixel in set().union(*pixels)}
    lines = [[coarse[pixel] for pixel in line] for line in pixels]
    if len(lines) % 2:
        lines.append(lines[-1])
    return [_runs(upper, lower) for upper, lower in zip(lines[::2], lines[1::2], strict=True)]


def _steps(shades: int, gamma: float) -> list[int]:
    """Return each of the 256 channel levels rounded to one of `shades` shades. A higher gamma makes it darker."""
    top = shades - 1
    return [round(round(math.pow(level / 255, gamma) * top) * 255 / top) for level in range(256)]


def _coarse(pixel: Colour, plain: list[int], inked: list[int]) -> Colour:
    """Round a colour. Near greys become grey, because rounding each channel separately would add colours to the page.

    Greys are also darkened, because text at this size is mostly paper.
    """
    if max(pixel) - min(pixel) < _GREY:
        return (inked[sum(pixel) // 3],) * 3
    red, green, blue = pixel
    return plain[red], plain[green], plain[blue]


def _runs(upper: list[Colour], lower: list[Colour]) -> list[Run]:
    runs = []
    for (top, bottom), cells in groupby(zip(upper, lower, strict=True)):
        runs.append(Run((" " if top == bottom else "▀") * len(list(cells)), top, bottom))
    return runs


def _decoded(png: bytes) -> list[list[Colour]]:
    """Return lines of pixels on white paper (PNG third edition, sections 9 and 11)."""
    data, width, height = b"", 0, 0
    for kind, body in _chunks(png):
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            if (depth, colour, interlaced) != (8, 6, 0):
                raise ValueError("not an 8-bit RGBA picture without interlacing")
        elif kind == b"IDAT":
            data += body
    raw = zlib.decompress(data)
    stride = 4 * width
    lines, above = [], bytes(stride)
    for start in range(0, height * (stride + 1), stride + 1):
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above)
        red, green, blue, alpha = (above[channel::4] for channel in range(4))
        if alpha.count(255) == width:
            lines.append(list(zip(red, green, blue, strict=True)))
        else:
            lines.append([_on_white(*pixel) for pixel in zip(red, green, blue, alpha, strict=True)])
    return lines


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Return one line of samples without its filter (PNG, section 9.2).

    The filters are none, sub, up, average and Paeth. A pixel has 4 bytes.
    """
    if kind == 0:
        return line
    out = bytearray(line)
    if kind == 1:
        for channel in range(4):
            out[channel::4] = bytes(total & 0xFF for total in accumulate(line[channel::4]))
        return bytes(out)
    if kind == 2:
        return bytes((sample + up) & 0xFF for sample, up in zip(line, above, strict=True))
    for at, up in enumerate(above):
        left, corner = (out[at - 4], above[at - 4]) if at >= 4 else (0, 0)
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        out[at] = (out[at] + guess) & 0xFF
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    by_left, by_up, by_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _on_white(red: int, green: int, blue: int, alpha: int) -> Colour:
    if alpha == 255:
        return red, green, blue
    paper = 255 - alpha
    return (red * alpha // 255 + paper, green * alpha // 255 + paper, blue * alpha // 255 + paper)
