"""Emails about invoices that are not the invoice itself: reminders, receipts and statements."""
