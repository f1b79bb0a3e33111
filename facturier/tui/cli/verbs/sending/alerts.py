"""facturier alerts: what a person must deal with."""

import argparse

from facturier.models.books.alerts import AlertKind, open_alerts
from facturier.models.company.user import full_name
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.alerts import alert_reason, alert_title


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    alerts = open_alerts(ws.store)
    if options.json:
        shell.say_json(
            [
                {
                    "id": alert.id,
                    "kind": alert.kind,
                    "invoice": alert.number,
                    "raised": alert.raised.isoformat(),
                    **alert.detail,
                    **({"sent": alert.sent.isoformat()} if alert.sent else {}),
                }
                for alert in alerts
            ]
        )
        return DONE
    for alert in alerts:
        about = alert.number or alert.detail.get("address") or full_name(alert.detail.get("name", ""))
        reason = alert.detail.get("reason", "")
        if alert.kind in (AlertKind.RECURRING_MISSED, AlertKind.RECURRING_PAUSED, AlertKind.REMINDERS_WAITING):
            about, reason = alert_title(alert), alert_reason(alert)
        if alert.sent:  # the invoice itself was sent: only a copy is in trouble
            reason = _("{what}: {found}").format(what=alert_title(alert), found=reason)
        shell.say(f"{alert.raised.astimezone():%Y-%m-%d %H:%M}  {alert.kind}  {about}  {reason}")
    if not alerts:
        shell.tell(_("No alerts."))
    return DONE
