"""What a merchant reads: texts of the chosen language, numbers and times in the shop's customs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from plugin.admin.amounts import Point
from plugin.contracts.widget import Widget
from plugin.model import Shop
from plugin.services.campaigns import Campaign
from plugin.texts import area_texts, clock_time, texts_in

_A_SECOND = timedelta(seconds=1)
_CUSTOMS = {"de": "de-DE", "en": "en-GB"}
_TOUCHING = re.compile(r"(?<=[A-Z])(?=[0-9−])")
_SWISS = str.maketrans({"ß": "ss", "„": "«", "“": "»"})


@dataclass(frozen=True)
class Words:
    """One merchant's language and the customs that go with it."""

    language: str
    locale: str
    zone: str
    currency: str

    @property
    def _babel(self) -> str:
        return self.locale.replace("-", "_")

    def t(self, key: str, **values: object) -> str:
        """Return the admin's text of `key` with its {placeholders} filled."""
        return self._local(area_texts("admin").get(self.language, key, "sie", **values))

    def has(self, key: str) -> bool:
        """Tell whether the admin has a text of that key."""
        return key in area_texts("admin").keys(self.language)

    def of_widget(self, widget: Widget, key: str) -> str:
        """Return what a widget's own texts tell the merchant, e.g. `name` or `summary`."""
        return self._local(texts_in(widget.folder / "texts").get(self.language, f"merchant.{key}"))

    def widget_has(self, widget: Widget, key: str) -> bool:
        """Tell whether a widget's own texts have one for the merchant of that key."""
        return f"merchant.{key}" in texts_in(widget.folder / "texts").keys(self.language)

    def name_of(self, campaign: Campaign, widget: Widget) -> str:
        """Return what the merchant calls a campaign; the only one of its widget is the widget."""
        return campaign.name or self.kind_of(campaign, widget)

    def kind_of(self, campaign: Campaign, widget: Widget) -> str:
        """Return what a campaign is: the name of its widget, unless it opens at other moments."""
        trigger = campaign.draft.get("trigger")
        if isinstance(trigger, dict) and not (trigger.get("desktop") or trigger.get("phone")):
            return self.t("widgets.opens_otherwise")
        return self.of_widget(widget, "name")

    def both(self, parts: list[str]) -> str:
        """Return e.g. "A, B und C"."""
        return format_list(parts, locale=self._babel)

    def either(self, parts: list[str]) -> str:
        """Return e.g. "A, B oder C"."""
        return format_list(parts, style="or", locale=self._babel)

    def _local(self, text: str) -> str:
        return text.translate(_SWISS) if self.locale == "de-CH" else text

    def number(self, value: int | Decimal) -> str:
        """Return e.g. "1.307" or "1,307"."""
        return format_decimal(value, locale=self._babel).replace("-", "−")

    def money(self, amount: Decimal) -> str:
        """Return whole amounts without cents, others with both places."""
        amount = amount.quantize(Decimal("0.01"))
        if amount != amount.to_integral_value():
            return self.exact(amount)
        pattern = Locale.parse(self._babel).currency_formats["standard"].pattern
        text = format_currency(
            amount,
            self.currency,
            format=pattern.replace(".00", ""),
            locale=self._babel,
            currency_digits=False,
        )
        return _apart(text)

    def exact(self, amount: Decimal) -> str:
        """Return an amount with its cents."""
        return _apart(format_currency(amount, self.currency, locale=self._babel))

    def cents(self, value: float) -> str:
        """Return what was worked out, not paid, as an amount with its cents."""
        return self.exact(Decimal(value).quantize(Decimal("0.01")))

    @property
    def point(self) -> Point:
        """Return what stands before the cents that somebody types here."""
        return "either" if self.locale == "de-CH" else "," if self.language == "de" else "."

    @property
    def ambiguous(self) -> str:
        """Return the key of what is asked where a number could be two."""
        return "message.ambiguous_swiss" if self.point == "either" else "message.ambiguous"

    @property
    def symbol(self) -> str:
        """Return the sign of the shop's currency."""
        return get_currency_symbol(self.currency, locale=self._babel)

    def share(self, value: Decimal) -> str:
        """Return a share of 1 as whole percent."""
        return format_percent(value, locale=self._babel)

    def percent(self, value: Decimal) -> str:
        """Return a share of 1 in percent, with one place where there is one: "8,3 %"."""
        return format_percent(
            value, format="#,##0.#\u202f%" if self.language == "de" else "0.#%", locale=self._babel
        )

    def ratio(self, value: Decimal) -> str:
        """Return how many times, with one place always: "5,0"."""
        return format_decimal(value, format="#,##0.0", locale=self._babel).replace("-", "−")

    def tenths(self, value: Decimal) -> str:
        """Return a share of 1 in percent, with one place always, for a column: "16,0"."""
        return format_decimal(100 * value, format="0.0", locale=self._babel)

    def tenths_percent(self, value: Decimal) -> str:
        """Return the same with its sign: "16,0 %"."""
        return self.tenths(value) + ("\u202f%" if self.language == "de" else "%")

    def whole(self, amount: Decimal) -> str:
        """Return an amount without its cents: what is estimated is no exact sum."""
        return self.money(amount.quantize(Decimal(1)))

    def about(self, amount: float) -> str:
        """Return what an estimate amounts to at least, in whole amounts: no false precision."""
        if amount < 1:
            return self.cents(amount)
        return self.money(Decimal(amount).to_integral_value(ROUND_CEILING))

    def amount_input(self, value: Decimal) -> str:
        """Return a decimal as one would type it: "40" or "4,50", never grouped."""
        whole = value == value.to_integral_value()
        return format_decimal(value, format="0" if whole else "0.00", locale=self._babel)

    def decimal_text(self, stored: str) -> str:
        """Return a stored decimal as one would type it."""
        return self.amount_input(Decimal(stored))

    def day(self, moment: datetime | date) -> str:
        """Return e.g. "19. Nov. 2026"."""
        return self._skeleton("yMMMd", moment)

    def short_day(self, moment: datetime | date) -> str:
        """Return e.g. "19. Nov."."""
        return self._skeleton("MMMd", moment)

    def weekday(self, moment: datetime | date) -> str:
        """Return e.g. "Di., 17. Nov."."""
        return self._skeleton("MMMEd", moment)

    def country(self, code: str) -> str:
        """Return what a country is called, its code where nobody knows it."""
        return str(Locale.parse(self._babel).territories.get(code, code))

    def month(self, moment: date) -> str:
        """Return e.g. "November"."""
        return format_date(moment, format="LLLL", locale=self._babel)

    def short_month(self, moment: date) -> str:
        """Return e.g. "Nov."."""
        return format_date(moment, format="MMM", locale=self._babel)

    def month_of_year(self, moment: date) -> str:
        """Return e.g. "November 2026"."""
        return format_date(moment, format="LLLL yyyy", locale=self._babel)

    def time(self, moment: datetime) -> str:
        """Return e.g. "14:02 Uhr" or "14:02"."""
        return self.t("format.time", time=clock_time(moment, self.locale, self.zone))

    def moment(self, moment: datetime) -> str:
        """Return day and time."""
        return self.t("format.moment", day=self.short_day(moment), time=self.time(moment))

    def recent(self, moment: datetime, now: datetime) -> str:
        """Return the time alone if it was today, day and time before."""
        same = self._date(moment) == self._date(now)
        return self.time(moment) if same else self.moment(moment)

    def full_moment(self, moment: datetime) -> str:
        """Return day, with its year, and time: for what may lie far ahead."""
        return self.t("format.moment", day=self.day(moment), time=self.time(moment))

    def stored_moment(self, stored: str) -> str:
        """Return a stored moment in full."""
        return self.full_moment(datetime.fromisoformat(stored))

    def ago(self, moment: datetime, now: datetime) -> str:
        """Return e.g. "vor 4 Minuten"."""
        return format_timedelta(
            min(moment - now, -_A_SECOND), add_direction=True, locale=self._babel
        )

    def until(self, moment: datetime, now: datetime) -> str:
        """Return e.g. "in 2 Minuten"."""
        ahead = max(moment - now, _A_SECOND)
        return format_timedelta(ahead, add_direction=True, locale=self._babel)

    def _skeleton(self, skeleton: str, moment: datetime | date) -> str:
        # The month by name: 04.05. reads differently in every country.
        midnight = datetime.combine(self._date(moment), datetime.min.time())
        return format_skeleton(skeleton, midnight, locale=self._babel)

    def _date(self, moment: datetime | date) -> date:
        if isinstance(moment, datetime):
            return moment.astimezone(ZoneInfo(self.zone)).date()
        return moment


def _apart(amount: str) -> str:
    """Return an amount with a true minus; letters of a currency never touch its digits."""
    return _TOUCHING.sub("\u00a0", amount.replace("-", "−"))


def words_for(shop: Shop, language: str) -> Words:
    """Return the wording for a merchant of `shop` who reads `language`."""
    own = shop.locale.replace("_", "-")
    locale = own if own.lower().startswith(language) else _CUSTOMS[language]
    return Words(language=language, locale=locale, zone=shop.zone, currency=shop.currency)
