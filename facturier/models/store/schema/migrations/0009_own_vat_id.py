"""Give each invoice its own copy of the customer's VAT id.

Until now, an invoice showed the present VAT id of its customer. Existing invoices keep what they show today: nothing
better is known, because a change of a customer was not recorded. Files of version 0.1.0 have no VAT ids.
"""

from typing import Any

_STATEMENTS = (
    "ALTER TABLE invoice ADD COLUMN vat_id TEXT NOT NULL DEFAULT ''",
    "UPDATE invoice SET vat_id = (SELECT vat_id FROM customer WHERE customer.id = invoice.customer_id)"
    " WHERE customer_id IN (SELECT id FROM customer WHERE vat_id != '')",
)


def up(_migrator: Any, db: Any) -> None:
    for statement in _STATEMENTS:
        db.execute_sql(statement)
