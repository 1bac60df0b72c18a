"""The welcome series: three mails, each some days after the confirmation, while they make sense.

Every mail is a step of its own, enqueued with the confirmation. When it is due it looks at the
person anew: who left, was erased, or has got what the mail is about gets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.welcome import Welcome, WelcomeMail
from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import mail_values, mailing, orders, steps
from plugin.services.context import Context
from plugin.services.shop_settings import Whole
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import subscribers
from plugin.store import vouchers as voucher_store
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher

#: A greeting that could not go out in time is none any more.
_TOO_LATE = timedelta(days=7)
#: A reminder of a voucher needs at least so much time to use it.
_LEAST_LEFT = timedelta(days=1)
_LOOK_AGAIN = timedelta(hours=6)
_WHOLE = Whole("welcome", Welcome)
#: How the series is set; all off until the merchant switches a mail on.
read, get = _WHOLE.read, _WHOLE.get


def save(context: Context, shop: Shop, wanted: Welcome, *, seen: Welcome) -> None:
    """Set the series for a merchant who saw `seen`; it begins for those who confirm from now on.

    InvalidFieldError("welcome_order") unless each mail comes after the one before,
    ConflictError("welcome_changed") if it is set otherwise by now.
    """
    if not wanted.in_order:
        raise InvalidFieldError("welcome_order", field="days")
    with context.db.write() as connection:
        _WHOLE.put(connection, context, shop, wanted, seen=seen)


def begin(
    connection: Connection, context: Context, shop: Shop, person_id: int, confirmed_at: datetime
) -> None:
    """Enqueue the mails that are on, for somebody who confirmed a moment ago."""
    for kind, mail in read(connection, shop.id).mails.items():
        if mail.on:
            steps.enqueue(
                connection,
                context,
                shop.id,
                "welcome.mail",
                {"subscriber": person_id, "kind": kind, "confirmed": confirmed_at.isoformat()},
                key=f"{kind}:{person_id}:{confirmed_at.timestamp():.6f}",
                due_at=confirmed_at + timedelta(days=mail.days),
            )


def send_due(context: Context, step: Step) -> None:
    """Queue one mail of the series if it still makes sense (step `welcome.mail`).

    Whatever became of the person meanwhile, nobody gets the same mail of the series twice.
    """
    kind = str(step.payload["kind"])
    confirmed = datetime.fromisoformat(step.payload["confirmed"])
    with context.db.write() as connection:
        shop = shop_by_id(connection, step.shop_id)
        person = subscribers.subscriber_by_id(
            connection, step.shop_id, step.payload["subscriber"], lock=True
        )
        if shop is None or person is None or not _is_reader(shop, person, confirmed):
            return
        if not _is_due(context, shop, read(connection, shop.id).mails[kind], confirmed):
            return
        voucher = voucher_store.voucher_of(connection, shop.id, person.identity)
        if not _makes_sense(connection, context, kind, person, voucher):
            return
        if kind == "welcome_3" and voucher is not None:
            values = mail_values.of_voucher(connection, context, shop, person, voucher)
        else:
            values = mail_values.of_person(connection, context, shop, person)
        email = context.keys.unseal(shop.id, "email", person.email_sealed)
        key, language = f"{kind}:{person.id}", person.language
        mailing.queue(connection, context, shop, kind, key, email, language, values)


def _is_reader(shop: Shop, person: Subscriber, confirmed: datetime) -> bool:
    """Tell whether this person still is who confirmed then, in a shop that is still there."""
    return (
        shop.state == "installed"
        and person.state == "confirmed"
        and person.confirmed_at == confirmed
    )


def _is_due(context: Context, shop: Shop, mail: WelcomeMail, confirmed: datetime) -> bool:
    """Tell whether a mail goes out now; waits while the merchant has everything stopped."""
    due = confirmed + timedelta(days=mail.days)
    now = context.now()
    if not mail.on or now - due > _TOO_LATE:
        return False
    if now < due:  # it was moved to a later day
        raise Postpone((due - now).total_seconds())
    if shop.stopped_at is not None:
        raise Postpone(_LOOK_AGAIN.total_seconds())
    return True


def _makes_sense(
    connection: Connection,
    context: Context,
    kind: str,
    person: Subscriber,
    voucher: Voucher | None,
) -> bool:
    """The greeting does for everybody, the offer of help before a first order, and the voucher as
    long as it can still be used for one.
    """
    if kind == "welcome_1":
        return True
    if orders.has_ordered(connection, person.shop_id, person.identity):
        return False
    if kind == "welcome_2":
        return True
    return (
        voucher is not None
        and voucher.state == "issued"
        and voucher.ends_at - context.now() >= _LEAST_LEFT
    )


HANDLERS: dict[str, Handler] = {"welcome.mail": send_due}
