"""What Bleib asks of a shop platform: one small Protocol for each capability.

An adapter has those that its platform allows and declares all of them in `support`
(`plugin/contracts/capabilities.py`). Every method that speaks with the shop takes an `Access`
(domain and valid token) and may raise PlatformError (try later), PlatformRefusedError (never),
AccessRevokedError (connect again).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar, runtime_checkable

from plugin.model import (
    Access,
    Counts,
    Customer,
    Delivery,
    EmbedState,
    Order,
    Product,
    ShopFacts,
    VoucherOrder,
)

if TYPE_CHECKING:
    from plugin.contracts.capabilities import Capability, Level

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a listing; `after` continues it and is None on the last page."""

    items: tuple[Item, ...]
    after: str | None


@dataclass(frozen=True)
class History:
    """State of an order export that the platform prepares."""

    state: Literal["running", "ready", "failed"]
    objects: int
    url: str | None


@dataclass(frozen=True)
class ParcelChange:
    """An order of which a parcel changed."""

    order_id: str
    changed_at: datetime


@dataclass(frozen=True)
class Inbound:
    """A message as it arrived: header names in lower case, raw body, shop key of the path or ""."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    key: str = ""


@dataclass(frozen=True)
class Claim:
    """Which shop a message says it is from; nothing is proven yet."""

    kind: Literal["domain", "key", "platform_id"]
    value: str


@dataclass(frozen=True)
class Embed:
    """What a storefront holds of us, so that a page view needs no request to the app.

    `config` is the JSON text of the storefront's config; `secret` is what the platform signs
    with for this shop, "" where it has none of its own.
    """

    shop_key: str
    config: str
    app_url: str
    secret: str = field(repr=False)


@runtime_checkable
class ShopPlatform(Protocol):
    """What every platform has."""

    name: str
    support: Mapping[Capability, Level]

    def clean_domain(self, text: str) -> str:
        """Return the shop's domain in its one form; BadInputError("shop_invalid") otherwise."""


@runtime_checkable
class ReadsShop(Protocol):
    """Facts of the shop itself."""

    def shop_facts(self, access: Access) -> ShopFacts:
        """Return name, contact, currency, zone and granted scopes."""

    def counts(self, access: Access) -> Counts:
        """Return how many products, customers and orders a first sync will bring."""


@runtime_checkable
class ReadsCatalogue(Protocol):
    """Products."""

    def products(self, access: Access, after: str | None, since: datetime | None) -> Page[Product]:
        """Return a page of products, oldest change first, changed at or after `since`."""

    def product(self, access: Access, product_id: str) -> Product | None:
        """Return one product, None if it is gone."""


@runtime_checkable
class ReadsCustomers(Protocol):
    """Customers."""

    def customers(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[Customer]:
        """Return a page of customers, oldest change first, changed at or after `since`."""

    def customer_by_email(self, access: Access, email: str) -> Customer | None:
        """Return the customer with that address, None if there is none."""


@runtime_checkable
class ReadsOrders(Protocol):
    """Orders with their parcels."""

    def order(self, access: Access, order_id: str) -> Order | None:
        """Return one order with its shipments, None if it is gone."""

    def orders(self, access: Access, after: str | None, since: datetime | None) -> Page[Order]:
        """Return a page of orders, oldest change first, changed at or after `since`.

        `shipments` is None where the listing does not tell them.
        """


@runtime_checkable
class ExportsHistory(Protocol):
    """Prepares all orders as one file; other platforms are read page by page."""

    def start_history(self, access: Access) -> str:
        """Ask for an export of all orders; returns its handle. Asking twice is harmless."""

    def history(self, access: Access, handle: str) -> History:
        """Return how far the export is."""

    def read_history(self, access: Access, url: str) -> Iterator[Order]:
        """Stream the orders of a ready export."""


@runtime_checkable
class PollsShipments(Protocol):
    """Announces no change of a parcel: it must be asked."""

    def parcel_changes(
        self, access: Access, after: str | None, since: datetime | None
    ) -> Page[ParcelChange]:
        """Return a page of orders whose parcels changed at or after `since`, oldest first."""


@runtime_checkable
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


@runtime_checkable
class LinksCarts(Protocol):
    """An address that fills a cart; elsewhere our script does it, after a click."""

    def cart_link(self, storefront_url: str, items: Sequence[tuple[str, int]]) -> str:
        """Return the address of a cart with these variants, as the storefront calls them."""


@runtime_checkable
class SyncsConsent(Protocol):
    """Confirmed sign-ups in the shop's own customer records."""

    def record_consent(self, access: Access, email: str, language: str, at: datetime) -> str | None:
        """Create or update the person as confirmed subscriber.

        Returns the customer's id, None where the platform keeps subscribers apart from customers.
        """

    def withdraw_consent(self, access: Access, email: str, at: datetime) -> None:
        """Mark the person as unsubscribed; an unknown address is no error."""


@runtime_checkable
class ReceivesWebhooks(Protocol):
    """Signed messages from the platform."""

    def claim(self, inbound: Inbound) -> Claim | None:
        """Return which shop a message says it is from, None for a test message without meaning.

        NotAllowedError("signature_invalid") if it names none.
        """

    def verify_webhook(self, inbound: Inbound, secrets: Sequence[str]) -> Delivery:
        """Check signature and shape; NotAllowedError("signature_invalid") if not genuine.

        `secrets` are what the platform signs with for the claimed shop, the newest first; none
        for an unknown or uninstalled shop. A platform that signs with a secret of the app
        ignores them.
        """


@runtime_checkable
class ManagesWebhooks(Protocol):
    """Has to be asked, shop by shop, to send its messages."""

    def ensure_webhooks(self, access: Access, url: str, secret: str) -> None:
        """Create the messages we need to `url`, signed with `secret`, and repair paused ones.

        Doing it twice changes nothing.
        """


@runtime_checkable
class ForwardsPages(Protocol):
    """Shows pages of ours under the shop's own address."""

    #: Media type of an answer that the storefront puts into the frame of its own theme, and reads
    #: as a template of its own; "" where it shows every page as it is.
    themed_type: str

    def verify_proxy(self, raw_query: str, now: datetime) -> str:
        """Return the domain of a request through the shop's own domain; NotAllowedError if not
        genuine."""


@runtime_checkable
class Embeds(Protocol):
    """Our script on the storefront."""

    def publish_embed(self, access: Access, embed: Embed) -> bool:
        """Give the storefront what its embed needs; False if it has no package of ours yet."""

    def embed_url(self, domain: str, storefront_url: str) -> str:
        """Return the place where the merchant switches the embed on."""

    def embed_state(self, storefront_url: str, shop_key: str) -> EmbedState:
        """Look for our script tag on the storefront's main pages."""
