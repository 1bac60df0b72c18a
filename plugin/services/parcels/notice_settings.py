"""At which milestones of an order Bleib writes, so that nobody is told the same thing twice."""

from __future__ import annotations

from plugin.contracts.shopwide import Notices
from plugin.manifest import load_manifest
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.services.mails.parcel_letters import MILESTONES
from plugin.services.shop_settings import Whole

WIDGET = "shipment_status"
_WHOLE = Whole("notices", Notices)
#: What is set; before the merchant answered Bleib writes at no milestone.
read, get, of = _WHOLE.read, _WHOLE.get, _WHOLE.of


def own_mails(shop: Shop) -> tuple[str, ...]:
    """Return the milestones at which the shop's own software writes as it comes."""
    known = load_manifest().platforms.get(shop.platform)
    return () if known is None else known.own_mails


def proposed(shop: Shop, *, shop_sends: bool) -> Notices:
    """Return what Bleib should send: everything, or what the shop's own software does not."""
    taken = own_mails(shop) if shop_sends else ()
    return Notices(answered=True, **{name: name not in taken for name in MILESTONES})


def is_asked(context: Context, shop: Shop) -> bool:
    """Tell whether shoppers follow their parcels here, and nobody said yet who writes to them."""
    with context.db.read() as connection:
        if read(connection, shop.id).answered:
            return False
        return any(one.widget == WIDGET for one in campaigns.published(connection, shop.id))


def answer(context: Context, shop: Shop, *, shop_sends: bool) -> None:
    """Take the answer to whether the shop writes by itself; a second one starts anew."""
    with context.db.write() as connection:
        seen = _WHOLE.read(connection, shop.id)
        wanted = proposed(shop, shop_sends=shop_sends)
        _WHOLE.put(connection, context, shop, wanted, seen=seen)


def save(context: Context, shop: Shop, wanted: Notices, *, seen: Notices) -> None:
    """Switch milestones on and off, for a merchant who saw `seen`.

    ConflictError("notices_changed") if it is another by now.
    """
    with context.db.write() as connection:
        _WHOLE.put(connection, context, shop, wanted, seen=seen)
