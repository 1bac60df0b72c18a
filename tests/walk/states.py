"""The states that a merchant's pages can be in: each a shop of its own, with what it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from plugin.services import campaigns, evidence, law_documents, orders, stopping
from plugin.services.campaigns import Campaign
from plugin.services.mails.parts import EDITABLE
from plugin.services.steps import Step
from plugin.store import evidence_triggers
from plugin.store import steps as step_rows
from plugin.store.evidence import evidence as evidence_rows
from plugin.texts import area_texts
from tests.conftest import START
from tests.fakes.things import an_order
from tests.security.test_roles import session_of
from tests.security.test_xss_admin import more
from tests.security.world import Tenant
from tests.walk.house import House, Visit, pages

#: Name of the state -> what makes it and looks at it.
STATES: dict[str, Callable[[House, str], None]] = {}


def state(make: Callable[[House, str], None]) -> Callable[[House, str], None]:
    """Put a state into the list, under the name of its function."""
    STATES[make.__name__] = make
    return make


def failed(house: House, shop_id: int, kind: str, error: str, state: str = "waiting") -> None:
    """Write down a step that did not get through."""
    now = house.context.now()
    row = {
        "shop_id": shop_id, "kind": kind, "key": f"{kind}:{error}:{state}", "payload": {},
        "state": state, "due_at": now + timedelta(minutes=2), "attempts": 3, "error": error,
        "created_at": now, "finished_at": None if state == "waiting" else now,
    }  # fmt: skip
    with house.context.db.write() as connection:
        connection.execute(sa.insert(step_rows.steps).values(row))


def of_widget(house: House, tenant: Tenant, widget: str) -> Campaign:
    """Return the shop's campaign of a widget."""
    return next(one for one in campaigns.all_of(house.context, tenant.shop) if one.widget == widget)


@state
def empty_shop(house: House, name: str) -> None:
    """Every page right after the install; what would be another's is not found."""
    shop, other = house.empty("empty"), house.filled("other")
    first = campaigns.all_of(house.context, shop)[0].id
    session = house.session(shop)
    house.look(name, session, pages(replace(other, campaign=first, session=session)))
    house.look(name, session, [Visit(f"/admin/setup?step={step}") for step in range(1, 5)])


@state
def filled_shop(house: House, name: str) -> None:
    """Every page with something on it, and every part of those that have several."""
    tenant = house.filled("filled")
    with house.context.db.write() as connection:
        more(connection, tenant)
    parts = [f"/admin/mails/{kind}" for kind in EDITABLE]
    parts += [f"/admin/law/documents/{kind}" for kind in law_documents.NAMES]
    parts += [f"/admin/people?list={kind}" for kind in ("waiting", "left", "blocked")]
    parts += [f"/admin/?days={days}" for days in (7, 28, 90)]
    parts += [f"/admin/figures?days={days}" for days in (7, 90)]
    parts += [f"/admin/widgets/goals?goal={goal}" for goal in ("new", "repeat", "bigger")]
    parts += [f"/admin/setup?step={step}" for step in range(1, 5)]
    parts += ["/admin/parcels/notices?ask=1", "/admin/mails/voucher?view=plain&light=dark"]
    parts += [f"/admin/suggestions?rule={tenant.rule}", "/admin/suggestions?cart=Schale"]
    for one in campaigns.all_of(house.context, tenant.shop):
        for section in ("content", "voucher", "design", "target", "test"):
            parts.append(f"/admin/widgets/{one.id}?section={section}")
        parts.append(f"/admin/widgets/{one.id}/versions")
        parts.append(f"/admin/widgets/{one.id}/delete")
        parts.append(f"/admin/figures/tests/{one.id}")
    house.look(name, tenant.session, [*pages(tenant), *(Visit(path) for path in parts)])


@state
def read_only_role(house: House, name: str) -> None:
    """Every page for somebody who may only read: without switches, or refused in words."""
    tenant = house.filled("reader")
    reader = session_of(house.context, tenant, "reader")
    house.look(name, reader, pages(tenant))
    withheld = ("widgets", "guard", "look")
    house.look(name, reader, [Visit(f"/admin/{one}", shows='id="withheld"') for one in withheld])
    staff = session_of(house.context, tenant, "staff")
    refused = [Visit("/admin/team", status=403), Visit("/admin/connections", status=403)]
    house.look(name, staff, [*refused, Visit("/admin/law"), Visit("/admin/people")])


@state
def signed_out(house: House, name: str) -> None:
    """Nobody is signed in: what is said instead, what was typed can be sent again, the door."""
    same = {"Sec-Fetch-Site": "same-origin"}
    late = Visit("/admin/people", {"wanted": "kim@post.example"}, headers=same, status=401)
    doors = [Visit("/install/script_tag"), Visit("/install/woocommerce")]
    house.look(name, None, [Visit("/admin/", status=401), late, *doors])


@state
def late_form(house: House, name: str) -> None:
    """A form without its token."""
    tenant = house.filled("late")
    house.app.config["WTF_CSRF_ENABLED"] = True
    house.look(name, tenant.session, [Visit("/admin/stop", {"csrf_token": "x"}, status=400)])
    house.app.config["WTF_CSRF_ENABLED"] = False


@state
def not_found(house: House, name: str) -> None:
    """An address of nothing."""
    shop = house.empty("nowhere")
    lost = ("/admin/gone", "/admin/widgets/999", "/admin/people/999", "/admin/law/documents/no")
    house.look(name, house.session(shop), [Visit(path, status=404) for path in lost])


