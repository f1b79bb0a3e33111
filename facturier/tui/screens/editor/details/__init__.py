"""Forms for what the editor does not show: details of the invoice and of a line."""
