"""Confirmations: what stands behind the link of a confirmation mail, and what its button does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services import (
    attribution,
    consent_rules,
    evidence,
    gifts,
    insight,
    mail_values,
    people_changes,
    steps,
    unsubscribing,
    voucher_pool,
    vouchers,
    welcome,
)
from plugin.services.context import Context
from plugin.services.evidence_wording import page_wording
from plugin.services.live_forms import page_form
from plugin.services.thanks import Thanked, thanks_of
from plugin.services.wording import Offer, merchant_text, offer_of
from plugin.store import campaigns
from plugin.store import subscribers as store
from plugin.store import vouchers as voucher_store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.guard import last_reason
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher

State = Literal["pending", "confirmed", "unsubscribed", "expired", "superseded"]
Outcome = Literal[
    "none",
    "voucher",
    "used",
    "over",
    "known_customer",
    "already_had",
    "offer_ended",
    "budget_spent",
    "not_now",
]
#: What the page says of a refusal. Who was shown no claim is told nothing of one.
_REFUSED: dict[str, Outcome] = {
    "holdout": "none",
    "quiet_time": "none",
    "known_customer": "known_customer",
    "already_had": "already_had",
    "offer_ended": "offer_ended",
    "budget_spent": "budget_spent",
}
_STATES: dict[str, State] = {
    "pending": "pending",
    "confirmed": "confirmed",
    "unsubscribed": "unsubscribed",
}


@dataclass(frozen=True)
class Confirmation:
    """What the page behind a confirmation link shows; without shop if that is gone."""

    state: State
    shop: Shop | None
    language: str
    email: str | None = None
    newsletter: str = ""
    requested_at: datetime | None = None
    deleted_at: datetime | None = None
    #: How long links of this shop are good for, where one is not any more.
    valid_days: int = 0
    #: Where one can ask anew, while the shop has a form.
    form_link: str | None = None
    outcome: Outcome = "none"
    offer: Offer | None = None
    voucher: Voucher | None = None
    voucher_link: str | None = None
    #: The shopper types the code in: no link can put it into the cart.
    typed: bool = False
    #: What was promised beside or instead of a voucher.
    gift: gifts.Given | None = None
    #: What there is instead for somebody who has ordered before.
    thanks: Thanked | None = None
    unsubscribe_token: str | None = None


def peek(context: Context, token: str) -> Confirmation:
    """Return what the page says before the button; changes nothing.

    NotAllowedError("link_invalid") for a token that we did not make.
    """
    shop_id, subscriber_id, stamp, fresh = _read_token(context, token)
    with context.db.read() as connection:
        shop = shop_by_id(connection, shop_id)
        person = store.subscriber_by_id(connection, shop_id, subscriber_id)
        return _describe(connection, context, shop, _current(person, stamp), fresh=fresh)


def confirm(context: Context, token: str, net_address: str = "") -> Confirmation:
    """Confirm the sign-up of a link; only the owner of the address can have it.

    In one transaction: state, proof, figure, the guard's decision with the planned voucher, and
    the step that tells the shop. A second time changes nothing and says what came of the first.
    """
    shop_id, subscriber_id, stamp, fresh = _read_token(context, token)
    with context.db.write() as connection:
        shop = shop_by_id(connection, shop_id)
        person = store.subscriber_by_id(connection, shop_id, subscriber_id, lock=True)
        described = _describe(connection, context, shop, _current(person, stamp), fresh=fresh)
        if described.state != "pending" or shop is None or person is None:
            return described
        _accept(connection, context, shop, person, net_address)
        return _describe(
            connection,
            context,
            shop,
            store.subscriber_by_id(connection, shop_id, person.id),
            fresh=fresh,
        )


def _accept(
    connection: Connection, context: Context, shop: Shop, person: Subscriber, net_address: str
) -> None:
    now = context.now()
    store.update_subscriber(
        connection, shop.id, person.id, state="confirmed", confirmed_at=now, expires_at=None
    )
    version = (person.campaign_id, person.campaign_version)
    campaign = campaigns.version_of(connection, shop.id, *version)
    newsletter = _newsletter(campaign, person.language) if campaign else ""
    evidence.record(
        connection,
        context,
        shop,
        identity=person.identity,
        kind="confirmed",
        email=context.keys.unseal(shop.id, "email", person.email_sealed),
        campaign=version,
        wording=page_wording(shop, person, newsletter),
        page=context.url("/c/"),
        net_address=net_address,
    )
    insight.count(
        connection, shop.id, day=insight.day_of(shop, now), widget=person.widget, kind="confirmed"
    )
    attribution.count_outcome(
        connection, shop, person.arms, day=insight.day_of(shop, now), kind="confirmed"
    )
    offer = offer_of(campaign.settings, shop.currency) if campaign else None
    if campaign is not None and offer is not None:
        asked_at = person.requested_at
        vouchers.plan(
            connection, context, shop, person.identity, campaign, offer, asked_at, person.arms
        )
    steps.enqueue(
        connection,
        context,
        shop.id,
        "consent.record",
        {"subscriber": person.id},
        key=f"consent.record:{person.id}:{stamp_of(now)}",
    )
    gifts.deliver(connection, context, shop, person, campaign)
    welcome.begin(connection, context, shop, person.id, now)
    people_changes.note(connection, context, shop, person.identity, "confirmed")


def _read_token(context: Context, token: str) -> tuple[int, int, int, bool]:
    try:
        shop_id, subscriber_id, stamp = context.keys.unsign("confirm", token)
    except NotAllowedError as error:
        if error.code != "link_expired":
            raise
        shop_id, subscriber_id, stamp = context.keys.unsign_expired("confirm", token)
        return shop_id, subscriber_id, stamp, False
    return shop_id, subscriber_id, stamp, True


def stamp_of(moment: datetime) -> int:
    """Return the time of a request as it stands in its link, in microseconds."""
    return round(moment.timestamp() * 1_000_000)


def _current(person: Subscriber | None, stamp: int) -> Subscriber | Literal["superseded"] | None:
    if person is None or stamp_of(person.requested_at) == stamp:
        return person
    # An id of a deleted row may be given to somebody else: only an older request is superseded.
    return "superseded" if stamp < stamp_of(person.requested_at) else None


def _describe(
    connection: Connection,
    context: Context,
    shop: Shop | None,
    person: Subscriber | Literal["superseded"] | None,
    *,
    fresh: bool,
) -> Confirmation:
    if shop is None or shop.state != "installed":
        return Confirmation("expired", None, "de")
    language = shop.languages[0]
    if person == "superseded":
        return Confirmation("superseded", shop, language)
    if not isinstance(person, Subscriber):
        return _expired(connection, context, shop, language)
    over = person.expires_at is None or person.expires_at <= context.now()
    if person.state == "pending" and (over or not fresh):
        return _expired(connection, context, shop, person.language)
    return _describe_person(connection, context, shop, person)


def _expired(connection: Connection, context: Context, shop: Shop, language: str) -> Confirmation:
    # The same for whoever the link was made for, and whatever became of them: a new link goes
    # to who types the address in again, through the form that answers everybody alike.
    form = page_form(connection, context, shop)
    return Confirmation(
        "expired",
        shop,
        language,
        valid_days=consent_rules.of(connection, shop).confirm_days,
        form_link=context.url(f"/n/{shop.key}") if form is not None else None,
    )


def _describe_person(
    connection: Connection, context: Context, shop: Shop, person: Subscriber
) -> Confirmation:
    campaign = campaigns.version_of(
        connection, shop.id, person.campaign_id, person.campaign_version
    )
    offer = offer_of(campaign.settings, shop.currency) if campaign else None
    voucher = voucher_store.voucher_of(connection, shop.id, person.identity)
    outcome: Outcome = "none"
    if offer is not None and person.state == "confirmed":
        outcome = _outcome(connection, shop, person, voucher)
    issued = voucher is not None and voucher.state == "issued"
    return Confirmation(
        state=_STATES[person.state],
        shop=shop,
        language=person.language,
        email=context.keys.unseal(shop.id, "email", person.email_sealed),
        newsletter=_newsletter(campaign, person.language) if campaign else "",
        requested_at=person.requested_at,
        deleted_at=person.expires_at,
        outcome=outcome,
        offer=_as_made(offer, voucher) if outcome == "voucher" else offer,
        voucher=voucher,
        voucher_link=(
            mail_values.voucher_link(context, shop, voucher)
            if voucher is not None and issued
            else None
        ),
        typed=voucher_pool.draws_from(context, shop),
        gift=gifts.given(shop, campaign, person.language),
        thanks=_thanks(shop, campaign, person) if outcome == "known_customer" else None,
        unsubscribe_token=unsubscribing.unsubscribe_token(context, person),
    )


def _as_made(offer: Offer | None, voucher: Voucher | None) -> Offer | None:
    """Return an offer as the voucher keeps it, which may be a smaller one."""
    if offer is None or voucher is None:
        return offer
    return replace(offer, value=voucher.value, currency=voucher.currency)


def _thanks(shop: Shop, campaign: PublishedCampaign | None, person: Subscriber) -> Thanked | None:
    return thanks_of(shop, campaign.settings, person.language) if campaign else None


def _outcome(
    connection: Connection, shop: Shop, person: Subscriber, voucher: Voucher | None
) -> Outcome:
    if voucher is None:
        reason = last_reason(connection, shop.id, person.identity)
        return _REFUSED.get(reason or "", "not_now")
    if voucher.state == "refused":
        return "known_customer"
    if person.confirmed_at is not None and voucher.planned_at < person.confirmed_at:
        return "already_had"
    by_state: dict[str, Outcome] = {"redeemed": "used", "cancelled": "used", "expired": "over"}
    return by_state.get(voucher.state, "voucher")


def _newsletter(campaign: PublishedCampaign, language: str) -> str:
    return merchant_text(campaign.settings.get("newsletter_name"), language)
