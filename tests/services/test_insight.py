"""Figures add up by day, and refused input is counted by reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context

DAY = date(2026, 11, 21)


def test_counts_and_amounts_add_up_exactly(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        for _ in range(3):
            insight.count(
                connection,
                shop.id,
                day=DAY,
                widget="newsletter",
                kind="redeemed",
                amount=Decimal("0.10"),
            )
    figures = insight.overview(context, shop, DAY, DAY).of("newsletter")
    assert figures.total("redeemed") == 3
    assert figures.amount("redeemed") == Decimal("0.30")


def test_an_overview_has_a_value_for_each_of_its_days(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        insight.count(
            connection, shop.id, day=DAY, widget="exit_intent", kind="impression", count=4
        )
        insight.count(
            connection,
            shop.id,
            day=DAY - timedelta(days=9),
            widget="exit_intent",
            kind="impression",
        )
    overview = insight.overview(context, shop, DAY - timedelta(days=2), DAY)
    assert overview.currency == "EUR"
    assert overview.of("exit_intent").by_day["impression"] == (0, 0, 4)
    assert overview.of("newsletter").total("impression") == 0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(("newsletter", "exit_intent")),
            st.sampled_from(("impression", "redeemed")),
            st.integers(-3, 9),
            st.decimals(-20, 20, places=2),
        ),
        max_size=12,
    )
)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_totals_are_those_of_the_days_added_up(
    context: Context,
    make_shop: Callable[..., Shop],
    facts: list[tuple[int, str, str, int, Decimal]],
) -> None:
    shop = make_shop(f"{uuid4().hex}.myshopify.com")
    with context.db.write() as connection:
        for ago, widget, kind, count, amount in facts:
            insight.count(
                connection,
                shop.id,
                day=DAY - timedelta(days=ago),
                widget=widget,
                kind=kind,
                count=count,
                amount=amount,
            )
    start = DAY - timedelta(days=3)
    days, sums = (ask(context, shop, start, DAY) for ask in (insight.overview, insight.totals))
    assert {name: (one.totals, one.amounts, one.since) for name, one in sums.widgets.items()} == {
        name: (one.totals, one.amounts, one.since) for name, one in days.widgets.items()
    }


def test_figures_of_another_shop_stay_there(
    context: Context, make_shop: Callable[..., Shop]
) -> None:
    one, two = make_shop("one.myshopify.com"), make_shop("two.myshopify.com")
    with context.db.write() as connection:
        insight.count(connection, one.id, day=DAY, widget="newsletter", kind="sign_up")
    assert insight.overview(context, two, DAY, DAY).widgets == {}


def test_a_day_ends_at_midnight_where_the_shop_is(shop: Shop) -> None:
    assert insight.day_of(shop, datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == date(2026, 11, 22)


def test_refusals_are_listed_by_reason_the_most_frequent_first(
    context: Context, shop: Shop
) -> None:
    for reason in ("too_many", "email_invalid", "too_many"):
        insight.refuse(context, shop, reason)
    assert insight.refusals(context, shop, DAY, DAY) == [("too_many", 2), ("email_invalid", 1)]
