"""Draw the sample documents for docs/pictures: one page, 200 lines (two pages), French, reverse charge, paid."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sample_invoices import sample_invoices

from facturier.mail.document.document import make_pages

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDTH = 720


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, (invoice, company) in sample_invoices(Path(folder)).items():
            for at, page in enumerate(make_pages(invoice, company, width=WIDTH)[:2], 1):
                (PICTURES / f"{name}{f'-{at}' if at > 1 else ''}.png").write_bytes(page)


if __name__ == "__main__":
    main()
