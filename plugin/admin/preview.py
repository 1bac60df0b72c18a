"""The preview: the real bundle with the draft's settings, in the shop's own page or one like it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, make_response, render_template, request

from plugin.admin.carried import unpacked
from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.api import current_context
from plugin.api.headers import OF_A_SHOP, SAME_ORIGIN_FRAME
from plugin.contracts.shopwide import Look
from plugin.contracts.widget import Widget
from plugin.model import Shop
from plugin.services import campaigns, look, storefront_page, targeting
from plugin.services.campaigns import Campaign, settings_of
from plugin.services.storefront_config import shop_facts, signed_end, widget_files

_INLINE_CONFIG = re.compile(
    r'<script type="application/json" id="bleib-config">(.*?)</script>', re.DOTALL
)


@dataclass(frozen=True)
class Scene:
    """How the preview is looked at."""

    device: str = "phone"
    show: str = "de"
    light: str = "light"
    state: str = ""
    arm: str = "a"
    where: str = "shop"

    def whole(self) -> dict[str, str]:
        """Return all of it, for a form to carry along."""
        return asdict(self)

    def query(self) -> dict[str, str]:
        """Return what differs from the plain scene, for an address; the language in any case."""
        plain = asdict(Scene()) | {"show": ""}
        return {name: value for name, value in self.whole().items() if value != plain[name]}


#: By content what a window can show beside its first step: fully open, answered, refused.
_STATES = {
    "sign_up": ("", "open", "thanks", "error", "failure", "offline"),
    "question": ("", "open", "answer"),
    "basket": ("", "open", "thanks"),
}


def states_of(widget: Widget, draft: dict[str, Any]) -> tuple[str, ...]:
    """Return the states the preview of a draft can show, the first one by default."""
    if "content" in draft:
        return _STATES.get(draft["content"], ("",))
    if widget.collects_consent:
        return ("", "thanks", "error", "failure", "offline")
    return ("", "form") if widget.stage == "deliver" else ("",)


def choices(shop: Shop, widget: Widget, draft: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what each switch of a scene may be."""
    variant = targeting.variant_of(settings_of(widget, draft))
    return {
        "device": ("phone", "desktop"),
        "show": shop.languages,
        "light": ("light", "dark"),
        "state": states_of(widget, draft),
        "arm": ("a",) if variant is None else ("a", "b"),
        "where": ("shop", "sample"),
    }


def scene_of(shop: Shop, widget: Widget, values: Mapping[str, str], draft: dict[str, Any]) -> Scene:
    """Read a scene from an address or form; what is unknown stays plain.

    The plain language is the one the merchant reads, if the shop speaks it.
    """
    reads = words().language
    scene = Scene(show=reads if reads in shop.languages else shop.languages[0])
    for name, allowed in choices(shop, widget, draft).items():
        if values.get(name, "") in allowed:
            scene = replace(scene, **{name: values.get(name, "")})
    return scene


@blueprint.get("/widgets/<int:campaign_id>/preview")
def preview(campaign_id: int) -> Response:
    """Show the draft as a shopper would see it; nothing is counted, stored or sent from here."""
    context, shop = current_context(), this_shop()
    campaign = campaigns.find(context, shop, campaign_id)
    widget = context.widgets[campaign.widget]
    scene = scene_of(shop, widget, request.args, campaign.draft)
    config = _config(shop, widget, campaign, scene.arm)
    whole = storefront_page.page_of(context, shop) if scene.where == "shop" else None
    if whole is None:
        unreached = scene.where == "shop"
        response = page(
            "preview.html", widget=widget, scene=scene, config=config, unreached=unreached
        )
        response.headers[SAME_ORIGIN_FRAME] = "1"
        return response
    return _in_shop(whole, widget, scene, config)


def _in_shop(whole: str, widget: Widget, scene: Scene, config: dict[str, Any]) -> Response:
    """The shop's own page with the bundle in it, as strange to our admin as the shop itself is."""
    values = {"widget": widget, "scene": scene, "config": config, "root": request.host_url}
    if not widget.interrupts:
        place = render_template("admin/preview_place.html", **values)
        whole = storefront_page.with_place(whole, f'data-bleib="{widget.name}"', place)
    whole = storefront_page.with_end(whole, render_template("admin/preview_end.html", **values))
    response = make_response(whole)
    response.headers[SAME_ORIGIN_FRAME] = OF_A_SHOP
    return response


def _config(shop: Shop, widget: Widget, campaign: Campaign, arm: str) -> dict[str, Any]:
    """The public configuration with this one campaign in it, settings from the draft."""
    context, settings = current_context(), settings_of(widget, campaign.draft)
    public = widget.public(settings)
    end, variant = targeting.announced_end(settings), targeting.variant_of(settings)
    if end is not None:
        public["ends"] = signed_end(context, shop, campaign.id, end)
    if arm == "b" and variant is not None:
        public |= variant.public()
    return {
        **shop_facts(shop),
        "look": _look(shop).public(),
        "widgets": {widget.name: widget_files()[widget.name]},
        "campaigns": [
            {
                "id": campaign.id,
                "widget": widget.name,
                "version": campaign.version,
                "settings": public,
                "sample": _sample(widget.folder, str(campaign.draft.get("content", ""))),
            }
        ],
    }


def _look(shop: Shop) -> Look:
    """The fixed look, or the one that is being tried out in the address."""
    fixed = look.get(current_context(), shop)
    return unpacked(request.args.get("look"), Look, fixed)


@cache
def _sample(folder: Path, content: str) -> Any:  # noqa: ANN401 - each widget's own shape
    """The example content that the widget's own preview page shows, None if it needs none."""
    text = (folder / "preview.html").read_text(encoding="utf-8")
    inline = _INLINE_CONFIG.search(text)
    if inline is None:
        return None
    shown = json.loads(inline.group(1))["campaigns"]
    alike = [item for item in shown if item["settings"].get("content", "") == content]
    return (alike or shown)[0].get("sample")
