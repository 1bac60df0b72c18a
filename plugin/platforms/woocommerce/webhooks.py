"""Webhooks in the shop: made where they are missing, mended where they stopped."""

from __future__ import annotations

from urllib.parse import urlsplit

from plugin.model import Access
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.answers import RefusedByShopError, as_list
from plugin.platforms.woocommerce.base import WooBase
from plugin.platforms.woocommerce.paging import more_follow
from plugin.platforms.woocommerce.rest import API
from plugin.platforms.woocommerce.shape import Node
from plugin.security import digest

_PER_PAGE = 100
_MOST_PAGES = 10


class WooWebhooks(WooBase):
    """Looks after the messages that the shop sends us.

    WooCommerce never repeats a message, and stops sending after a few that failed: without this
    an outage of ours would leave a shop silent for good.
    """

    def ensure_webhooks(self, access: Access, url: str, secret: str) -> None:
        """Create the messages we need to `url`, signed with `secret`, and repair the others.

        Doing it twice changes nothing. Webhooks of others are left alone.
        """
        path = urlsplit(url).path
        mine: dict[str, list[Node]] = {}
        for hook in self._hooks(access):
            if _path(hook) == path or _name(hook).startswith(_own_name(path)):
                mine.setdefault(str(hook.get("topic")), []).append(hook)
        for topic in self._registration.webhooks:
            found = mine.get(topic, [])
            self._ensure(access, topic, found[:1], url, secret)
            for surplus in found[1:]:
                self._remove(access, surplus)

    def _hooks(self, access: Access) -> list[Node]:
        found: list[Node] = []
        for page in range(1, _MOST_PAGES + 1):
            reply = self._rest.ask(
                access, "GET", f"{API}/webhooks", per_page=_PER_PAGE, page=page, status="all"
            )
            some = as_list(reply)
            found += some
            if not more_follow(reply, page, len(some), _PER_PAGE):
                break
        return found

    def _ensure(self, access: Access, topic: str, found: list[Node], url: str, secret: str) -> None:
        # The shop never shows a secret again, so the name tells which one a webhook has.
        name = f"{_own_name(urlsplit(url).path)} {topic} ({digest(secret)[:8]})"
        wanted = {"name": name, "status": "active", "delivery_url": url}
        if not found:
            content = {**wanted, "topic": topic, "secret": secret}
            self._rest.send(access, "POST", f"{API}/webhooks", content)
        elif any(found[0].get(key) != value for key, value in wanted.items()):
            route = f"{API}/webhooks/{shape.identifier(found[0])}"
            self._rest.send(access, "PUT", route, {**wanted, "secret": secret})

    def _remove(self, access: Access, hook: Node) -> None:
        try:
            route = f"{API}/webhooks/{shape.identifier(hook)}"
            self._rest.send(access, "DELETE", route, force="true")
        except RefusedByShopError as error:
            if not error.reason.endswith("_invalid_id"):
                raise


def _own_name(path: str) -> str:
    """Return how our webhooks of this shop are called; another installation's have another key."""
    return f"Bleib {path.rsplit('/', 1)[-1]}"


def _name(hook: Node) -> str:
    return shape.optional_text(hook, "name") or ""


def _path(hook: Node) -> str:
    try:
        return urlsplit(shape.optional_text(hook, "delivery_url") or "").path
    except ValueError:
        return ""
