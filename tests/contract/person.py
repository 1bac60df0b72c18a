"""One shopper of a stage: signs up in the form, confirms by mail, and may leave again."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

from plugin.model import Shop
from plugin.services import guard_limits, subscriptions
from plugin.services.guard_rules import Limits
from plugin.services.subscriptions import SignUp
from plugin.services.unsubscribing import unsubscribe_link
from plugin.store import campaigns
from plugin.store.subscribers import subscriber_by_id
from tests.contract.moves import rows
from tests.contract.stage import Stage

MAIL = "marlene.ost@post.example"
_SETTINGS = {
    "voucher": {
        "enabled": True,
        "kind": "amount",
        "value": "5.00",
        "minimum": "40.00",
        "days": 30,
        "exclusions": {"de": "", "en": ""},
    },
    "newsletter_name": {"de": "", "en": ""},
}


def publish_form(stage: Stage, shop: Shop) -> int:
    """Publish a newsletter form that promises a voucher; returns the campaign's id."""
    now = stage.context.now()
    limits = Limits(budget=Decimal(1000))
    guard_limits.save(stage.context, shop, limits, seen=0)
    with stage.context.db.write() as connection:
        campaigns.insert_campaign(connection, shop.id, "newsletter", _SETTINGS, now)
        newest = campaigns.all_campaigns(connection, shop.id)[-1].id
        campaigns.add_version(connection, shop.id, newest, _SETTINGS, now)
    return newest


def sign_up(stage: Stage, shop: Shop, campaign: int, email: str = MAIL) -> str:
    """Fill in the form and open the mail; returns the token of its link."""
    subscriptions.request(
        stage.context,
        shop,
        SignUp(
            id=str(uuid.uuid4()),
            email=email,
            campaign=campaign,
            version=1,
            purposes=("newsletter",),
            page=shop.storefront_url,
            language="de",
            elapsed_ms=8200,
            website="",
            net_address="203.0.113.7",
        ),
    )
    stage.run_steps()
    letter, recipient = stage.mail.sent[-1]
    assert recipient == email
    part = letter.get_body(("plain",))
    assert part is not None
    found = re.search(r"/c/([\w.\-]+)", part.get_content())
    assert found is not None
    return found[1]


def confirm(stage: Stage, link: str) -> None:
    """Press the button on the page behind the link."""
    subscriptions.confirm(stage.context, link)


def subscribe(stage: Stage, shop: Shop, email: str = MAIL) -> str:
    """Sign up and confirm, all of it; returns the link's token."""
    link = sign_up(stage, shop, publish_form(stage, shop), email)
    confirm(stage, link)
    return link


def way_out(stage: Stage, shop: Shop) -> str:
    """Return the token of the person's link to unsubscribe."""
    (row,) = rows(stage, shop, "subscribers")
    with stage.context.db.read() as connection:
        found = subscriber_by_id(connection, shop.id, row.id)
    assert found is not None
    return unsubscribe_link(stage.context, found).rpartition("/")[2]