@state
def stopped(house: House, name: str) -> None:
    """The band of the kill switch on every page."""
    tenant = house.filled("stopped")
    stopping.stop(house.context, tenant.shop, "Mara Lind")
    named = ("", "stop", "widgets", "guard", "figures", "people", "more", "parcels", "setup")
    visits = [Visit(f"/admin/{one}", shows='class="banner"') for one in named]
    house.look(name, tenant.session, visits)


@state
def outside_fault(house: House, name: str) -> None:
    """Platform and mail server do not answer, and tasks were left undone."""
    tenant = house.filled("silent")
    for kind, error in (("order.refresh", "platform_timeout"), ("mail.send", "mail_unavailable")):
        failed(house, tenant.shop.id, kind, error)
    failed(house, tenant.shop.id, "mail.send", "mail_rejected", "dead")
    visits = [Visit("/admin/", shows="try-now"), Visit("/admin/parcels", shows="try-now")]
    house.look(name, tenant.session, [*visits, Visit("/admin/work"), Visit("/admin/setup")])


@state
def missing_right(house: House, name: str) -> None:
    """The platform has taken a right away."""
    tenant = house.filled("scopes")
    failed(house, tenant.shop.id, "voucher.issue", "platform_scope_missing", "dead")
    visits = [Visit("/admin/", shows="/admin/grant"), Visit("/admin/work")]
    house.look(name, tenant.session, visits)


@state
def broken_proof(house: House, name: str) -> None:
    """The chain of the evidence does not hold."""
    tenant = house.filled("broken")
    with house.context.db.write() as connection:
        evidence_triggers.lift(connection)
        mine = evidence_rows.c.shop_id == tenant.shop.id
        connection.execute(sa.update(evidence_rows).where(mine).values(wording="Ja"))
        evidence_triggers.lay(connection)
    shop = tenant.shop.id
    evidence.check_daily(house.context, Step(1, shop, "evidence.check", "e", {}, 1))
    one = f"/admin/people/{tenant.subscriber}"
    house.look(name, tenant.session, [Visit(one, shows='class="note bad"'), Visit("/admin/law")])


@state
def blocked_draft(house: House, name: str) -> None:
    """A draft that may not be published, with its repairs."""
    tenant = house.filled("blocked")
    one = of_widget(house, tenant, "newsletter")
    draft = {**one.draft, "title": {"de": "20 % auf alles", "en": ""}}
    campaigns.save_draft(house.context, tenant.shop, one.id, draft, revision=one.revision)
    path = f"/admin/widgets/{one.id}"
    revision = str(of_widget(house, tenant, "newsletter").revision)
    visits = [Visit(path, shows='id="checks"'), Visit(f"{path}?blocked=1"), Visit("/admin/widgets")]
    publish = Visit(f"{path}/publish", {"revision": revision}, status=422)
    house.look(name, tenant.session, [*visits, publish, Visit("/admin/")])


@state
def two_people(house: House, name: str) -> None:
    """Somebody else has saved meanwhile: both values are shown, one is chosen."""
    tenant = house.filled("two")
    guard = {"budget": "500", "seen": "0"}
    house.ask(house.client(tenant.session), Visit("/admin/guard", guard))
    one = of_widget(house, tenant, "newsletter")
    path = f"/admin/widgets/{one.id}"
    first: dict[str, Any] = {"revision": str(one.revision), "section": "content"}
    first |= {"title.de": "Post vom See", "title.en": "Post from the lake"}
    house.ask(house.client(tenant.session), Visit(path, first))
    second = first | {"title.de": "Post vom Ufer"}
    stale = {"revision": str(one.revision)}
    mail = {"seen": "x", "subject": "Neu", "show": "de"}
    house.look(name, tenant.session, [
        Visit("/admin/guard", guard | {"budget": "600"}, status=409),
        Visit(path, second, status=409),
        Visit(f"{path}/publish", stale, status=409),
        Visit("/admin/mails/voucher", mail),
    ])  # fmt: skip


@state
def unripe_cohorts(house: House, name: str) -> None:
    """Months of which some cells are not over yet, and costs of a channel."""
    shop = house.empty("cohorts")
    placed = START - timedelta(days=70)
    found = [
        an_order(number, email=f"kunde{number}@post.example", channel="Newsletter",
                 created_at=placed)
        for number in range(40)
    ]  # fmt: skip
    found.append(an_order(99, email="kunde1@post.example", created_at=START - timedelta(days=50)))
    with house.context.db.write() as connection:
        orders.ingest_many(connection, house.context, shop, found)
    session = house.session(shop)
    costs = {"channel_0": "Newsletter", "amount_0_0": "1.200,50"}
    house.look(name, session, [
        Visit("/admin/figures/customers", shows="unripe"), Visit("/admin/figures/costs", costs),
        Visit("/admin/figures/customers"), Visit("/admin/figures/suggestions"),
    ])  # fmt: skip


@state
def good_news(house: House, name: str) -> None:
    """Every note that something was done."""
    tenant = house.filled("done")
    said = sorted(
        key.removeprefix("done.") for key in area_texts("admin").keys("de") if key[:5] == "done."
    )
    house.look(name, tenant.session, [Visit(f"/admin/?done={one}") for one in said])
