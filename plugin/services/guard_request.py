"""What the discount guard is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin.model import Money
from plugin.services.guard_rules import Reason, Verdict
from plugin.services.wording import Offer


@dataclass(frozen=True)
class VoucherRequest:
    """Somebody asks for the voucher of a campaign.

    `in_holdout`: drawn to get the same courtesy without a code, and shown no claim. `in_stock`
    False: the merchant brings the codes, and none is left. `in_time` False: the offer was over
    when it was asked for (`asked_at`; None: now). `may_exclude`: the platform can keep products
    out of the code. `may_shrink` False: only exactly this offer can be issued. `next_order`: it is
    for somebody who has ordered, so the rules of the one welcome voucher do not hold; `campaign_id`
    is 0 then.
    """

    identity: str
    campaign_id: int
    widget: str
    offer: Offer
    in_holdout: bool = False
    in_stock: bool = True
    in_time: bool = True
    asked_at: datetime | None = None
    may_exclude: bool = False
    may_shrink: bool = True
    next_order: bool = False


@dataclass(frozen=True)
class Decision:
    """What the guard decided.

    `offer` is the one to issue, maybe smaller than the one asked for; `amount` is what it takes
    from the month's budget; `excluded` are the products that it must not be valid for.
    """

    verdict: Verdict
    reason: Reason
    amount: Money
    offer: Offer
    excluded: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Tell whether a voucher may be issued."""
        return self.verdict != "no"
