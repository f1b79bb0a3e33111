"""The people who may send, and the passphrase of this computer."""
