"""Keeps the list at the e-mail service the same as what people said: there, back, and forgotten.

Every step looks at how a person stands now and makes the service the same, so that the order in
which steps run does not matter.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from plugin.contracts.mail_service import Contact, Leaver
from plugin.contracts.platform import SyncsConsent
from plugin.errors import AccessRevokedError, PlatformError, PlatformRefusedError
from plugin.model import Shop
from plugin.services import insight, syncing, tenants, unsubscribing
from plugin.services.access import speaking
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.inbound import handled, person_in
from plugin.services.mail_connections import Chosen, chosen, mark_revoked
from plugin.services.people_changes import bring_to_mail_service
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import mail_connections as store
from plugin.store import subscribers
from plugin.store.subscribers import Subscriber

_PAGE = 50
_TURN_SECONDS = 5.0
#: Asked for again from so much before the last time: clocks differ, and some services are late.
_OVERLAP = timedelta(days=1)
_MOST_PAGES = 200


def bring_person(context: Context, step: Step) -> None:
    """Let the service know how one person stands (step `mail_service.person`)."""
    ready = _ready(context, step, int(step.payload["edition"]))
    if ready is None:
        return
    with context.db.read() as connection:
        person = subscribers.subscriber_by_id(connection, step.shop_id, step.payload["subscriber"])
    if person is None:
        return
    if _bring(context, ready, person):
        _look_again(context, ready, person, step)


def fill(context: Context, step: Step) -> None:
    """Bring everybody, page by page, so that a crash costs one page (step `mail_service.fill`)."""
    edition = int(step.payload["edition"])
    end = time.monotonic() + _TURN_SECONDS
    while (ready := _ready(context, step, edition)) is not None:
        after = ready.connection.filled_after
        if after is None:
            return
        with context.db.read() as connection:
            people = store.people_after(
                connection, step.shop_id, after, ready.connection.since, _PAGE
            )
        for person in people:
            if not _bring(context, ready, person, patient=True):
                return
        last = people[-1].id if len(people) == _PAGE else None
        with context.db.write() as connection:
            store.update_connection(connection, step.shop_id, edition, filled_after=last)
        if time.monotonic() > end:
            raise Postpone(1)


def ask_who_left(context: Context, step: Step) -> None:
    """Take home who left at the service (step `mail_service.ask`, regularly)."""
    shop = syncing.shop_of_step(context, step)
    ready = None if shop is None else _ready(context, step, None)
    if shop is None or ready is None:
        return
    now, asked = context.now(), ready.connection.asked_until
    since = (asked or ready.connection.connected_at) - _OVERLAP
    after: str | None = None
    for _ in range(_MOST_PAGES):
        try:
            page = ready.service.left(ready.access, _list(ready), since, after)
        except AccessRevokedError:
            mark_revoked(context, ready.connection)
            return
        for leaver in page.items:
            _take_home(context, shop, leaver)
        if page.after is None or page.after == after:
            break
        after = page.after
    _update(context, ready, asked_until=now, error=None)


def erase(context: Context, step: Step) -> None:
    """Let the service forget a person (step `mail_service.erase`), then forget who it was.

    Credentials that are refused make this a dead letter: the merchant must know.
    """
    inbox_id = int(step.payload["inbox"])
    _, email = person_in(context, step.shop_id, inbox_id)
    with context.db.read() as connection:
        found = store.connection_of(connection, step.shop_id)
    if email is not None and found is not None and found.list_id is not None:
        ready = chosen(context, found)
        ready.service.erase(ready.access, found.list_id, email)
    with context.db.write() as connection:
        handled(connection, step.shop_id, inbox_id)


def forget_consent(context: Context, step: Step) -> None:
    """Take consent back in the shop's own record of an erased person (step `consent.forget`)."""
    inbox_id = int(step.payload["inbox"])
    _, email = person_in(context, step.shop_id, inbox_id)
    shop = tenants.shop_of_id(context, step.shop_id)
    if shop is not None and shop.state == "installed" and email is not None:
        platform = context.able(shop, SyncsConsent)
        with speaking(context, shop) as access:
            platform.withdraw_consent(access, email, context.now())
    with context.db.write() as connection:
        handled(connection, step.shop_id, inbox_id)


