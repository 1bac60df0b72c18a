"""The e-mail services that a merchant can choose from, each behind the same contract."""

from __future__ import annotations

from plugin.contracts.mail_service import MailService
from plugin.http_out import HttpOut
from plugin.mail_services.brevo import Brevo
from plugin.mail_services.calls import Sends
from plugin.mail_services.cleverreach import CleverReach
from plugin.mail_services.klaviyo import Klaviyo
from plugin.mail_services.mailchimp import Mailchimp
from plugin.mail_services.rapidmail import Rapidmail


def build_mail_services(http: Sends | None = None) -> dict[str, MailService]:
    """Return the adapters of all services by name, in the order in which they are offered."""
    sends = http or HttpOut()
    services: list[MailService] = [
        Brevo(sends),
        CleverReach(sends),
        Klaviyo(sends),
        Mailchimp(sends),
        Rapidmail(sends),
    ]
    return {service.name: service for service in services}
