"""What a check of the numbers found, in words."""

from collections.abc import Iterator

from facturier.models.issuing.number_check import NumberCheck
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.words.formatting import counted


def number_lines(found: NumberCheck) -> Iterator[str]:
    """Yield one sentence for each gap and each duplicate, or one that says that there are none."""
    for gap in found.gaps:
        if gap.size == 1:
            yield _("No document has number {number}.").format(number=clean(gap.first))
            continue
        words = ngettext(
            "No document has the numbers {first} to {last} ({count} number).",
            "No document has the numbers {first} to {last} ({count} numbers).",
            gap.size,
        )
        yield words.format(first=clean(gap.first), last=clean(gap.last), count=counted(gap.size))
    for numbers in found.duplicates:
        yield _("The same number twice: {numbers}.").format(numbers=", ".join(map(clean, numbers)))
    if found.sound:
        words = ngettext(
            "{count} number checked: no gaps, no duplicates.",
            "{count} numbers checked: no gaps, no duplicates.",
            found.checked,
        )
        yield words.format(count=counted(found.checked))
