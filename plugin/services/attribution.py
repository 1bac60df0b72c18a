"""What comes of the arms that a shopper was in: sign-ups, confirmations, redeemed vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from sqlalchemy.engine import Connection

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services import insight, tickets
from plugin.services.arms import COURTESY, arms_possible, counted_as
from plugin.services.context import Context
from plugin.store import campaigns, events
from plugin.store.campaigns import PublishedCampaign
from plugin.store.exposures import Place, add_exposures


class Arms(TypedDict):
    """The arms that a person was in when they signed up: (campaign, version, arm) each."""

    traffic: str
    arms: list[tuple[int, int, str]]


@dataclass(frozen=True)
class Told:
    """What the page tells of its arms with a sign-up; nothing in it is believed yet.

    `arm` is that of the form's own campaign, `others` those of the campaigns that the page has
    shown or withheld.
    """

    ticket: str = ""
    arm: str = ""
    others: Mapping[int, str] | None = None
    robot: bool = False


def ticket_number(context: Context, shop: Shop, told: Told) -> str | None:
    """Return the number of the sign-up's ticket; None without a valid one.

    The sign-up is taken all the same: only its arms are not counted then.
    """
    if not told.ticket:
        return None
    try:
        return tickets.number_of(context, shop, told.ticket)
    except BadInputError as error:
        insight.refuse(context, shop, error.code)
        return None


def arms_of(
    connection: Connection, context: Context, shop: Shop, campaign: PublishedCampaign, told: Told
) -> Arms:
    """Return the arms that are to be kept with a sign-up, without those that do not exist."""
    others = told.others or {}
    named = [
        (version, counted_as(others[version.id]))
        for version in campaigns.published_campaigns(connection, shop.id)
        if version.id in others and version.id != campaign.id
    ]
    return {
        "traffic": "robot" if told.robot else "real",
        "arms": [
            (version.id, version.version, arm)
            for version, arm in [(campaign, told.arm), *named]
            if arm in arms_possible(context, version)
        ],
    }


def held_back(arms: Arms | None, campaign_id: int) -> bool:
    """Tell whether a person was drawn to get no code and saw no claim of this campaign."""
    if arms is None:
        return False
    return any(place[0] == campaign_id and place[2] == COURTESY for place in arms["arms"])


def count_sign_up(
    connection: Connection, context: Context, shop: Shop, arms: Arms, ticket: str
) -> None:
    """Count a sign-up for each of its arms, once for a ticket and campaign."""
    marks = {tickets.mark_of(ticket, place[0], "sign_up"): place for place in arms["arms"]}
    new = events.remember_events(connection, shop.id, sorted(marks), context.now())
    fresh: Arms = {**arms, "arms": [place for mark, place in marks.items() if mark in new]}
    day = insight.day_of(shop, context.now())
    count_outcome(connection, shop, fresh, day=day, kind="sign_up")


def count_outcome(
    connection: Connection, shop: Shop, arms: Arms | None, *, day: date, kind: str, count: int = 1
) -> None:
    """Count what came of a sign-up for each of its arms; a negative number takes back."""
    if arms is None or not count:
        return
    add_exposures(
        connection,
        shop.id,
        {
            Place(day, campaign, version, arm, arms["traffic"], kind): count
            for campaign, version, arm in arms["arms"]
        },
    )
