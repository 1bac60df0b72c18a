"""Setup: four steps, each proven by a look at the facts, and the first sync while it runs."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response, request

from plugin.admin.abilities import abilities_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.platform import Embeds
from plugin.errors import InvalidFieldError
from plugin.services import campaigns, senders, setup
from plugin.services.catalogue import progress

#: Seconds between two looks of an open page.
_LOOK_SECONDS = 60
_SYNC_SECONDS = 2
_LIGHT_SECONDS = 4
_STEPS = ("1", "2", "3", "4")


@blueprint.get("/setup")
def setup_page() -> Response:
    """Show how far the setup is, the next open step unfolded."""
    return _page({}, {})


@blueprint.get("/setup/embed")
def setup_embed() -> Response:
    """Look at the storefront now, or at the DNS; the page asks for this while it is open."""
    if "sender" in request.args:
        senders.look_again(current_context(), this_shop())
    else:
        setup.look_for_embed(current_context(), this_shop())
    return _page({}, {}, looked=True)


@blueprint.post("/setup/embed")
def setup_look() -> Response:
    """Look at the storefront because the merchant pressed the button."""
    setup.look_for_embed(current_context(), this_shop(), asked=True)
    return to("setup_page")


@blueprint.post("/setup/sender")
def setup_sender() -> Response:
    """Save what stands under mails and beside forms."""
    entered = {name: request.form.get(name, "") for name in ("imprint", "privacy_url", "address")}
    address: Literal["du", "sie"] = "du" if entered["address"] == "du" else "sie"
    try:
        setup.save_details(
            current_context(),
            this_shop(),
            imprint=entered["imprint"],
            privacy_url=entered["privacy_url"],
            address=address,
        )
    except InvalidFieldError as error:
        message = words().t(f"setup.sender.{error.code}")
        return _page(entered, {str(error.field): message}, status=422)
    return to("setup_page", done="saved")


def _asked() -> int:
    step = request.args.get("step", "")
    return int(step) if step in _STEPS else 0


def _page(
    entered: dict[str, str], problems: dict[str, str], status: int = 200, *, looked: bool = False
) -> Response:
    context, shop = current_context(), this_shop()
    syncs = progress(context, shop.id)
    values: dict[str, Any] = {
        "entered": entered
        or {"imprint": shop.imprint, "privacy_url": shop.privacy_url, "address": shop.address},
        "problems": problems,
        "syncs": syncs,
        "syncing": any(sync.state in ("waiting", "running") for sync in syncs),
        "campaigns": campaigns.all_of(context, shop),
        "kinds": context.widgets,
        "forms": [name for name, kind in context.widgets.items() if kind.collects_consent],
        "looked": looked,
        "now": context.now(),
        "embed_url": context.able(shop, Embeds).embed_url(shop.domain, shop.storefront_url),
        "own_sender": senders.setting(context, shop),
        "unfolded": 2 if problems else _asked(),
        "silent": request.args.get("done") == "silent",
        "abilities": abilities_of(shop, words()),
        "seconds": {"look": _LOOK_SECONDS, "sync": _SYNC_SECONDS, "light": _LIGHT_SECONDS},
    }
    return page("setup.html", status, **values)
