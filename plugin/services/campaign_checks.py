"""What must be right before a campaign may be published, each with place, reason and rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from plugin.contracts.settings import Voucher
from plugin.services import voucher_pool
from plugin.services.check_case import Case, Check
from plugin.services.content_checks import content_checks
from plugin.services.guard_checks import guard_checks
from plugin.services.guard_limits import monthly_budget
from plugin.services.sign_up_checks import sign_up_checks
from plugin.services.timing_checks import timing_checks
from plugin.services.voucher_checks import voucher_checks

__all__ = ["Case", "Check", "run_checks"]


def run_checks(case: Case) -> list[Check]:
    """Return every check that applies to a draft, passed and failed."""
    checks = [_languages(case), _claims(case)]
    if case.offered is not None:
        checks += [_conditions(case.offered), _budget(case, case.offered), *guard_checks(case)]
        if voucher_pool.draws_from(case.context, case.shop):
            checks.append(_pool(case, case.offered))
    if case.widget.collects_consent and case.content == "sign_up":
        checks.append(_sender(case))
    checks += [*voucher_checks(case), *sign_up_checks(case)]
    return [*checks, *content_checks(case), *timing_checks(case)]


def _languages(case: Case) -> Check:
    missing = tuple(
        f"{path}.{language}"
        for path, text in case.texts()
        if not text.empty
        for language in case.shop.languages
        if not getattr(text, language, "").strip()
    )
    return Check("language", not missing, fields=missing)


#: "20 %", "5,00 €", "EUR 5" and the like in a merchant's own words.
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|prozent\b|percent\b)", re.IGNORECASE)
_MONEY = re.compile(
    r"(?:(?:€|EUR|CHF)\s*(\d+(?:[.,]\d+)?))|(?:(\d+(?:[.,]\d+)?)\s*(?:€|EUR\b|CHF\b|euro\b))",
    re.IGNORECASE,
)


def _claims(case: Case) -> Check:
    """Refuse a promise in the merchant's words that the voucher does not keep."""
    if case.content != "sign_up":
        return Check("claim", True, "§ 5 UWG")
    kept = _promised_by(case.offered)
    for path, text in case.texts():
        for language in ("de", "en"):
            for claim, value in _promises(getattr(text, language)):
                if value not in kept and not path.startswith("voucher."):
                    return Check(
                        "claim", False, "§ 5 UWG", (f"{path}.{language}",), {"claim": claim}
                    )
    return Check("claim", True, "§ 5 UWG")


def _promises(text: str) -> Iterator[tuple[str, tuple[str, Decimal]]]:
    for kind, pattern in (("percent", _PERCENT), ("amount", _MONEY)):
        for match in pattern.finditer(text):
            number = next(group for group in match.groups() if group)
            yield match.group(0), (kind, Decimal(number.replace(",", ".")))


def _promised_by(voucher: Voucher | None) -> set[tuple[str, Decimal]]:
    if voucher is None:
        return set()
    return {(voucher.kind, voucher.value), ("amount", voucher.minimum)}


def _conditions(voucher: Voucher) -> Check:
    """A voucher worth as much as the order would give the goods away."""
    fits = voucher.kind == "percent" or voucher.minimum > voucher.value
    return Check("conditions", fits, "§ 5a UWG", () if fits else ("voucher.minimum",))


def _budget(case: Case, voucher: Voucher) -> Check:
    budget = monthly_budget(case.context, case.shop)
    needed = voucher.value if voucher.kind == "amount" else Decimal("0.01")
    return Check("budget", budget >= needed, values={"budget": budget})


def _pool(case: Case, voucher: Voucher) -> Check:
    """Where the merchant brings the codes, one that keeps the promise must be there."""
    held = voucher_pool.holds(
        case.context, case.shop, voucher.kind, voucher.value, voucher.minimum, voucher.days
    )
    return Check("pool", held)


def _sender(case: Case) -> Check:
    """Forms need the privacy notice, mails the imprint."""
    missing = tuple(name for name in ("imprint", "privacy_url") if not getattr(case.shop, name))
    return Check("sender", not missing, "Art. 13 DSGVO, § 5 DDG", values={"missing": missing})
