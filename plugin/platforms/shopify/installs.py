"""The authorised connection to a shop: entry, consent, tokens, facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from plugin.contracts.connecting import Callback
from plugin.errors import AccessRevokedError, NotAllowedError, PlatformRefusedError
from plugin.http_out import Reply
from plugin.model import Access, Counts, Grant, ShopFacts
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.addresses import clean_domain
from plugin.platforms.shopify.answers import check_status, parse_answer
from plugin.platforms.shopify.base import ShopifyBase
from plugin.platforms.shopify.shape import Node
from plugin.platforms.shopify.signatures import link_mark, verify_link

_LONGEST_VALUE = 512


class ShopifyInstalls(ShopifyBase):
    """Opens, authorises and describes a shop."""

    def clean_domain(self, text: str) -> str:
        """Return the shop's domain in its one form; BadInputError("shop_invalid") otherwise."""
        return clean_domain(text)

    def verify_entry(self, raw_query: bytes, now: datetime) -> str:
        """Return the domain of a signed opening of the app; NotAllowedError if not genuine."""
        return verify_link(raw_query, self._secrets, now)["shop"]

    def entry_mark(self, raw_query: bytes) -> str:
        """Return the hmac: the one part that cannot be written in two ways and stay genuine."""
        return link_mark(raw_query)

    def authorise_url(self, domain: str, state: str, redirect_uri: str) -> str:
        """Return the consent page for our declared scopes."""
        return self._addresses.authorise(domain, state, redirect_uri)

    def verify_callback(self, raw_query: bytes, now: datetime) -> Callback:
        """Check a return from the consent page; NotAllowedError if not genuine."""
        values = verify_link(raw_query, self._secrets, now)
        code, state = values.get("code", ""), values.get("state", "")
        if not 0 < len(code) <= _LONGEST_VALUE or not 0 < len(state) <= _LONGEST_VALUE:
            raise NotAllowedError("signature_invalid")
        return Callback(domain=values["shop"], code=code, state=state)

    def exchange(self, domain: str, code: str) -> Grant:
        """Trade a one-time code for tokens; PlatformRefusedError("grant_refused") if spent."""
        content = {"code": code, "expiring": "1"}
        reply = self._ask_for_tokens(domain, content, again=False)
        if reply.status in (400, 401, 403):
            raise PlatformRefusedError("grant_refused")
        return self._grant(reply)

    def refresh(self, domain: str, refresh_token: str) -> Grant:
        """Trade a refresh token for a new pair; AccessRevokedError if it is no longer valid."""
        content = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        # The platform keeps the old token good until the new one is used: asking twice is safe.
        reply = self._ask_for_tokens(domain, content, again=True)
        if reply.status in (400, 401, 403):
            raise AccessRevokedError("access_revoked")
        return self._grant(reply)

    def app_url(self, domain: str) -> str:
        """Return where the merchant finds the shop's own admin page of our app."""
        return self._addresses.app(domain)

    def shop_facts(self, access: Access) -> ShopFacts:
        """Return name, contact, currency, zone and granted scopes."""
        data = self._graphql.run(access, "installation")
        shop = shape.node(data, "shop")
        scopes = shape.nodes(shape.node(data, "currentAppInstallation"), "accessScopes")
        return ShopFacts(
            name=shape.text(shop, "name"),
            email=shape.optional_text(shop, "contactEmail")
            or shape.optional_text(shop, "email")
            or "",
            currency=shape.currency(shop, "currencyCode"),
            zone=shape.text(shop, "ianaTimezone"),
            storefront_url=_web_address(shape.node(shop, "primaryDomain"), "url"),
            scopes=implied({shape.text(scope, "handle") for scope in scopes}),
        )

    def counts(self, access: Access) -> Counts:
        """Return how many products, customers and orders a first sync will bring."""
        data = self._graphql.run(access, "counts", {"orders": None}, denied_ok=True)
        return Counts(
            products=_count(data, "productsCount"),
            customers=_count(data, "customersCount"),
            orders=_count(data, "ordersCount"),
        )

    def _ask_for_tokens(self, domain: str, content: Node, *, again: bool) -> Reply:
        identity = {"client_id": self._client_id, "client_secret": self._secrets[0]}
        return self._http.post_json(
            self._addresses.token(domain), {**identity, **content}, idempotent=again
        )

    def _grant(self, reply: Reply) -> Grant:
        check_status(reply)
        answer = parse_answer(reply)
        now = self._clock()
        # Without an end a token would be kept as eternal and fail one day without a way back.
        return Grant(
            access_token=_secret(answer, "access_token"),
            refresh_token=_secret(answer, "refresh_token"),
            expires_at=now + _lifetime(answer, "expires_in"),
            refresh_expires_at=now + _lifetime(answer, "refresh_token_expires_in"),
            scopes=implied({part.strip() for part in shape.text(answer, "scope").split(",")}),
        )


def implied(scopes: set[str]) -> frozenset[str]:
    """Return granted scopes with what they imply: who may write may read."""
    granted = {scope for scope in scopes if scope}
    read = {"read_" + scope.removeprefix("write_") for scope in granted if scope[:6] == "write_"}
    return frozenset(granted | read)


def _web_address(answer: Node, key: str) -> str:
    # It becomes the target of links in mails and pages: nothing but a plain web address may.
    text = shape.text(answer, key).rstrip("/")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise shape.wrong() from None
    plain = text.isprintable() and not set(text) & set("\\\"'<> ") and len(text) <= _LONGEST_VALUE
    if not plain or parts.scheme not in ("https", "http") or not parts.hostname or "@" in text:
        raise shape.wrong()
    return text


def _secret(answer: Node, key: str) -> str:
    value = shape.text(answer, key)
    if not 0 < len(value) <= 4096 or not value.isascii() or not value.isprintable():
        raise shape.wrong()
    return value


def _lifetime(answer: Node, key: str) -> timedelta:
    seconds: Any = shape.whole(answer, key)
    if not 0 < seconds <= 10 * 365 * 86400:
        raise shape.wrong()
    return timedelta(seconds=seconds)


def _count(data: Node, key: str) -> int | None:
    found = shape.optional_node(data, key)
    return None if found is None else shape.whole(found, "count")
