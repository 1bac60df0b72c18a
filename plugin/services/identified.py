"""A shopper whom the shop's own server vouches for, so that nobody is asked for what they gave."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from plugin.errors import InvalidFieldError, NotAllowedError
from plugin.model import Shop
from plugin.security import hmac_hex_matches
from plugin.services import limits
from plugin.services.access import signing_secrets
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.store import subscribers as store

#: A key of its own for each shop's identities. With the secret itself, a customer who chose
#: "shop=…&timestamp=…@evil.example" as an address would be handed a signature that opens doors.
_PURPOSE = b"bleib.identify"
_WINDOW = timedelta(minutes=10)
_PER_NET, _PER_SHOP = 300, 60_000


def is_subscriber(
    context: Context, shop: Shop, identifier: str, given: str, net_address: str
) -> bool:
    """Tell whether a shopper is a confirmed subscriber, to whoever holds their valid hash.

    Errors as of `vouch`.
    """
    vouch(context, shop, identifier, given, net_address)
    with context.db.read() as connection:
        if "@" not in identifier:
            return store.is_confirmed_customer(connection, shop.id, identifier)
        try:
            identity = identity_of(context.keys, shop.id, clean_email(identifier))
        except InvalidFieldError:
            return False
        person = store.subscriber_by_identity(connection, shop.id, identity)
        return person is not None and person.state == "confirmed"


def vouch(context: Context, shop: Shop, identifier: str, given: str, net_address: str) -> None:
    """Make sure that the shop's own server names this shopper.

    `identifier` is an e-mail address or the platform's id of a customer. NotAllowedError
    ("signature_invalid") for a wrong hash, whoever it names; TooManyError.
    """
    with context.db.write() as connection:
        for name, key, most in (
            ("identity_net", net_address, _PER_NET),
            ("identity_shop", "all", _PER_SHOP),
        ):
            limits.hit(connection, context, shop.id, name, key, limit=most, window=_WINDOW)
    keys = [_own_key(secret) for secret in signing_secrets(context, shop) if secret]
    if not hmac_hex_matches(keys, identifier.encode(), given.encode()):
        raise NotAllowedError("signature_invalid")


def _own_key(secret: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()
