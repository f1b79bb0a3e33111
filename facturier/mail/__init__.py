"""How an invoice leaves: document, letter, message, senders, connection, vault, postman."""
