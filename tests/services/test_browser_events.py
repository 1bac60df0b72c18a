"""Events that browsers report: counted once, only with a ticket, and people apart from programs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services import browser_events, tickets
from plugin.services.context import Context
from plugin.services.robots import is_robot
from plugin.store.events import event_days, refusals
from tests.beacons import BROWSER, NET, event, exposures, publish, send


@pytest.fixture
def campaign(context: Context, shop: Shop) -> int:
    return publish(context, shop)


def figures(context: Context) -> dict[str, int]:
    with context.db.read() as connection:
        return {row.kind: row._mapping["count"] for row in connection.execute(event_days.select())}


def refused(context: Context) -> dict[str, int]:
    with context.db.read() as connection:
        return {row.reason: row._mapping["count"] for row in connection.execute(refusals.select())}


def test_a_beacon_sent_twice_counts_once(context: Context, shop: Shop, campaign: int) -> None:
    ticket = tickets.issue(context, shop, NET)
    events = [event(context, campaign), event(context, campaign, "click")]
    for _ in range(2):
        send(context, shop, *events, ticket=ticket)
    assert figures(context) == {"impression": 1, "click": 1}
    assert exposures(context) == {("real", "a", "impression"): 1, ("real", "a", "click"): 1}


def test_beacons_that_come_at_once_wait_for_each_other_and_count_once(
    context: Context, shop: Shop, campaign: int
) -> None:
    ticket = tickets.issue(context, shop, NET)
    events = [event(context, campaign), *(event(context, campaign, "click") for _ in range(30))]
    with ThreadPoolExecutor(6) as pool:
        sent = []
        for seed in range(12):
            some = [events[0], *random.Random(seed).sample(events[1:], 25)]
            sent.append(pool.submit(send, context, shop, *some, ticket=ticket))
    assert [one.exception() for one in sent] == [None] * 12
    assert figures(context) == {"impression": 1, "click": browser_events.MOST_REPEATED}


def test_one_view_of_a_page_is_one_exposure_whatever_ids_a_browser_makes_up(
    context: Context, shop: Shop, campaign: int
) -> None:
    ticket = tickets.issue(context, shop, NET)
    for _ in range(3):
        send(context, shop, event(context, campaign), event(context, campaign), ticket=ticket)
    assert figures(context) == {"impression": 1}
    send(context, shop, event(context, campaign))
    assert figures(context) == {"impression": 2}


def test_the_whole_shop_counts_one_draw_for_each_view_of_a_page(
    context: Context, shop: Shop, campaign: int
) -> None:
    ticket = tickets.issue(context, shop, NET)
    seen = event(context, campaign)
    whole = {"campaign": 0, "version": 10}
    # Withheld from somebody who sees a campaign with a smaller holdout: no holdout of the shop.
    for arm, kind, late in (("a", "withheld", {}), ("a", "impression", {"again": True})):
        send(context, shop, event(context, 0, kind, **whole, arm=arm, **late), ticket=ticket)
    send(context, shop, seen, event(context, 0, **whole, arm="-"), ticket=ticket)
    assert figures(context) == {"impression": 1}
    assert exposures(context) == {("real", "a", "impression"): 2}
    send(context, shop, event(context, 0, "withheld", **whole, arm="-"))
    assert exposures(context)["real", "-", "withheld"] == 1


@pytest.mark.parametrize(
    "wrong", [{"arm": "b"}, {"version": 100}, {"kind": "click"}, {"widget": "none"}]
)
def test_the_whole_shop_has_two_arms_and_nothing_but_draws(
    context: Context, shop: Shop, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadInputError):
        send(context, shop, event(context, 0, **{"version": 0, **wrong}))


def test_a_ticket_is_no_licence_for_endless_clicks(
    context: Context, shop: Shop, campaign: int
) -> None:
    ticket = tickets.issue(context, shop, NET)
    for _ in range(3):
        send(context, shop, *[event(context, campaign, "click") for _ in range(9)], ticket=ticket)
    assert figures(context) == {"click": browser_events.MOST_REPEATED}


def test_a_shopper_who_comes_by_again_is_seen_again_but_no_further_exposure(
    context: Context, shop: Shop, campaign: int
) -> None:
    send(context, shop, event(context, campaign), event(context, campaign, "click"))
    later = [event(context, campaign, kind, again=True) for kind in ("impression", "click")]
    send(context, shop, *later)
    assert figures(context) == {"impression": 2, "click": 2}
    assert exposures(context) == {("real", "a", "impression"): 1, ("real", "a", "click"): 1}


def test_a_reported_sign_up_is_no_sign_up(context: Context, shop: Shop, campaign: int) -> None:
    send(context, shop, event(context, campaign), event(context, campaign, "sign_up"))
    assert figures(context) == {"impression": 1}


def test_who_was_held_out_is_counted_apart_from_who_saw_it(
    context: Context, shop: Shop, campaign: int
) -> None:
    send(context, shop, event(context, campaign, arm="b"))
    send(context, shop, event(context, campaign, "withheld", arm="-"))
    assert exposures(context) == {("real", "b", "impression"): 1, ("real", "-", "withheld"): 1}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("agent", "body", "traffic"),
    [
        (BROWSER.replace("Chrome/", "HeadlessChrome/"), {}, "robot"),
        ("", {}, "robot"),
        (BROWSER, {"test": True}, "test"),
        (BROWSER, {"test": False}, "real"),
    ],
)
def test_robots_and_tests_are_kept_and_are_no_figures(
    context: Context, shop: Shop, campaign: int, agent: str, body: dict[str, Any], traffic: str
) -> None:
    send(context, shop, event(context, campaign), agent=agent, **body)
    assert exposures(context) == {(traffic, "a", "impression"): 1}
    assert figures(context) == ({"impression": 1} if traffic == "real" else {})


def test_a_ticket_made_up_altered_foreign_missing_or_old_counts_nothing(
    context: Context, shop: Shop, campaign: int, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("other.myshopify.com")
    genuine = tickets.issue(context, shop, NET)
    wrong = {
        "": "ticket_missing",
        "made.up.ticket": "ticket_invalid",
        genuine[:-2] + ("AA" if genuine[-2:] != "AA" else "BB"): "ticket_invalid",
        tickets.issue(context, other, NET): "ticket_invalid",
        context.keys.sign("preview", [shop.key, "x"]): "ticket_invalid",
        "x" * 5000: "ticket_invalid",
    }
    for ticket, reason in wrong.items():
        with pytest.raises(BadInputError, match=reason):
            send(context, shop, event(context, campaign), ticket=ticket)
    with (
        time_machine.travel(context.now() + timedelta(hours=6, minutes=1)),
        pytest.raises(BadInputError, match="ticket_expired"),
    ):
        send(context, shop, event(context, campaign), ticket=genuine)
    assert (figures(context), exposures(context)) == ({}, {})
    assert refused(context) == {"ticket_missing": 1, "ticket_invalid": 5, "ticket_expired": 1}
    # The same beacon with the ticket as it was given out: the harness can count.
    send(context, shop, event(context, campaign), ticket=genuine)
    assert figures(context) == {"impression": 1}


def test_a_replayed_ticket_adds_nothing_to_what_it_was_used_for(
    context: Context, shop: Shop, campaign: int
) -> None:
    ticket = tickets.issue(context, shop, NET)
    for arm in ("a", "b", "a"):
        send(context, shop, event(context, campaign, arm=arm), ticket=ticket)
    assert exposures(context) == {("real", "a", "impression"): 1}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong",
    [
        {"campaign": 10**6},
        {"version": 2},
        {"version": 0},
        {"widget": "newsletter"},
        {"arm": "c"},
        {"arm": ""},
        {"kind": "withheld"},
    ],
)
def test_what_the_shop_never_published_counts_nothing(
    context: Context, shop: Shop, campaign: int, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadInputError, match="events_invalid"):
        send(context, shop, event(context, campaign), event(context, campaign, **wrong))
    assert exposures(context) == {}


def test_a_campaign_without_experiment_has_one_arm(context: Context, shop: Shop) -> None:
    page = publish(context, shop, "shipment_status")
    send(context, shop, event(context, page, widget="shipment_status"))
    with pytest.raises(BadInputError):
        send(context, shop, event(context, page, widget="shipment_status", arm="b"))
    assert exposures(context) == {("real", "a", "impression"): 1}


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
def test_any_order_repetition_and_cut_of_beacons_counts_the_same(
    context: Context, shop: Shop, campaign: int
) -> None:
    for seed in range(8):
        dice = random.Random(seed)
        visits = [_visit(context, shop, campaign, dice) for _ in range(3)]
        before = Counter(exposures(context))
        meant: Counter[tuple[str, str, str]] = Counter()
        beacons: list[tuple[str, list[dict[str, Any]]]] = []
        for ticket, arm, events in visits:
            once = {one["kind"] for one in events} & {"impression", "dismissal"}
            meant.update(("real", arm, kind) for kind in once)
            clicks = sum(one["kind"] == "click" for one in events)
            if clicks:
                meant[("real", arm, "click")] += min(clicks, browser_events.MOST_REPEATED)
            for _ in range(dice.randint(1, 3)):
                beacons += [(ticket, part) for part in _cut(events, dice)]
        dice.shuffle(beacons)
        for ticket, part in beacons:
            send(context, shop, *part, ticket=ticket)
        assert Counter(exposures(context)) - before == meant, f"seed {seed}"


def _visit(
    context: Context, shop: Shop, campaign: int, dice: random.Random
) -> tuple[str, str, list[dict[str, Any]]]:
    arm = dice.choice("ab")
    kinds = ["impression", "dismissal"][: dice.randint(0, 2)] + ["click"] * dice.randint(1, 25)
    events = [event(context, campaign, kind, arm=arm) for kind in kinds]
    return tickets.issue(context, shop, NET), arm, events


def _cut(events: list[dict[str, Any]], dice: random.Random) -> list[list[dict[str, Any]]]:
    mixed = dice.sample(events, len(events))
    size = dice.randint(1, len(mixed))
    return [mixed[at : at + size] for at in range(0, len(mixed), size)]


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32.3",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 6.0.1) Chrome/130.0 Mobile Safari/537.36 "
        "(compatible; AdsBot-Google-Mobile; +http://www.google.com/mobile/adsbot.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh) Chrome/109.0 Safari/537.36 Chrome-Lighthouse",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    ],
)
def test_programs_are_known_by_their_names(agent: str) -> None:
    assert is_robot(agent)


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
        "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/130.0 Mobile "
        "Safari/537.36",
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 "
        "Instagram 350.0.0.0.0 Android",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/130.0.0.0 "
        "Safari/537.36 Edg/130.0.0.0",
    ],
)
def test_people_are_not_taken_for_programs(agent: str) -> None:
    assert not is_robot(agent)
