"""What a merchant has to do until the first sign-up works, each proven by a look at the facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from plugin.contracts.platform import Embeds, SyncsConsent
from plugin.errors import BleibError, InvalidFieldError
from plugin.model import Shop
from plugin.sanitize import plain_text
from plugin.services import config_changes, senders
from plugin.services.context import Context
from plugin.services.wording import page_address
from plugin.store import shop_switches, sign_up_trail
from plugin.store.shop_switches import EmbedSeen
from plugin.store.sign_up_trail import Trail

__all__ = ["EmbedSeen", "SetupState", "Trail", "look_for_embed", "save_details", "setup_state"]

#: The storefront is not asked again within this time, however often the page is opened.
LOOK_AGAIN_AFTER = timedelta(seconds=15)
LOOK_WHEN_ASKED_AFTER = timedelta(seconds=1)
_LONGEST = 500


@dataclass(frozen=True)
class SetupState:
    """How far the setup is; a step is done when the facts say so, never by a click."""

    embed: EmbedSeen
    details: bool
    proven: bool
    running: int
    trail: Trail

    @property
    def sender(self) -> bool:
        """Tell whether mails say who sends them, from an address that the DNS allows."""
        return self.details and self.proven

    @property
    def steps(self) -> tuple[bool, bool, bool, bool]:
        """Tell for each of the four steps whether it is done."""
        return (self.embed.active, self.sender, self.running > 0, self.trail.complete)

    @property
    def open(self) -> int:
        """Return how many steps are not done."""
        return self.steps.count(False)

    @property
    def next(self) -> int:
        """Return the number (1 to 4) of the first step that is not done, 0 when all are."""
        return 0 if self.open == 0 else self.steps.index(False) + 1


def setup_state(context: Context, shop: Shop) -> SetupState:
    """Return how far the setup is, from what is stored; asks nobody outside."""
    with context.db.read() as connection:
        return SetupState(
            embed=shop_switches.embed_seen(connection, shop.id),
            details=bool(shop.imprint and shop.privacy_url),
            proven=senders.is_proven(connection, shop),
            running=sign_up_trail.running_campaigns(connection, shop.id),
            trail=_trail(context, shop, sign_up_trail.newest_trail(connection, shop.id)),
        )


def _trail(context: Context, shop: Shop, trail: Trail) -> Trail:
    # Where nobody can be entered into the shop's own records, the way ends before that.
    no_records = context.maybe(shop, SyncsConsent) is None
    return replace(trail, customer=trail.confirmed) if no_records else trail


def look_for_embed(context: Context, shop: Shop, *, asked: bool = False) -> EmbedSeen:
    """Look for our script on the storefront and remember what was seen.

    A storefront that does not answer counts as not found. Looks again at most every 15 seconds,
    every second when the merchant `asked`: who has just saved the theme wants to know now.
    """
    now = context.now()
    with context.db.read() as connection:
        seen = shop_switches.embed_seen(connection, shop.id)
    pause = LOOK_WHEN_ASKED_AFTER if asked else LOOK_AGAIN_AFTER
    if seen.at is not None and now - seen.at < pause:
        return seen
    try:
        state = context.able(shop, Embeds).embed_state(shop.storefront_url, shop.key)
        checked, found = state.checked, state.found
    except BleibError:
        if seen.checked:
            return seen
        checked, found = (), ()
    with context.db.write() as connection:
        shop_switches.save_embed(connection, shop.id, at=now, checked=checked, found=found)
        return shop_switches.embed_seen(connection, shop.id)


def save_details(
    context: Context,
    shop: Shop,
    *,
    imprint: str,
    privacy_url: str,
    address: Literal["du", "sie"],
) -> None:
    """Store what stands under mails and beside forms.

    InvalidFieldError names the field: "imprint_missing", "imprint_too_long", "privacy_invalid".
    """
    # Entered as an address on a letter, shown in one line.
    lines = (line.strip(" ,") for line in plain_text(imprint).splitlines())
    imprint = ", ".join(line for line in lines if line)
    privacy_url = privacy_url.strip()
    if not imprint:
        raise InvalidFieldError("imprint_missing", field="imprint")
    if len(imprint) > _LONGEST:
        raise InvalidFieldError("imprint_too_long", field="imprint")
    if len(privacy_url) > _LONGEST or page_address(privacy_url) is None:
        raise InvalidFieldError("privacy_invalid", field="privacy_url")
    with context.db.write() as connection:
        shop_switches.save_details(
            connection, shop.id, imprint=imprint, privacy_url=privacy_url, address=address
        )
        config_changes.changed(connection, context, shop)