def _ready(context: Context, step: Step, edition: int | None) -> Chosen | None:
    """Return the connection a step works for; None if it is gone, another one, or refused."""
    with context.db.read() as connection:
        found = store.connection_of(connection, step.shop_id)
    if found is None or found.state != "connected" or found.list_id is None:
        return None
    if edition is not None and found.edition != edition:
        return None
    return chosen(context, found)


def _list(ready: Chosen) -> str:
    return ready.connection.list_id or ""


def _bring(context: Context, ready: Chosen, person: Subscriber, *, patient: bool = False) -> bool:
    """Make the service the same as the person; False if it lets us in no more.

    `patient`: a person it will not take holds up nobody behind.
    """
    email = context.keys.unseal(person.shop_id, "email", person.email_sealed)
    try:
        if person.state == "confirmed" and person.confirmed_at is not None:
            _put(context, ready, person, email, person.confirmed_at)
        elif person.unsubscribed_at is not None:  # merely asked for again is not enough
            ready.service.unsubscribe(ready.access, _list(ready), email)
    except AccessRevokedError:
        mark_revoked(context, ready.connection)
        return False
    except PlatformRefusedError as error:
        if not patient:
            _update(context, ready, error=error.code)
            raise
        _count(context, ready, refused=True)
    except PlatformError as error:
        _update(context, ready, error=error.code)
        raise
    return True


def _put(
    context: Context, ready: Chosen, person: Subscriber, email: str, confirmed_at: datetime
) -> None:
    contact = Contact(
        email=email,
        language=person.language,
        requested_at=person.requested_at,
        confirmed_at=confirmed_at,
        source=f"Bleib {person.widget}, form {person.campaign_id}.{person.campaign_version}",
    )
    came = ready.service.put(ready.access, _list(ready), contact)
    _count(context, ready, refused=came == "refused")
    if came == "left":
        _end(context, person)
    if came == "refused":
        shop = tenants.shop_of_id(context, person.shop_id)
        if shop is not None:
            insight.refuse(context, shop, "mail_service_refused")


def _look_again(context: Context, ready: Chosen, person: Subscriber, step: Step) -> None:
    """See whether the person changed while the service was told; then it must hear of that too."""
    with context.db.write() as connection:
        now = subscribers.subscriber_by_id(connection, person.shop_id, person.id)
        if now is not None and (now.state, now.confirmed_at) != (person.state, person.confirmed_at):
            edition = ready.connection.edition
            bring_to_mail_service(connection, context, now, edition, f"after:{step.id}")


def _take_home(context: Context, shop: Shop, leaver: Leaver) -> None:
    identity = identity_of(context.keys, shop.id, leaver.email)
    with context.db.read() as connection:
        person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    confirmed = None if person is None else person.confirmed_at
    if person is None or person.state != "confirmed" or confirmed is None:
        return
    if leaver.at > confirmed:
        _end(context, person)


def _end(context: Context, person: Subscriber) -> None:
    """End a subscription here because it ended there."""
    shop = tenants.shop_of_id(context, person.shop_id)
    with context.db.write() as connection:
        present = subscribers.subscriber_by_id(connection, person.shop_id, person.id, lock=True)
        same = present is not None and present.confirmed_at == person.confirmed_at
        if shop is not None and present is not None and same:
            unsubscribing.end(connection, context, shop, present)


def _count(context: Context, ready: Chosen, *, refused: bool) -> None:
    found = ready.connection
    with context.db.write() as connection:
        store.count_brought(
            connection, found.shop_id, found.edition, context.now(), refused=refused
        )


def _update(context: Context, ready: Chosen, **values: object) -> None:
    found = ready.connection
    with context.db.write() as connection:
        store.update_connection(connection, found.shop_id, found.edition, **values)


HANDLERS: dict[str, Handler] = {
    "mail_service.person": bring_person,
    "mail_service.fill": fill,
    "mail_service.ask": ask_who_left,
    "mail_service.erase": erase,
    "consent.forget": forget_consent,
}
