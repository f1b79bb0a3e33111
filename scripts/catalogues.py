"""Collect the texts of the program into facturier/locale, and update the catalogue of each language.

Prints every text without a translation, and exits with 1 if there are any. A test fails in that case, too.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def collected() -> Catalog:
    """Return every text in the program, with its places in the source."""
    catalogue = Catalog(project="Facturier", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        ROOT / "facturier", [("**.py", "python")], keywords=KEYWORDS, comment_tags=("For translators:",)
    ):
        catalogue.add(message, locations=[(f"facturier/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def main() -> int:
    found = collected()
    left = 0
    for path in sorted(ROOT.glob("facturier/locale/*/LC_MESSAGES/facturier.po")):
        with path.open("rb") as file:
            language = read_po(file, locale=path.parent.parent.name)
        found.creation_date = language.creation_date  # so that the file changes only if a text does
        language.update(found, no_fuzzy_matching=True)
        language.obsolete.clear()
        for message in language:
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            if message.id and not all(texts):
                left += 1
                print(f"{path.parent.parent.name}: {message.id!r}")
        with path.open("wb") as file:
            write_po(file, language, width=120, omit_header=False, no_location=True, sort_output=True)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
