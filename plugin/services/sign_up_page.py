"""The sign-up as a page of ours: for shoppers without script, and for links from anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from plugin.contracts.platform import ForwardsPages
from plugin.errors import InvalidFieldError, NotAllowedError
from plugin.manifest import load_manifest
from plugin.model import Shop
from plugin.services import form_tokens, guard, subscriptions, targeting
from plugin.services.attribution import Told
from plugin.services.context import Context
from plugin.services.identity import clean_email
from plugin.services.live_forms import OLD_FORM, live_form, page_form
from plugin.services.sign_up_form import SignUpForm, form_of, voice_of
from plugin.services.subscriptions import SignUp
from plugin.services.targeting import COURTESY
from plugin.services.wording import Voice
from plugin.store.campaigns import PublishedCampaign


@dataclass(frozen=True)
class Sheet:
    """A form to be filled in: its words, and the mark by which it is known when it comes back."""

    campaign: PublishedCampaign
    form: SignUpForm
    voice: Voice
    mark: str


@dataclass(frozen=True)
class Filled:
    """A form that came back; nothing in it is believed but its mark, once that is checked."""

    mark: str
    email: str
    purposes: tuple[str, ...]
    fields: Mapping[str, Any]
    website: str
    language: str
    net_address: str
    robot: bool


class _Mark(NamedTuple):
    """What a form carries, signed: which one it is, since when it is open, where it stands."""

    shop: int
    campaign: int
    version: int
    arm: str
    number: str
    begun: str
    page: str
    token: str


def open_sheet(
    context: Context, shop: Shop, language: str, campaign_id: int | None, page: str
) -> Sheet | None:
    """Return the form of the shop's page, or of one of its campaigns; None where none is open.

    `page` is the address that it stands under, for the proof.
    """
    with context.db.read() as connection:
        campaign = page_form(connection, context, shop, campaign_id)
        claims = guard.claims(connection, context, shop)
    if campaign is None:
        return None
    begun, token = context.now().isoformat(), form_tokens.issue(context, shop)
    # Nothing is promised that the guard would not give.
    arm = COURTESY if claims.get(campaign.id) is False else ""
    mark = _Mark(shop.id, campaign.id, campaign.version, arm, str(uuid.uuid4()), begun, page, token)
    return _sheet(context, shop, campaign, language, context.keys.sign("form", list(mark)), arm)


def same_sheet(context: Context, shop: Shop, filled: Filled) -> Sheet:
    """Return the very form that came back.

    NotAllowedError for one that we did not hand out, or not lately; ConflictError for one that
    does not run any more.
    """
    mark = _read_mark(context, shop, filled)
    with context.db.read() as connection:
        campaign = live_form(connection, context, shop, mark.campaign, mark.version)
    return _sheet(context, shop, campaign, filled.language, filled.mark, mark.arm)


def _faults(filled: Filled) -> dict[str, str]:
    found = {}
    try:
        clean_email(filled.email)
    except InvalidFieldError:
        found["email"] = "err.form" if filled.email.strip() else "err.empty"
    if "newsletter" not in filled.purposes:
        found["newsletter"] = "err.tick"
    return found


def send(context: Context, shop: Shop, filled: Filled) -> dict[str, str]:
    """Take the form in; the same one a second time is the same sign-up.

    Returns what is wrong with the entries, by field the key of the sentence: nothing, if it was
    taken. Raises as `subscriptions.request` and `same_sheet` for what nobody can mend there.
    """
    faults = _faults(filled)
    if faults:
        return faults
    mark = _read_mark(context, shop, filled)
    sign_up = SignUp(
        id=mark.number,
        email=filled.email,
        campaign=mark.campaign,
        version=mark.version,
        purposes=filled.purposes,
        page=mark.page,
        language=filled.language,
        elapsed_ms=_age(context, mark) // timedelta(milliseconds=1),
        website=filled.website,
        net_address=filled.net_address,
        told=Told(arm=mark.arm, robot=filled.robot),
        form_token=mark.token,
        fields=filled.fields,
    )
    try:
        subscriptions.request(context, shop, sign_up)
    except InvalidFieldError:  # an address that the shop does not take
        return {"email": "err.form"}
    return {}


def address(context: Context, shop: Shop, campaign_id: int | None = None) -> str:
    """Return where the page is: under our own address."""
    return context.url(f"/n/{shop.key}{_asked(campaign_id)}")


def shop_address(context: Context, shop: Shop, campaign_id: int | None = None) -> str | None:
    """Return where the page is under the shop's own address, None where its platform cannot."""
    entry = load_manifest().platforms.get(shop.platform)
    if entry is None or context.maybe(shop, ForwardsPages) is None:
        return None
    base = shop.storefront_url.rstrip("/")
    return f"{base}/{entry.proxy_prefix}/{entry.proxy_subpath}/newsletter{_asked(campaign_id)}"


def _asked(campaign_id: int | None) -> str:
    return "" if campaign_id is None else f"?form={campaign_id}"


def _read_mark(context: Context, shop: Shop, filled: Filled) -> _Mark:
    mark = _Mark(*context.keys.unsign("form", filled.mark))
    if mark.shop != shop.id:
        raise NotAllowedError("link_invalid")
    if _age(context, mark) > OLD_FORM:
        raise NotAllowedError("link_expired")
    return mark


def _age(context: Context, mark: _Mark) -> timedelta:
    return context.now() - datetime.fromisoformat(mark.begun)


def _sheet(
    context: Context,
    shop: Shop,
    campaign: PublishedCampaign,
    language: str,
    mark: str,
    arm: str,
) -> Sheet:
    seen = replace(campaign, settings=targeting.as_seen(campaign.settings, arm))
    form, voice = form_of(context, shop, seen, language), voice_of(context, shop, seen, language)
    return Sheet(seen, form, voice, mark)
