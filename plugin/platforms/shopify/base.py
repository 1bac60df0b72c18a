"""What every capability of the adapter shares: identity, addresses, secrets, clients, time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plugin.clock import Clock, utc_now
from plugin.contracts.capabilities import Capability, Level
from plugin.errors import PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.model import Access
from plugin.platforms.shopify import shape
from plugin.platforms.shopify.addresses import Addresses
from plugin.platforms.shopify.graphql import GraphQL
from plugin.platforms.shopify.shape import Node


class ShopifyBase:
    """The shared parts; each capability is a subclass in a module of its own."""

    name = "shopify"
    support: Mapping[Capability, Level] = {
        "shop": "yes",
        "catalogue": "yes",
        "customers": "yes",
        "orders": "yes",
        "history": "partly",
        "shipments": "yes",
        "vouchers": "yes",
        "exclusions": "no",
        "consent_sync": "yes",
        "checkout_opt_in": "no",
        "webhooks": "yes",
        "embedding": "yes",
        "cart": "yes",
        "order_note": "yes",
        "channel": "yes",
        "shop_pages": "yes",
        "frame": "yes",
    }

    def __init__(
        self,
        client_id: str,
        secrets: Sequence[str],
        origins: Mapping[str, str],
        http: HttpOut,
        *,
        clock: Clock = utc_now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        registration = load_manifest().platforms["shopify"]
        self._client_id = client_id
        self._secrets = tuple(secrets)
        self._http = http
        self._clock = clock
        self._addresses = Addresses(client_id, registration, dict(origins))
        self._graphql = GraphQL(http, self._addresses, pause=pause)
        # Where in its sizes each listing begins, see `_listing`.
        self._fitting: dict[str, int] = {}

    def _listing(
        self,
        access: Access,
        operation: str,
        field: str,
        variables: Mapping[str, Any],
        sizes: Sequence[int],
    ) -> tuple[list[Node], str | None]:
        """Return the nodes of one page and what continues it.

        The platform bounds the cost of one query and does not publish how it is reckoned, so a
        page that is too costly is asked for again in smaller sizes. What a query costs hangs on
        the query alone: the size that was let through is where the next page begins.
        """
        for size in sizes[self._fitting.get(operation, 0) :]:
            try:
                data = self._graphql.run(access, operation, {**variables, "first": size})
            except PlatformRefusedError as error:
                if error.code != "platform_query_too_costly" or size == sizes[-1]:
                    raise
                self._fitting[operation] = sizes.index(size) + 1
                continue
            connection = shape.node(data, field)
            pages = shape.node(connection, "pageInfo")
            after = shape.text(pages, "endCursor") if shape.flag(pages, "hasNextPage") else None
            return shape.nodes(connection, "nodes"), after
        raise PlatformRefusedError("platform_query_too_costly")
