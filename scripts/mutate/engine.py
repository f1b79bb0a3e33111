"""What the engine is: everything that decides whether a message leaves, how often, and what is written down about it.

For each file the tests that are its own, without the state machine and the kill test: what only those two would notice
counts as unnoticed.
"""

_MODELS = "tests/models/test_claims.py", "tests/models/test_deliveries.py", "tests/models/test_transitions.py"
_POSTMAN = (
    "tests/mail/test_postman.py",
    "tests/mail/test_postman_evidence.py",
    "tests/mail/test_turned_away.py",
    "tests/mail/test_bounce.py",
    "tests/mail/test_bouncing.py",
)
_GMAIL = "tests/mail/gmail/test_sender.py", "tests/mail/gmail/test_delivering.py", "tests/mail/gmail/test_ending.py"
_SMTP = (
    "tests/mail/senders/test_smtp.py",
    "tests/mail/senders/test_last_words.py",
    "tests/mail/senders/test_delivering.py",
)

ENGINE: dict[str, tuple[str, ...]] = {
    "facturier/models/transitions.py": ("tests/models/test_transitions.py",),
    "facturier/models/outbox.py": (*_MODELS, "tests/models/test_pausing.py", *_POSTMAN),
    "facturier/models/due.py": ("tests/models/test_claims.py", "tests/models/test_pausing.py"),
    "facturier/models/queueing.py": ("tests/models/test_queueing.py", *_MODELS),
    "facturier/models/deliveries.py": (*_MODELS, "tests/models/test_queueing.py", *_POSTMAN),
    "facturier/models/bounces.py": (*_MODELS, "tests/mail/test_bouncing.py"),
    "facturier/models/pausing.py": ("tests/models/test_pausing.py",),
    "facturier/models/turning_away.py": ("tests/mail/test_turned_away.py",),
    "facturier/models/connection.py": ("tests/models/test_claims.py", *_POSTMAN, "tests/mail/gmail/test_ending.py"),
    "facturier/mail/postman.py": _POSTMAN,
    "facturier/mail/set_back.py": _POSTMAN,
    "facturier/mail/owner.py": ("tests/mail/test_owner.py",),
    "facturier/mail/gmail/sender.py": (*_GMAIL, "tests/mail/gmail/test_pace.py"),
    "facturier/mail/gmail/upload.py": ("tests/mail/gmail/test_upload.py", *_GMAIL),
    "facturier/mail/gmail/answers.py": ("tests/mail/gmail/test_answers.py", *_GMAIL),
    "facturier/mail/gmail/transport.py": ("tests/mail/gmail/test_transport.py", *_GMAIL),
    "facturier/mail/gmail/pace.py": ("tests/mail/gmail/test_pace.py",),
    "facturier/mail/senders/smtp.py": _SMTP,
    "facturier/mail/senders/wire.py": ("tests/mail/senders/test_wire.py",),
    "facturier/mail/senders/replies.py": ("tests/mail/senders/test_replies.py", *_SMTP),
    "facturier/mail/senders/folder.py": (
        "tests/mail/senders/test_folder.py",
        "tests/mail/senders/test_folder_bounds.py",
        "tests/mail/senders/test_delivering.py",
    ),
}
TESTS = sorted({test for tests in ENGINE.values() for test in tests})
