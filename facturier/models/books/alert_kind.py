"""What an alert is about."""

from enum import StrEnum


class AlertKind(StrEnum):
    FAILED = "failed"  # a delivery was refused
    PARTLY_SENT = "partly_sent"  # the primary recipient was refused, others were served
    IN_DOUBT = "in_doubt"  # it is unknown whether it was sent
    BOUNCED = "bounced"  # a person reported that it came back
    LEFT_AFTER_ALL = "left_after_all"  # it was held for failed, and then the server's acceptance came to light
    STOPPED = "stopped"  # a restored copy had it in its outbox: it may have left since
    CONNECTION_OVER = "connection_over"  # Google ended the connection
    TURNED_AWAY = "turned_away"  # a sender is refused whatever the message: a password, a folder, a setting
    ASKED = "asked"  # someone requests access
    RECURRING_MISSED = "recurring_missed"  # several recurring invoices of a schedule are due: a person decides
    RECURRING_UNSENT = "recurring_unsent"  # a recurring invoice could not be sent and remains a draft
    REMINDERS_WAITING = "reminders_waiting"  # reminders that were not sent automatically: a person decides
    RECURRING_PAUSED = "recurring_paused"  # another copy of the company may have created recurring invoices
