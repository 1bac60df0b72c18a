"""Publish checks of the margin floor: the voucher can arrive, and says what it is not for."""

from __future__ import annotations

from plugin.services import excluding, guard_limits
from plugin.services.check_case import Case, Check
from plugin.services.guard_facts import borne
from plugin.services.wording import offer_of


def guard_checks(case: Case) -> list[Check]:
    """Return what the guard's margin floor says of a draft with a voucher; nothing while it is off.

    "floor": nobody would get the voucher. "left_out": it is not valid for some products, which
    has to stand beside the offer.
    """
    offer = offer_of(case.settings.model_dump(mode="json"), case.shop.currency)
    with case.context.db.read() as connection:
        limits = guard_limits.read(connection, case.shop.id).limits
        if offer is None or not limits.floor_on:
            return []
        found = borne(connection, case.shop, limits, offer)
    some = 0 < len(found.excluded) < found.products
    partly = some and excluding.level(case.context, case.shop) != "no"
    count: dict[str, object] = {"n": len(found.excluded)}
    arrives = Check("floor", found.share == 1 or partly, values=count)
    if not partly:
        return [arrives]
    missing = tuple(
        f"voucher.exclusions.{language}"
        for language in case.shop.languages
        if not offer.exclusions.get(language, "").strip()
    )
    return [arrives, Check("left_out", not missing, "§ 5a UWG", missing, count)]
