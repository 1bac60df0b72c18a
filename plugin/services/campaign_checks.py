"""What must be right before a campaign may be published, each with place, reason and rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import BaseModel

from plugin.contracts.settings import ByLanguage, Voucher
from plugin.contracts.widget import Widget
from plugin.model import Shop
from plugin.services import voucher_pool
from plugin.services.context import Context
from plugin.services.guard_limits import monthly_budget


@dataclass(frozen=True)
class Check:
    """One publish check.

    `name` keys its texts, `fields` are the dotted paths of the settings at fault, `values` fill
    the texts, `rule` is the law it stands on, if one does.
    """

    name: str
    passed: bool
    rule: str = ""
    fields: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Case:
    context: Context
    shop: Shop
    widget: Widget
    settings: BaseModel
    voucher: Voucher | None


def run_checks(context: Context, shop: Shop, widget: Widget, settings: BaseModel) -> list[Check]:
    """Return every check that applies to these settings, passed and failed."""
    voucher = getattr(settings, "voucher", None)
    offered = voucher if isinstance(voucher, Voucher) and voucher.enabled else None
    case = _Case(context, shop, widget, settings, offered)
    checks = [_languages(case), _claims(case)]
    if offered is not None:
        checks += [_conditions(case, offered), _budget(case, offered)]
        if voucher_pool.draws_from(context, shop):
            checks.append(_pool(case, offered))
    if widget.collects_consent:
        checks.append(_sender(case))
    if widget.interrupts:
        checks.append(_opens(case))
    return checks


def _texts(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, ByLanguage]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, ByLanguage):
            yield prefix + name, value
        elif isinstance(value, BaseModel):
            yield from _texts(value, f"{prefix}{name}.")


def _languages(case: _Case) -> Check:
    missing = tuple(
        f"{path}.{language}"
        for path, text in _texts(case.settings)
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


def _claims(case: _Case) -> Check:
    """Refuse a promise in the merchant's words that the voucher does not keep."""
    kept = _promised_by(case.voucher)
    for path, text in _texts(case.settings):
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


def _conditions(_case: _Case, voucher: Voucher) -> Check:
    """A voucher worth as much as the order would give the goods away."""
    fits = voucher.kind == "percent" or voucher.minimum > voucher.value
    return Check("conditions", fits, "§ 5a UWG", () if fits else ("voucher.minimum",))


def _budget(case: _Case, voucher: Voucher) -> Check:
    budget = monthly_budget(case.context, case.shop)
    needed = voucher.value if voucher.kind == "amount" else Decimal("0.01")
    return Check("budget", budget >= needed, values={"budget": budget})


def _pool(case: _Case, voucher: Voucher) -> Check:
    """Where the merchant brings the codes, one that keeps the promise must be there."""
    held = voucher_pool.holds(
        case.context, case.shop, voucher.kind, voucher.value, voucher.minimum, voucher.days
    )
    return Check("pool", held)


def _sender(case: _Case) -> Check:
    """Forms need the privacy notice, mails the imprint."""
    missing = tuple(name for name in ("imprint", "privacy_url") if not getattr(case.shop, name))
    return Check("sender", not missing, "Art. 13 DSGVO, § 5 DDG", values={"missing": missing})


def _opens(case: _Case) -> Check:
    trigger = getattr(case.settings, "trigger", None)
    devices = [getattr(trigger, name, False) for name in ("desktop", "phone")]
    return Check("opens", any(devices), fields=() if any(devices) else ("trigger.desktop",))
