"""Requests of the tenants' table: what one shop asks with ids that may be another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.security.world import Tenant


@dataclass(frozen=True)
class Ask:
    """One request; `shows` says that the answer to the owner holds the owner's mark."""

    path: str
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    shows: bool = False


#: (who asks with their own credential, whose ids they name) -> request
Builder = Callable[[Tenant, Tenant], Ask]


def get(path: str, *, shows: bool = False) -> Builder:
    """Return a request that names the other's ids in its path."""

    def build(_who: Tenant, whose: Tenant) -> Ask:
        return Ask(_filled(path, whose), shows=shows)

    return build


def post(path: str, **form: str) -> Builder:
    """Return a form sent to such a path; its entries may name the other's ids, too."""

    def build(_who: Tenant, whose: Tenant) -> Ask:
        return Ask(
            _filled(path, whose), {name: _filled(text, whose) for name, text in form.items()}
        )

    return build


def _filled(text: str, whose: Tenant) -> str:
    return text.format(
        campaign=whose.campaign,
        step=whose.step,
        request=whose.request,
        receipt=whose.receipt,
        hook=whose.hook,
        rule=whose.rule,
        mail=whose.email,
        person=whose.subscriber,
        shipment=whose.shipment_token,
        confirm=whose.confirm_token,
        unsubscribe=whose.unsubscribe_token,
        cart=whose.cart_token,
        withdrawal=whose.withdrawal,
        message=whose.message,
        flyer=whose.flyer_token,
        member=whose.member,
        order=whose.order.id,
        withdrawn=whose.receipt_token,
    )
