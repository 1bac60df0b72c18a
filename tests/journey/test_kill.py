"""kill -9 of web workers and of the job worker, at any moment: nothing is lost or done twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.store.catalogue import sync_runs
from plugin.store.vouchers import vouchers
from tests.journey.callers import Merchant, Visitor
from tests.journey.dying_app import POINTS
from tests.journey.fire import Fire
from tests.journey.ledger import Ledger
from tests.journey.stage import Stage, eventually
from tests.postgres import Postgres

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("kill")]
ROOT = Path(__file__).resolve().parents[2]
PORTS = {"sqlite": 24200, "postgresql": 24210}
WIDGET = "newsletter"
CROWD = 12
BUYERS = 4

#: Where the worker dies while it brings in what the shop has.
SYNC_POINTS = (
    "plugin.store.catalogue:put_products after 1",
    "plugin.services.syncing:finish after 1",
    "plugin.platforms.shopify.orders:ShopifyOrders.start_history after 1",
    "plugin.store.orders:put_orders after 1",
    "plugin.services.orders:ingest_many after 3",
)
#: Where it dies between the sign-up and the confirmation mail.
ASKING_POINTS = (
    "plugin.smtp:SmtpTransport.send before 1",
    "plugin.smtp:SmtpTransport.send after 1",
    "plugin.services.mailing:_sent after 1",
)
#: Where it dies between the confirmation and the voucher in the person's mailbox.
GIVING_POINTS = (
    "plugin.platforms.shopify.consent:ShopifyConsent.record_consent before 1",
    "plugin.platforms.shopify.consent:ShopifyConsent.record_consent after 1",
    "plugin.services.vouchers:enqueue_issue after 1",
    "plugin.platforms.shopify.vouchers:ShopifyVouchers.issue_voucher before 1",
    "plugin.platforms.shopify.vouchers:ShopifyVouchers.issue_voucher after 1",
    "plugin.services.mailing:queue after 1",
    "plugin.services.vouchers:_issued after 1",
    "plugin.smtp:SmtpTransport.send after 1",
)
#: Where it dies between the order and the redeemed voucher.
REDEEMING_POINTS = (
    "plugin.platforms.shopify.orders:ShopifyOrders.order after 1",
    "plugin.services.vouchers:redeem_from_order after 1",
    "plugin.services.orders:ingest after 1",
)


@dataclass
class Scene:
    """A shop that was installed under kills, with a published form."""

    stage: Stage
    ledger: Ledger
    campaign: dict[str, Any]

    def visitors(self, number: int) -> list[Visitor]:
        """Return people who were never here before."""
        key = self.ledger.shop.key
        return [Visitor(self.stage, key, self.campaign, place) for place in range(number)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    url = None
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.empty_database()
    data = tmp_path_factory.mktemp("kill")
    factory = "tests.journey.dying_app:create_app()"
    stage = Stage(data / "demo", url, PORTS[request.param], factory=factory)
    (data / "reached").mkdir()
    stage.environment |= {
        "BLEIB_LEASE_SECONDS": "1",
        "BLEIB_TRUSTED_PROXIES": "1",
        "DEADLY_FOLDER": os.fspath(data / "reached"),
        "DEMO_RETRY_SECONDS": "0.2",
        "PYTHONPATH": os.fspath(ROOT),
    }
    with stage, Ledger(stage) as ledger, Merchant(stage) as merchant:
        stage.kill("worker")
        assert merchant.install() > 0
        with dying_worker(stage) as die:
            die(SYNC_POINTS)
        stage.start("worker")
        with Fire(stage, web=False):
            merchant.get_ready()
            campaign = merchant.publish(WIDGET, ledger.shop.key)
        yield Scene(stage, ledger, campaign)


@contextmanager
def dying_worker(stage: Stage) -> Iterator[Callable[[tuple[str, ...]], None]]:
    """Offer a function that lets one worker after the other die until each point had its kill."""
    with (stage.data / "dying.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journey.dying_worker"],
            env=stage.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        asks, answers = process.stdin, process.stdout

        def die(points: tuple[str, ...]) -> None:
            asks.write("; ".join(points) + "\n")
            asks.flush()
            answer = answers.readline()
            assert answer == "\n", f"never reached: {answer}"

        yield die


def all_of(people: list[Visitor], does: Callable[[Visitor], None]) -> None:
    """Let everybody act, five at a time."""
    with ThreadPoolExecutor(5) as crowd:
        list(crowd.map(does, people))


def come_and_confirm(visitor: Visitor) -> None:
    visitor.look()
    visitor.sign_up()
    visitor.confirm()


def test_the_first_sync_survives_kills_with_every_order_exactly_once(scene: Scene) -> None:
    def done() -> bool:
        states = scene.ledger.rows(sa.select(sync_runs.c.kind, sync_runs.c.state))
        return len(states) == 4 and {row.state for row in states} == {"done"}

    eventually(done, "the first synchronisation ends", 90)
    assert len(scene.ledger.shop_rows("SELECT id FROM orders")) >= 2000
    scene.ledger.settle()
    scene.ledger.check_orders()
    scene.ledger.check_nothing_was_given_up()


def test_sign_ups_under_fire_end_in_one_voucher_each(scene: Scene) -> None:
    people = scene.visitors(CROWD)
    before, _ = scene.ledger.figure(WIDGET, "impression")
    with Fire(scene.stage) as fire:
        all_of(people, come_and_confirm)
    scene.ledger.settle()
    scene.ledger.check_nothing_was_given_up()
    scene.ledger.check_people(people, kills=fire.jobs)
    scene.ledger.check_codes()
    assert scene.ledger.figure(WIDGET, "impression") == (before + CROWD, Decimal(0))
    retries = sum(person.retries for person in people)
    print(f"killed: {fire.web} web, {fire.jobs} job workers; tried again: {retries}")
    assert fire.web > 0
    assert fire.jobs > 0


def test_orders_under_fire_redeem_each_voucher_once(scene: Scene) -> None:
    people = scene.visitors(BUYERS)
    all_of(people, come_and_confirm)
    scene.ledger.settle()
    number, revenue = scene.ledger.figure(WIDGET, "redeemed")
    _, given = scene.ledger.figure(WIDGET, "discount")
    scene.stage.demo("faults", {"duplicate": True, "reorder": True})
    with Fire(scene.stage, jobs=False):
        bought = [buys(scene, person) for person in people]
        eventually(lambda: delivered(scene.stage), "the shop delivered its messages", pause=0.2)
    scene.stage.demo("faults", {"duplicate": False, "reorder": False})
    scene.ledger.settle()
    check_redeemed(scene, bought)
    total = sum((Decimal(order["total"]) for order in bought), revenue)
    off = sum((Decimal(order["discount"]) for order in bought), given)
    assert scene.ledger.figure(WIDGET, "redeemed") == (number + BUYERS, total)
    assert scene.ledger.figure(WIDGET, "discount") == (number + BUYERS, off)
    scene.ledger.check_orders()
    scene.ledger.check_nothing_was_given_up()


def buys(scene: Scene, person: Visitor) -> dict[str, Any]:
    """Let a person order with the code from the mail; returns the order."""
    code = next(mail.code for mail in scene.ledger.mails(person.email) if mail.code)
    asked = {"email": person.email, "pieces": 6, "codes": [code]}
    order: dict[str, Any] = scene.stage.demo("orders", asked)
    assert order["code"] == code
    return order


def delivered(stage: Stage) -> bool:
    return "waiting" not in stage.demo("state")["webhooks"]


def check_redeemed(scene: Scene, bought: list[dict[str, Any]]) -> None:
    held = scene.ledger.rows(
        sa.select(vouchers.c.code, vouchers.c.state, vouchers.c.order_id).where(
            vouchers.c.code.in_([order["code"] for order in bought])
        )
    )
    assert {(row.code, row.state, row.order_id) for row in held} == {
        (order["code"], "redeemed", f"gid://shopify/Order/{order['id']}") for order in bought
    }


def test_processes_that_die_at_each_named_point_leave_the_same_ledger(scene: Scene) -> None:
    people = scene.visitors(len(GIVING_POINTS))
    scene.ledger.settle()
    number, revenue = scene.ledger.figure(WIDGET, "redeemed")
    scene.stage.kill("worker")
    with dying_worker(scene.stage) as die:
        all_of(people, Visitor.look)
        all_of(people, Visitor.sign_up)
        die(ASKING_POINTS)
        scene.stage.start("worker")
        all_of(people, Visitor.confirm)
        scene.stage.kill("worker")
        die(GIVING_POINTS)
        scene.stage.start("worker")
        scene.ledger.settle()
        scene.stage.kill("worker")
        bought = [buys(scene, person) for person in people[: len(REDEEMING_POINTS)]]
        eventually(lambda: delivered(scene.stage), "the shop delivered its messages", pause=0.2)
        die(REDEEMING_POINTS)
        scene.stage.start("worker")
    scene.ledger.settle()
    scene.ledger.check_people(people, kills=len(ASKING_POINTS) + len(GIVING_POINTS) + 1)
    scene.ledger.check_codes()
    scene.ledger.check_nothing_was_given_up()
    check_redeemed(scene, bought)
    total = sum((Decimal(order["total"]) for order in bought), revenue)
    assert scene.ledger.figure(WIDGET, "redeemed") == (number + len(bought), total)
    reached = {path.name for path in Path(scene.stage.environment["DEADLY_FOLDER"]).iterdir()}
    assert [p for n, p in enumerate(POINTS) if str(n) not in reached] == []
