"""Sign-ups: asked for and proven, then known to the shop or forgotten in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.contracts.platform import SyncsConsent
from plugin.errors import GiveUpError, InvalidFieldError, PlatformRefusedError
from plugin.model import Shop
from plugin.services import (
    abuse,
    attribution,
    consent_rules,
    declared,
    evidence,
    insight,
    mailing,
    people_changes,
    steps,
    targeting,
    unsubscribing,
    vouchers,
)
from plugin.services.access import speaking
from plugin.services.attribution import Told
from plugin.services.confirmations import Confirmation, confirm, peek, stamp_of
from plugin.services.consent_wording import wording_of
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.live_forms import live_form
from plugin.services.steps import Handler, Step
from plugin.services.throwaway import is_throwaway
from plugin.services.unsubscribing import unsubscribe
from plugin.services.wording import merchant_text
from plugin.store import outbox
from plugin.store import subscribers as store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.evidence import forget_origins, unanswered_requests
from plugin.store.shops import shop_by_id

__all__ = ["HANDLERS", "Confirmation", "SignUp", "confirm", "peek", "request", "unsubscribe"]

_PAUSE_BETWEEN_MAILS = timedelta(hours=24)
_MAILS_UNANSWERED = 3
_MAILS_AGAIN = 1


@dataclass(frozen=True)
class SignUp:
    """One filled-in form as it came in; nothing in it is believed yet.

    `form_token` is what the page was given, `proof` the work it has done where that was asked for,
    `fields` the answers to what the campaign asks beside the address.
    """

    id: str
    email: str
    campaign: int
    version: int
    purposes: tuple[str, ...]
    page: str
    language: str
    elapsed_ms: int
    website: str
    net_address: str
    told: Told = field(default_factory=Told)
    form_token: str = ""
    proof: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def request(context: Context, shop: Shop, sign_up: SignUp) -> None:
    """Take a sign-up and queue its confirmation mail.

    Says nothing about the address: new, known, confirmed, blocked or just written to, the caller
    learns the same. Raises InvalidFieldError ("email_invalid", "consent_missing"),
    ConflictError("campaign_not_published"), and as `abuse.admit`, which concern the form and not
    the person. The same request id a second time does nothing.
    """
    email = clean_email(sign_up.email)
    if "newsletter" not in sign_up.purposes:
        raise InvalidFieldError("consent_missing", field="purposes")
    ticket = attribution.ticket_number(context, shop, sign_up.told)
    with context.db.write() as connection:
        # First of all: a browser that sends again what we took before an answer got lost must
        # learn that it was taken, whatever the limits or the campaign say by now.
        if not store.remember_sign_up(connection, shop.id, sign_up.id, context.now()):
            return
        if abuse.admit(connection, context, shop, sign_up) == "drop":
            return
        campaign = live_form(connection, context, shop, sign_up.campaign, sign_up.version)
        taken = _take(connection, context, shop, sign_up, campaign, email, ticket)
    if not taken:
        insight.refuse(context, shop, "sign_up_repeated")


def expire(context: Context, step: Step) -> None:
    """Delete an address that nobody confirmed in time (step `subscription.expire`).

    Of somebody who had left before, others may know: they are to forget the person as well.
    """
    now = context.now()
    with context.db.write() as connection:
        shop = shop_by_id(connection, step.shop_id)
        person = store.subscriber_by_id(
            connection, step.shop_id, step.payload["subscriber"], lock=True
        )
        if shop is None or person is None or not person.waited_in_vain(now):
            return
        people_changes.note(connection, context, shop, person.identity, "erased")
        if store.delete_if_expired(connection, step.shop_id, person.id, now):
            outbox.forget_confirmations(connection, step.shop_id, person.identity)
            forget_origins(connection, step.shop_id, person.identity)


def record_consent(context: Context, step: Step) -> None:
    """Make the person a subscriber in the shop's own records (step `consent.record`).

    The voucher follows from here, so that the customer it is for exists. If the shop refuses the
    record for good, the person gets the voucher all the same and the merchant a dead letter.
    """
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
        person = store.subscriber_by_id(connection, step.shop_id, step.payload["subscriber"])
    if shop is None or person is None:
        return
    email = context.keys.unseal(shop.id, "email", person.email_sealed)
    customer_id, refusal = person.customer_id, None
    platform = context.maybe(shop, SyncsConsent)
    # Who left since, and maybe was asked for again, keeps the voucher all the same.
    if person.state == "confirmed" and person.confirmed_at is not None and platform is not None:
        try:
            with speaking(context, shop) as access:
                customer_id = platform.record_consent(
                    access, email, person.language, person.confirmed_at
                )
        except PlatformRefusedError as error:
            refusal = error
    with context.db.write() as connection:
        present = store.subscriber_by_id(connection, shop.id, person.id, lock=True)
        store.update_subscriber(connection, shop.id, person.id, customer_id=customer_id)
        if person.state == "confirmed" and present is not None and present.state != "confirmed":
            # Left while the shop was asked: what it has just written must be taken back.
            unsubscribing.enqueue_withdrawal(connection, context, present, f"record:{step.id}")
        vouchers.enqueue_issue(connection, context, shop.id, person)
    if refusal is not None:
        raise GiveUpError(refusal.code)


def _take(
    connection: Connection,
    context: Context,
    shop: Shop,
    sign_up: SignUp,
    campaign: PublishedCampaign,
    email: str,
    ticket: str | None,
) -> bool:
    identity = identity_of(context.keys, shop.id, email)
    store.lock_person(connection, shop.id, identity)
    known = store.subscriber_by_identity(connection, shop.id, identity)
    if known is not None and known.state == "confirmed":
        return True
    asked = unanswered_requests(connection, shop.id, identity)
    now, rules = context.now(), consent_rules.of(connection, shop)
    if _asked_enough([now - at for at in asked], rules.confirm_within):
        return False
    # The second tick counts only where the published form has one.
    personalised = "personalised" in sign_up.purposes and bool(
        campaign.settings.get("personalised")
    )
    arms = None
    if ticket is not None:
        arms = attribution.arms_of(connection, context, shop, campaign, sign_up.told)
        attribution.count_sign_up(connection, context, shop, arms, ticket)
    language = sign_up.language if sign_up.language in shop.languages else shop.languages[0]
    seen = replace(campaign, settings=targeting.as_seen(campaign.settings, sign_up.told.arm))
    values = {
        "email_sealed": context.keys.seal(shop.id, "email", email),
        "state": "pending",
        "language": language,
        "purposes": ["newsletter", "personalised"] if personalised else ["newsletter"],
        "campaign_id": campaign.id,
        "campaign_version": campaign.version,
        "widget": campaign.widget,
        "arms": arms,
        "throwaway": is_throwaway(context, email),
        "declared_sealed": declared.seal(
            context, shop.id, declared.read(shop, campaign.settings, sign_up.fields)
        ),
        "requested_at": now,
        "expires_at": now + rules.confirm_within,
    }
    if known is None:
        person_id = store.insert_subscriber(connection, shop.id, {"identity": identity, **values})
    else:
        person_id = known.id
        store.update_subscriber(connection, shop.id, person_id, confirmed_at=None, **values)
    evidence.record(
        connection,
        context,
        shop,
        identity=identity,
        kind="requested",
        email=email,
        campaign=(campaign.id, campaign.version),
        wording=wording_of(context, shop, seen, language, personalised=personalised),
        page=sign_up.page,
        net_address=sign_up.net_address,
    )
    _ask_by_mail(connection, context, shop, person_id, campaign, email)
    # Counted here and not from the browser's report, which robots and repetitions would swell.
    insight.count(
        connection,
        shop.id,
        day=insight.day_of(shop, now),
        widget=campaign.widget,
        kind="sign_up",
    )
    return True


def _asked_enough(ago: Sequence[timedelta], waiting: timedelta) -> bool:
    """Tell whether a person gets no mail again: three ever, one a day, and while the address
    waits for its confirmation one more than the first.
    """
    asked_of_late = [passed for passed in ago if passed < waiting]
    return (
        len(ago) >= _MAILS_UNANSWERED
        or len(asked_of_late) > _MAILS_AGAIN
        or any(passed < _PAUSE_BETWEEN_MAILS for passed in ago)
    )


def _ask_by_mail(
    connection: Connection,
    context: Context,
    shop: Shop,
    person_id: int,
    campaign: PublishedCampaign,
    email: str,
) -> None:
    person = store.subscriber_by_id(connection, shop.id, person_id)
    if person is None or person.expires_at is None:
        raise LookupError("the row was written a moment ago")
    stamp = stamp_of(person.requested_at)
    token = context.keys.sign("confirm", [shop.id, person.id, stamp])
    mailing.queue(
        connection,
        context,
        shop,
        "confirmation",
        f"confirmation:{person.id}:{stamp}",
        email,
        person.language,
        {
            "link": context.url(f"/c/{token}"),
            "newsletter": merchant_text(campaign.settings.get("newsletter_name"), person.language),
            "requested_at": person.requested_at.isoformat(),
            "deleted_at": person.expires_at.isoformat(),
        },
    )
    steps.enqueue(
        connection,
        context,
        shop.id,
        "subscription.expire",
        {"subscriber": person.id},
        key=f"subscription.expire:{person.id}:{stamp}",
        due_at=person.expires_at,
    )


HANDLERS: dict[str, Handler] = {
    "subscription.expire": expire,
    "consent.record": record_consent,
    **unsubscribing.HANDLERS,
}
