"""The authorised connection to a shop: registration, keys, tokens, facts, its frame."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from plugin.contracts.handshake import Confirmation, Registration
from plugin.contracts.platform import Inbound
from plugin.errors import AccessRevokedError, BadInputError, NotAllowedError, PlatformError
from plugin.json_in import parse_object
from plugin.model import Access, Counts, Grant, ShopFacts
from plugin.platforms.shopware.addresses import APP_NAME
from plugin.platforms.shopware.api import Api
from plugin.platforms.shopware.base import ShopwareBase
from plugin.platforms.shopware.facts import read_counts, read_facts
from plugin.platforms.shopware.signatures import (
    check_time,
    read_values,
    split_opening,
    verify,
    verify_query,
)
from plugin.security import hmac_hex_matches
from plugin.shape import text, whole, wrong

_APP_SIGNATURE = "shopware-app-signature"
_SHOP_SIGNATURE = "shopware-shop-signature"
_OLD_SIGNATURE = "shopware-shop-signature-previous"
_MOST_BYTES = 10_000
_LONGEST_ID = 64
_LONGEST_KEY = 512
#: The shop waits five seconds for our answer to its registration.
_WHILE_THE_SHOP_WAITS = 4.0


class ShopwareInstalls(ShopwareBase):
    """Registers, authorises and describes a shop."""

    def verify_registration(
        self, raw_query: bytes, headers: Mapping[str, str], now: datetime
    ) -> Registration:
        """Check the signature of the app over the raw query, and its time."""
        mark = headers.get(_APP_SIGNATURE, "")
        values = verify_query(raw_query, mark, self._secrets)
        check_time(values.get("timestamp", ""), now)
        return Registration(
            platform_id=_shop_id(values.get("shop-id", "")),
            domain=self._addresses.domain_of(values.get("shop-url", "")),
            shop_url=values["shop-url"],
            message=raw_query,
            mark=mark,
            second=headers.get(_SHOP_SIGNATURE, ""),
        )

    def registration_proof(self, registration: Registration) -> str:
        """Return what shows the shop that it speaks with the owner of the app's secret."""
        # While the secret rotates, each shop is answered with the one in its own package.
        mine = [s for s in self._secrets if _signs(s, registration.message, registration.mark)]
        message = registration.platform_id + registration.shop_url + APP_NAME
        return hmac.new(mine[0].encode(), message.encode(), hashlib.sha256).hexdigest()

    def read_confirmation(self, inbound: Inbound, now: datetime) -> Confirmation:
        """Return what a confirmation says; nothing is proven yet."""
        body = parse_object(inbound.body, max_bytes=_MOST_BYTES)
        try:
            key, secret = _key(text(body, "apiKey")), _key(text(body, "secretKey"))
            check_time(text(body, "timestamp"), now)
            platform_id = _shop_id(text(body, "shopId"))
            domain = self._addresses.domain_of(text(body, "shopUrl"))
        except PlatformError:  # the readers are those of a platform's answers
            raise BadInputError("request_refused") from None
        return Confirmation(
            platform_id=platform_id,
            domain=domain,
            credentials=f"{key}:{secret}",
            message=inbound.body,
            signature=inbound.headers.get(_SHOP_SIGNATURE, ""),
            second=inbound.headers.get(_OLD_SIGNATURE, ""),
        )

    def check_signature(self, message: bytes, given: str, secrets: Sequence[str]) -> None:
        """Check a signature of the shop over raw bytes; NotAllowedError if it is not genuine."""
        verify(message, given, secrets)

    def try_credentials(self, domain: str, credentials: str) -> tuple[Grant, ShopFacts]:
        """Use keys once, quickly, because a shop waits for our answer meanwhile."""
        api = self._api.within(_WHILE_THE_SHOP_WAITS)
        grant = self._granted(api, domain, credentials)
        return grant, read_facts(api, Access(0, domain, grant.access_token), self._scopes)

    def opening_claim(self, raw_query: bytes) -> str:
        """Return the id of the shop that an opening in its administration says it is from."""
        return _shop_id(read_values(raw_query).get("shop-id", ""))

    def verify_opening(self, raw_query: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Check the signature over everything in front of it, and the time."""
        message, signature = split_opening(raw_query)
        check_time(verify_query(message, signature, secrets).get("timestamp", ""), now)

    def refresh(self, domain: str, refresh_token: str) -> Grant:
        """Trade the keys for a new token; AccessRevokedError if the shop refuses them."""
        try:
            return self._granted(self._api, domain, refresh_token)
        except AccessRevokedError:
            raise AccessRevokedError("access_revoked") from None

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        """Return the origin of the administration."""
        return (self._addresses.origin(domain),)

    def frame_script(self, domain: str) -> str | None:
        """Return None: an opening is signed, no script hands out tokens."""
        return None

    def app_url(self, domain: str) -> str:
        """Return where the merchant finds our page in the administration."""
        return self._addresses.app(domain)

    def shop_facts(self, access: Access) -> ShopFacts:
        """Return name, contact, currency, zone and granted scopes."""
        return read_facts(self._api, access, self._scopes)

    def counts(self, access: Access) -> Counts:
        """Return how many products, customers and orders a first sync will bring."""
        return read_counts(self._api, access)

    def _granted(self, api: Api, domain: str, credentials: str) -> Grant:
        key, _, secret = credentials.partition(":")
        answer = api.token(domain, key, secret)
        token = text(answer, "access_token")
        seconds = whole(answer, "expires_in")
        if not 0 < seconds <= 86400 or not 0 < len(token) <= 8192 or not token.isascii():
            raise wrong()
        return Grant(
            access_token=token,
            refresh_token=credentials,
            expires_at=self._clock() + timedelta(seconds=seconds),
            refresh_expires_at=None,
            scopes=self._scopes,
        )


def _signs(secret: str, message: bytes, mark: str) -> bool:
    return hmac_hex_matches([secret], message, mark.encode("ascii", "replace"))


def _shop_id(value: str) -> str:
    if not 0 < len(value) <= _LONGEST_ID or not value.isascii() or not value.isalnum():
        raise NotAllowedError("signature_invalid")
    return value


def _key(value: str) -> str:
    plain = value.isascii() and value.isprintable() and not set(value) & set(" :")
    if not plain or not 0 < len(value) <= _LONGEST_KEY:
        raise BadInputError("request_refused")
    return value
