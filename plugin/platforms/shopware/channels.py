"""The storefronts of a shop: Shopware calls them sales channels and may have several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from plugin.http_out import origin_of
from plugin.model import Access
from plugin.platforms.shopware.api import Api
from plugin.platforms.shopware.shape import identifier, number
from plugin.shape import Node, currency, node, nodes, optional_text, text, wrong

_STOREFRONT = "8a243080f92e4c719546314b577cf82b"
_MOST = 100
_CRITERIA = {
    "filter": [
        {"type": "equals", "field": "typeId", "value": _STOREFRONT},
        {"type": "equals", "field": "active", "value": True},
    ],
    "associations": {
        "domains": {"associations": {"language": {"associations": {"locale": {}}}}},
        "currency": {},
        "country": {},
    },
    "includes": {
        "sales_channel": ["id", "name", "languageId", "domains", "currency", "country"],
        "sales_channel_domain": ["url", "languageId", "language"],
        "language": ["id", "locale"],
        "locale": ["code"],
        "currency": ["id", "isoCode", "factor"],
        "country": ["iso"],
    },
    "sort": [{"field": "createdAt", "order": "ASC"}, {"field": "id", "order": "ASC"}],
    "limit": _MOST,
}


@dataclass(frozen=True)
class Channel:
    """One storefront; `languages` are its language ids by two-letter code.

    `factor` is what one unit of the system's own currency is worth in the storefront's.
    """

    id: str
    name: str
    url: str
    currency: str
    currency_id: str
    factor: Decimal
    country: str
    language_id: str
    languages: dict[str, str]


def read_channels(api: Api, access: Access) -> tuple[Channel, ...]:
    """Return the shop's active storefronts, the one under the shop's own address first."""
    base = api.addresses.base(access.domain)
    found = [_channel(item, base) for item in api.search(access, "sales-channel", _CRITERIA)]
    known = [channel for channel in found if channel.url]
    return tuple(sorted(known, key=lambda channel: not _is_under(channel.url, base)))


def main_channel(api: Api, access: Access) -> Channel:
    """Return the storefront that the shop's own address leads to, else the oldest one.

    PlatformError("platform_answer_invalid") if the shop has none.
    """
    found = read_channels(api, access)
    if not found:
        raise wrong()
    return found[0]


def _channel(item: Node, base: str) -> Channel:
    domains = nodes(item, "domains")
    urls = [url for domain in domains if (url := _web_address(text(domain, "url")))]
    languages: dict[str, str] = {}
    for domain in domains:
        languages.setdefault(_language(domain), identifier(domain, "languageId"))
    money = node(item, "currency")
    factor = number(money, "factor")
    if factor <= 0:
        raise wrong()
    return Channel(
        id=identifier(item),
        name=optional_text(item, "name") or "",
        url=_nearest(urls, base),
        currency=currency(money, "isoCode"),
        currency_id=identifier(money),
        factor=factor,
        country=(optional_text(node(item, "country"), "iso") or "").upper(),
        language_id=identifier(item, "languageId"),
        languages=languages,
    )


def _language(domain: Node) -> str:
    return text(node(node(domain, "language"), "locale"), "code")[:2].lower()


def _nearest(urls: Sequence[str], base: str) -> str:
    return min(urls, key=lambda url: (not _is_under(url, base), len(url)), default="")


def _is_under(url: str, base: str) -> bool:
    return url == base or url.startswith(base + "/") or origin_of(url) == origin_of(base)


def _web_address(url: str) -> str:
    # It becomes the target of links in mails and pages: nothing but a plain web address may.
    # A channel without a storefront carries a placeholder such as "default.headless0".
    plain = url.isprintable() and not set(url) & set("\\\"'<> ?#@") and len(url) <= 500
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    known = plain and parts.scheme in ("https", "http") and bool(parts.hostname)
    return url.rstrip("/") if known else ""
