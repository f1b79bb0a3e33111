"""The form for the schedule of recurring invoices."""
