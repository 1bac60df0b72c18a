"""What Bleib asks of a shop platform: one small Protocol for each capability.

Every method that speaks with the shop takes an `Access` (domain and valid token) and may raise
PlatformError (try later), PlatformRefusedError (never), AccessRevokedError (connect again).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

from plugin.model import (
    Access,
    Counts,
    Customer,
    Delivery,
    EmbedState,
    Grant,
    Order,
    Product,
    ShopFacts,
    VoucherOrder,
)

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a listing; `after` continues it and is None on the last page."""

    items: tuple[Item, ...]
    after: str | None


@dataclass(frozen=True)
class Callback:
    """A checked return from the platform's consent page."""

    domain: str
    code: str
    state: str


@dataclass(frozen=True)
class History:
    """State of an order export that the platform prepares."""

    state: Literal["running", "ready", "failed"]
    objects: int
    url: str | None


class Installs(Protocol):
    """The authorised connection: entry, consent, tokens."""

    def clean_domain(self, text: str) -> str:
        """Return the shop's domain in its one form; BadInputError("shop_invalid") otherwise."""

    def verify_entry(self, raw_query: bytes, now: datetime) -> str:
        """Return the domain of a signed opening of the app; NotAllowedError if not genuine."""

    def entry_mark(self, raw_query: bytes) -> str:
        """Return what tells a genuine opening from every other one, however it is written."""

    def authorise_url(self, domain: str, state: str, redirect_uri: str) -> str:
        """Return the platform's consent page for our declared scopes."""

    def verify_callback(self, raw_query: bytes, now: datetime) -> Callback:
        """Check a return from the consent page; NotAllowedError if not genuine."""

    def exchange(self, domain: str, code: str) -> Grant:
        """Trade a one-time code for tokens."""

    def refresh(self, domain: str, refresh_token: str) -> Grant:
        """Trade a refresh token for a new pair."""

    def app_url(self, domain: str) -> str:
        """Return where the merchant finds the shop's own admin page of our app."""


class ReadsShop(Protocol):
    """Facts of the shop itself."""

    def shop_facts(self, access: Access) -> ShopFacts:
        """Return name, contact, currency, zone and granted scopes."""

    def counts(self, access: Access) -> Counts:
        """Return how many products, customers and orders a first sync will bring."""


class ReadsCatalogue(Protocol):
    """Products and customers."""

    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        """Return a page of products, oldest change first, changed at or after `since`."""

    def product(self, access: Access, product_id: str) -> Product | None:
        """Return one product, None if it is gone."""

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        """Return a page of customers, oldest change first, changed at or after `since`."""

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        """Return the customer with that address, None if there is none."""


class ReadsOrders(Protocol):
    """Orders with their parcels."""

    def order(self, access: Access, order_id: str) -> Order | None:
        """Return one order with its shipments, None if it is gone."""

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        """Return a page of orders (no shipments), oldest change first, changed since `since`."""

    def start_history(self, access: Access) -> str:
        """Ask for an export of all orders; returns its handle. Asking twice is harmless."""

    def history(self, access: Access, handle: str) -> History:
        """Return how far the export is."""

    def read_history(self, access: Access, url: str) -> Iterator[Order]:
        """Stream the orders of a ready export."""


class IssuesVouchers(Protocol):
    """Discount codes."""

    def issue_voucher(self, access: Access, order: VoucherOrder) -> str:
        """Create the code and return the platform's id of it.

        Idempotent by code: if the code exists already with our title, its id is returned.
        PlatformRefusedError("voucher_code_taken") if a foreign discount has the code.
        """

    def withdraw_voucher(self, access: Access, voucher_id: str) -> None:
        """Remove the code from the shop; a missing one is no error."""

    def voucher_link(self, storefront_url: str, code: str) -> str:
        """Return the address that puts the code into the shopper's cart."""


class SyncsConsent(Protocol):
    """Confirmed sign-ups in the shop's own customer records."""

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str:
        """Create or update the customer as confirmed subscriber; returns the customer's id."""

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        """Mark the customer as unsubscribed; an unknown address is no error."""


class ReceivesWebhooks(Protocol):
    """Signed messages from the platform."""

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Check signature and shape; NotAllowedError("signature_invalid") if not genuine."""

    def verify_proxy(self, raw_query: str, now: datetime) -> str:
        """Return the domain of a request through the shop's own domain; NotAllowedError if not
        genuine."""

    def order_of(self, delivery: Delivery) -> str | None:
        """Return the id of the order that a delivery speaks of."""

    def product_of(self, delivery: Delivery) -> str | None:
        """Return the id of the product that a delivery speaks of."""

    def person_of(self, delivery: Delivery) -> tuple[str | None, str | None]:
        """Return customer id and mail address that a compliance delivery speaks of."""


class Embeds(Protocol):
    """Our script on the storefront."""

    def publish_embed(self, access: Access, shop_key: str) -> None:
        """Give the storefront what its embed needs (the public shop key)."""

    def embed_url(self, domain: str) -> str:
        """Return the place where the merchant switches the embed on."""

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages."""


class ShopPlatform(
    Installs,
    ReadsShop,
    ReadsCatalogue,
    ReadsOrders,
    IssuesVouchers,
    SyncsConsent,
    ReceivesWebhooks,
    Embeds,
    Protocol,
):
    """A platform with every capability."""

    name: str
