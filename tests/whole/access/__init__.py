"""Who may read and send: passphrases, other users, copies, other machines."""
