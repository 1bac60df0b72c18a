"""What a platform can do, declared by its adapter and shown to the merchant."""

from __future__ import annotations

from typing import Literal

from plugin.contracts import connecting
from plugin.contracts import platform as contract

#: "partly" and "no" carry a sentence for the merchant: text `platforms.<platform>.<capability>`.
Level = Literal["yes", "partly", "no"]
Capability = Literal[
    "shop",
    "catalogue",
    "customers",
    "orders",
    "history",
    "shipments",
    "vouchers",
    "exclusions",
    "consent_sync",
    "checkout_opt_in",
    "webhooks",
    "embedding",
    "cart",
    "order_note",
    "channel",
    "shop_pages",
    "frame",
]

#: The Protocol that an adapter has where it declares "yes" or "partly"; None: nothing on our side,
#: the storefront does it (the cart and its note, by its hook), orders tell it, the shop tells us
#: (parcels inside of orders), or it comes with another one (products that a voucher excludes).
PROTOCOLS: dict[Capability, type | None] = {
    "shop": contract.ReadsShop,
    "catalogue": contract.ReadsCatalogue,
    "customers": contract.ReadsCustomers,
    "orders": contract.ReadsOrders,
    "history": contract.ReadsOrders,
    "shipments": None,
    "vouchers": contract.IssuesVouchers,
    "exclusions": None,
    "consent_sync": contract.SyncsConsent,
    "checkout_opt_in": None,
    "webhooks": contract.ReceivesWebhooks,
    "embedding": contract.Embeds,
    "cart": None,
    "order_note": None,
    "channel": None,
    "shop_pages": contract.ForwardsPages,
    "frame": connecting.OpensInFrame,
}
