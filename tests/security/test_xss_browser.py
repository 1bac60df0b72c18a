"""Hostile names, titles and texts in a real browser that forbids nothing: none of them runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from plugin.model import Shop
from plugin.services import campaigns, insight
from plugin.services.context import Context
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.message import compose
from plugin.services.mails.templates import Template
from plugin.services.tenants import shop_of_id
from plugin.store import catalogue
from plugin.store.campaigns import (
    add_version,
    all_campaigns,
    campaign_versions,
    replace_draft,
)
from plugin.store.orders import order_lines, shipments
from plugin.store.parcel_events import parcel_events
from plugin.store.shops import shops
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from tests.browser.conftest import storefront
from tests.browser.shopfront import ORDER, SETTINGS, SUGGESTIONS, VOUCHER, Shopfront
from tests.conftest import START
from tests.fakes.letters import VALUES
from tests.security.hostile import PAYLOADS, ROUNDS, Watch
from tests.security.world import Tenant, settle
from tests.services.on_sqlite import db_url as db_url

__all__ = ["storefront"]

EVERYWHERE = (
    '<div data-bleib="newsletter"></div><div data-bleib="cross_sell"></div>'
    '<div data-bleib="shipment_status"></div>'
)


@pytest.fixture
def tenant(context: Context, make_shop: Callable[..., Shop]) -> Tenant:
    return settle(context, make_shop("ours.myshopify.com"), "OURMARK")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Watch]:
    found = Watch(chromium)
    yield found
    found.context.close()


def poison(value: Any, text: str) -> Any:
    """Return the value with the hostile text in place of every text in it."""
    if isinstance(value, dict):
        return {
            name: item if name in ("kind", "value", "minimum") else poison(item, text)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [poison(item, text) for item in value]
    return text if isinstance(value, str) else value


def hostile_draft(draft: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the draft with hostile words, as long as the widget's model lets a merchant write."""
    short = min((PAYLOADS["tag"], text), key=len)
    words = {True: {"de": text[:240], "en": text[:240]}, False: {"de": short, "en": short}}
    hostile = {
        name: words[name == "lead"] if isinstance(value, dict) and "de" in value else value
        for name, value in draft.items()
    }
    if "voucher" in hostile:
        hostile["voucher"] = {**hostile["voucher"], "exclusions": words[True]}
    return hostile


def taint(context: Context, tenant: Tenant, text: str) -> None:
    """Write the hostile text wherever a shop, a platform or a merchant could have put it."""
    with context.db.write() as connection:
        connection.execute(sa.update(shops).values(name=text, email=text, imprint=text))
        connection.execute(sa.update(order_lines).values(title=text))
        connection.execute(sa.update(shipments).values(carrier=text, tracking_number=text))
        connection.execute(sa.update(parcel_events).values(place=text, text=text))
        connection.execute(sa.update(catalogue.products).values(title=text, url=text))
        connection.execute(sa.update(steps).where(steps.c.state == "dead").values(error=text))
        connection.execute(sa.update(subscribers).values(language="de"))
        insight.count(
            connection, tenant.shop.id, day=START.date(), widget="newsletter", kind="impression"
        )
        for campaign in all_campaigns(connection, tenant.shop.id):
            draft = hostile_draft(campaign.draft, text)
            replace_draft(
                connection, tenant.shop.id, campaign.id,
                draft=draft, revision=campaign.revision, now=START,
            )  # fmt: skip
            if campaign.version == 0:
                add_version(connection, tenant.shop.id, campaign.id, draft, START)
            connection.execute(
                sa.update(campaign_versions)
                .where(campaign_versions.c.campaign_id == campaign.id)
                .values(settings=draft)
            )


def pages(context: Context, tenant: Tenant) -> list[str]:
    shop = shop_of_id(context, tenant.shop.id)
    assert shop is not None
    ids = [campaign.id for campaign in campaigns.all_of(context, shop)]
    sections = ("content", "voucher", "design", "target", "test")
    editors = [f"/admin/widgets/{ids[-1]}?section={name}" for name in sections]
    return [
        "/admin/?days=28", "/admin/overview/table", "/admin/setup?step=2", "/admin/widgets",
        "/admin/work", "/admin/law", "/admin/guard", "/admin/look", "/admin/manners", *editors,
        *[f"/admin/widgets/{n}/preview" for n in ids],
        f"/s/{tenant.shipment_token}", f"/c/{tenant.confirm_token}",
        f"/u/{tenant.unsubscribe_token}",
    ]  # fmt: skip


