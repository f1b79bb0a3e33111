"""Write to a company as another window would: change statuses one by one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from facturier.models.store.opening import open_company


def change(path: Path, times: int) -> None:
    """Change the newest sent invoices to failed and back, one transaction each."""
    store = open_company(path)
    ids = [row[0] for row in store.rows("SELECT id FROM invoice WHERE delivery = 'sent' ORDER BY id DESC LIMIT 20")]
    for turn in range(times):
        with store.writing():
            sent = turn // len(ids) % 2
            state = "sent" if sent else "failed"
            store.write("UPDATE invoice SET delivery = ?, reached = ? WHERE id = ?", state, sent, ids[turn % len(ids)])
    with store.writing():
        store.write_many("UPDATE invoice SET delivery = 'sent', reached = 1 WHERE id = ?", [(id_,) for id_ in ids])


if __name__ == "__main__":
    change(Path(sys.argv[1]), int(sys.argv[2]))
