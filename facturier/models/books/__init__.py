"""What the books hold: customers, invoices, their status, attached files, history and alerts."""
