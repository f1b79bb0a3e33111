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
    "facturier/models/outbox/transitions.py": ("tests/models/test_transitions.py",),
    "facturier/models/outbox/outbox.py": (*_MODELS, "tests/models/test_pausing.py", *_POSTMAN),
    "facturier/models/outbox/schedule.py": ("tests/models/test_claims.py", "tests/models/test_pausing.py"),
    "facturier/models/outbox/queue.py": ("tests/models/test_queueing.py", *_MODELS),
    "facturier/models/outbox/deliveries.py": (*_MODELS, "tests/models/test_queueing.py", *_POSTMAN),
    "facturier/models/outbox/bounces.py": (*_MODELS, "tests/mail/test_bouncing.py"),
    "facturier/models/outbox/pauses.py": ("tests/models/test_pausing.py", "tests/mail/test_turned_away.py"),
    "facturier/models/company/connection.py": (
        "tests/models/test_claims.py",
        *_POSTMAN,
        "tests/mail/gmail/test_ending.py",
    ),
    "facturier/mail/sending/postman.py": _POSTMAN,
    "facturier/mail/sending/retry.py": _POSTMAN,
    "facturier/mail/sending/owner.py": ("tests/mail/test_owner.py",),
    "facturier/mail/senders/gmail.py": (*_GMAIL, "tests/mail/gmail/test_pace.py"),
    "facturier/mail/google/gmail_upload.py": ("tests/mail/gmail/test_upload.py", *_GMAIL),
    "facturier/mail/google/gmail_errors.py": ("tests/mail/gmail/test_answers.py", *_GMAIL),
    "facturier/mail/google/transport.py": ("tests/mail/gmail/test_transport.py", *_GMAIL),
    "facturier/mail/senders/gmail_rate_limit.py": ("tests/mail/gmail/test_pace.py",),
    "facturier/mail/senders/smtp.py": (*_SMTP, "tests/mail/senders/test_wire.py"),
    "facturier/mail/senders/smtp_session.py": ("tests/mail/senders/test_replies.py", *_SMTP),
    "facturier/mail/senders/folder.py": (
        "tests/mail/senders/test_folder.py",
        "tests/mail/senders/test_folder_bounds.py",
        "tests/mail/senders/test_delivering.py",
    ),
}
TESTS = sorted({test for tests in ENGINE.values() for test in tests})
