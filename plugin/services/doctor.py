"""Says in plain words whether a shop works: embed, token, worker, mails."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.contracts.platform import Embeds
from plugin.errors import BleibError
from plugin.model import Shop
from plugin.services import readiness, senders
from plugin.services.context import Context, able
from plugin.services.tenants import shop_of_key
from plugin.store import dead_steps, outbox


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in a sentence for operators."""

    good: bool
    text: str


def examine(context: Context, key: str) -> list[Finding]:
    """Look at everything one shop needs to work."""
    shop = shop_of_key(context, key)
    if shop is None:
        return [Finding(False, f"There is no shop with the key {key}.")]
    findings = [
        Finding(shop.state == "installed", f"The shop {shop.domain} is {shop.state}."),
        Finding(shop.stopped_at is None, "The kill switch is off."
                if shop.stopped_at is None else "The kill switch is ON: shoppers see nothing."),
    ]  # fmt: skip
    findings += _embed(context, shop.platform, shop.storefront_url, shop.key)
    state = readiness.check(context)
    findings.append(
        Finding(state.worker, "The worker is alive." if state.worker else "No worker is running.")
    )
    with context.db.read() as connection:
        dead = len(dead_steps.dead_steps(connection, shop.id))
        stuck = outbox.undelivered(connection, shop.id)
    findings.append(Finding(dead == 0, f"{dead} pieces of background work were given up."))
    findings += _sender(context, shop)
    findings.append(Finding(stuck == 0, f"{stuck} mails were refused or are of unknown fate."))
    return findings


def _sender(context: Context, shop: Shop) -> list[Finding]:
    setting = senders.setting(context, shop)
    if not setting.address:
        return []
    missing = [found.check for found in setting.findings if not found.good]
    if not missing and setting.passed:
        return [Finding(True, f"Mails come from {setting.used.address}.")]
    told = ", ".join(missing) or "not checked yet"
    return [Finding(False, f"Mails may not come from {setting.address} yet ({told}).")]


def _embed(context: Context, platform: str, storefront: str, key: str) -> list[Finding]:
    try:
        found = able(context.platform(platform), Embeds).embed_state(storefront, key)
    except BleibError as error:
        return [Finding(False, f"The storefront {storefront} does not answer ({error.code}).")]
    if found.active:
        return [Finding(True, f"The script tag is on {', '.join(found.found)}.")]
    missing = sorted(set(found.checked) - set(found.found))
    return [Finding(False, f"The script tag is missing on {', '.join(missing)}.")]