def test_the_watch_sees_what_runs_and_what_would(watch: Watch) -> None:
    sinks = {
        "tag": '<p title="{}">x</p>',
        "script": "<script>var a = '{}'</script>",
        "attribute": "<input value='{}'>",
        "address": "<a href='{}'>x</a>",
        "comment": "<!-- {} -->",
    }
    for name, sink in sinks.items():
        watch.ran.clear()
        watch.show(f"<!doctype html><body>{sink.format(PAYLOADS[name])}")
        watch.page.evaluate("() => new Promise((done) => setTimeout(done, 60))")
        assert not watch.clean(), name
        if name != "address":
            assert watch.ran, name


@pytest.mark.parametrize("payload", ROUNDS)
def test_no_page_of_ours_runs_foreign_text(
    context: Context, tenant: Tenant, address: str, watch: Watch, payload: str
) -> None:
    taint(context, tenant, ROUNDS[payload])
    watch.context.add_cookies([{"name": "bleib", "value": tenant.session, "url": address}])
    for path in pages(context, tenant):
        watch.open(address + path)
        assert watch.clean(), (path, watch.ran, watch.latent())


#: What somebody else has written, wherever it stands among the values of a mail.
WRITTEN = {
    "asked", "carrier", "code", "detail", "domain", "exclusions", "first_name", "gift_text",
    "gift_title", "name", "newsletter", "number", "order", "reference", "text", "thanks", "title",
    "where", "wording",
}  # fmt: skip


def spoilt(values: Any, text: str) -> Any:
    if isinstance(values, dict):
        return {
            name: text if name in WRITTEN else spoilt(value, text) for name, value in values.items()
        }
    return [spoilt(one, text) for one in values] if isinstance(values, list) else values


def test_no_mail_runs_foreign_text(shop: Shop, watch: Watch) -> None:
    for text in PAYLOADS.values():
        hostile = replace(shop, name=text, email=text, imprint=text)
        own = {"subject": text, "heading": text, "text": text, "button": text}
        for kind in KINDS:
            filled = spoilt(VALUES[kind], text)
            if kind == "sample":
                filled["texts"] = own
            message = compose(
                kind, hostile, "de", filled, recipient="a@b.example", sender="c@d.example",
                message_id="<1@d.example>", at=START, template=Template(texts=own),
            )  # fmt: skip
            part = message.get_body(("html",))
            assert part is not None
            watch.show(part.get_content())
            assert watch.clean(), (kind, text, watch.latent())


@pytest.mark.parametrize("payload", ROUNDS)
def test_no_widget_runs_foreign_text(storefront: Shopfront, watch: Watch, payload: str) -> None:
    text = ROUNDS[payload]
    written = {"de": text, "en": text}
    for name, settings in SETTINGS.items():
        settings_of = dict(settings) | {"title": written, "newsletter_name": written}
        if "lead" in settings:
            settings_of |= {"lead": written, "voucher": VOUCHER | {"exclusions": written}}
        place = list(SETTINGS).index(name)
        storefront.config["campaigns"][place]["settings"] = settings_of
    storefront.config |= {"name": text, "privacy": text}
    storefront.answers["/suggestions"] = (
        200, {"items": [poison(item, text) | {"variant_number": "1"} for item in SUGGESTIONS],
              "campaign": 5},
    )  # fmt: skip
    order = poison(ORDER, text)
    storefront.answers["/lookup"] = (200, {"found": True, "order": order})
    watch.page.set_default_timeout(8000)
    watch.open(storefront.page(body=EVERYWHERE, kind="cart"))
    watch.page.get_by_label("Bestellnummer").fill("1007")
    watch.page.get_by_label("E\u2011Mail oder Postleitzahl").fill("78462")
    watch.page.get_by_label("E\u2011Mail oder Postleitzahl").press("Enter")
    watch.page.get_by_role("button", name="Andere Bestellung ansehen").wait_for()
    assert watch.clean(), (watch.ran, watch.latent())
