"""Images in terminals that support kitty's graphics protocol, placed in ordinary cells.

The image is sent once, with a number. Cells that contain U+10EEEE in the colour of that number then show its parts: two
combining marks on each cell give the row and column within the image. So the program can scroll, clip and cover the
image like text. (These are the protocol's "Unicode placeholders", which kitty supports since 0.28, and Ghostty.)

Terminals are recognized by their name only, because the answer to a query would arrive among the user's keys.
"""

import base64
import fcntl
import struct
import termios
from collections.abc import Mapping

from rich.color import Color
from rich.style import Style
from rich.text import Text

_TERMINALS = {"xterm-kitty", "xterm-ghostty"}
_PLACEHOLDER = "\U0010eeee"
# The protocol's "rowcolumn-diacritics": Unicode 6.0 marks of combining class 230 that are part of no composition.
_MARKS = """
0305 030D 030E 0310 0312 033D-033F 0346 034A-034C 0350-0352 0357 035B 0363-036F 0483-0487 0592-0595 0597-0599 059C-05A1
05A8 05A9 05AB 05AC 05AF 05C4 0610-0617 0657-065B 065D 065E 06D6-06DC 06DF-06E2 06E4 06E7 06E8 06EB 06EC 0730 0732 0733
0735 0736 073A 073D 073F-0741 0743 0745 0747 0749 074A 07EB-07F1 07F3 0816-0819 081B-0823 0825-0827 0829-082D 0951 0953
0954 0F82 0F83 0F86 0F87 135D-135F 17DD 193A 1A17 1A75-1A7C 1B6B 1B6D-1B73 1CD0-1CD2 1CDA 1CDB 1CE0 1DC0 1DC1 1DC3-1DC9
1DCB 1DCC 1DD1-1DE6 1DFE 20D0 20D1 20D4-20D7 20DB 20DC 20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF A66F A67C A67D A6F0 A6F1
A8E0-A8F1 AAB0 AAB2 AAB3 AAB7 AAB8 AABE AABF AAC1 FE20-FE26 10A0F 10A38 1D185-1D189 1D1AA-1D1AD 1D242-1D244
"""
# The most bytes of base64 in one command.
_CHUNK = 4096


def _marks() -> str:
    marks = ""
    for span in _MARKS.split():
        first, _, last = span.partition("-")
        marks += "".join(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return marks


_MARK = _marks()
MOST = len(_MARK)
"""How many rows and columns a picture can have."""


def shows_pictures(environment: Mapping[str, str]) -> bool:
    """Return whether TERM names a terminal that supports images. tmux and screen set their own name."""
    return environment.get("TERM") in _TERMINALS


def cell_shape(terminal: int) -> float:
    """Return the height of a cell divided by its width, from the size that the terminal reports, or 2 if it reports
    none.

    kitty centres an image in a box of a different shape.
    """
    try:
        size = fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return 2.0
    rows, columns, width, height = struct.unpack("HHHH", size)
    return (height / rows) / (width / columns) if rows and columns and width and height else 2.0


def sending(png: bytes, number: int, columns: int, rows: int) -> str:
    """Return the sequence that sends an image to the terminal, to be shown in `columns` by `rows` cells. The terminal
    is asked not to answer."""
    content = base64.standard_b64encode(png).decode()
    chunks = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)]
    keys = [f"a=T,U=1,f=100,i={number},c={columns},r={rows},q=2,", *[""] * (len(chunks) - 1)]
    more = [1] * (len(chunks) - 1) + [0]
    return "".join(
        f"\x1b_G{key}m={left}{'' if key else ',q=2'};{chunk}\x1b\\"
        for key, left, chunk in zip(keys, more, chunks, strict=True)
    )


def removing(number: int) -> str:
    """Return the sequence that makes the terminal delete an image."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def cells(number: int, columns: int, rows: int) -> Text:
    """Return the cells that show an image, at most MOST columns and rows. `number` has 24 bits."""
    style = Style(color=Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
    lines = ("".join(_PLACEHOLDER + _MARK[row] + _MARK[column] for column in range(columns)) for row in range(rows))
    return Text("\n".join(lines), style, no_wrap=True)
