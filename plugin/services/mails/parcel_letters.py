"""The letters of an order on its way: each says one thing that happened, and proposes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from plugin.errors import GiveUpError
from plugin.model import Shop
from plugin.services.mails.letter import Item, Letter, Link, Progress, Values
from plugin.services.wording import Voice

#: What happened, in the order in which it happens to a parcel.
MILESTONES = ("received", "on_its_way", "delayed", "arriving", "pick_up", "delivered")
#: How far the bar is; a parcel that is late is still on its way.
_STAGES = {"received": 1, "on_its_way": 3, "delayed": 3}

Build = Callable[[Voice, Shop, Values], Letter]


def received(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that an order has come in.

    Values of this letter and the others: order (number), link; optional: expected_on (ISO date),
    items (list of {title, quantity, detail, image}), place and count (which of how many parcels),
    withdraw (address), unsubscribe (address).
    """
    return _letter("received", voice, values, _day_of(voice, values))


def on_its_way(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel is on its way.

    Optional beside: carrier, number, window (from and to as the clock shows them, "10:00").
    """
    where = _whereabouts(voice, values) or voice.say("on_its_way.text")
    return _letter("on_its_way", voice, values, _day_of(voice, values), where)


def arriving(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel comes today; optional beside: carrier, number, window."""
    return _letter("arriving", voice, values, {}, _whereabouts(voice, values))


def delayed(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel takes longer, that we are sorry, and what we do by when.

    Beside: reason ("late", "held", "customs", "address"); optional: promised_on, search_on (ISO
    dates: what was announced, and when we look for the parcel ourselves), carrier, number.
    """
    day = _day_of(voice, values)
    words = {name: _weekday(voice, values, f"{name}_on") for name in ("promised", "search")}
    say = voice.say
    told = say("delayed.promised", day=words["promised"]) + " " if words["promised"] else ""
    paragraphs = [told + say(f"delayed.text_{values['reason']}")]
    if words["search"]:
        paragraphs.append(say("delayed.search", day=words["search"]))
    return _letter("delayed", voice, values, day, *paragraphs, _whereabouts(voice, values))


def pick_up(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel lies ready; optional beside: where (text), carrier, number."""
    where = values.get("where")
    first = voice.say("pick_up.text_where", where=where) if where else voice.say("pick_up.text")
    return _letter("pick_up", voice, values, {}, first, _whereabouts(voice, values))


def delivered(voice: Voice, shop: Shop, values: Values) -> Letter:
    """Say that a parcel has come; beside: delivered_at (ISO time), optional: where (text)."""
    at, where = datetime.fromisoformat(values["delivered_at"]), values.get("where")
    words = {
        "day": voice.weekday(at.astimezone(ZoneInfo(shop.zone)).date()),
        "time": voice.time(at),
    }
    key = "delivered.text_where" if where else "delivered.text"
    first = voice.say(key, **words, where=where)
    which = [part for part in (first, _part_of(voice, values)) if part]
    missing = voice.say("delivered.missing")
    return _letter("delivered", voice, values, words, " ".join(which), missing)


#: The builder of each milestone's letter.
LETTERS: dict[str, Build] = {
    "received": received,
    "on_its_way": on_its_way,
    "delayed": delayed,
    "arriving": arriving,
    "pick_up": pick_up,
    "delivered": delivered,
}


def refuse_advertising(letter: Letter) -> None:
    """Refuse a letter about an order that holds anything meant to sell.

    GiveUpError("mail_with_advertising"): a code, a foreign paragraph, or ways to change a
    subscription make it a mail that nobody may send without consent.
    """
    if letter.code is not None or letter.added or letter.preferences is not None:
        raise GiveUpError("mail_with_advertising")


def _letter(
    kind: str, voice: Voice, values: Values, words: dict[str, str], *paragraphs: str
) -> Letter:
    say, by_day = voice.say, "_day" if "day" in words and kind != "delivered" else ""
    words = {"order": values["order"], **words}
    stage = _STAGES.get(kind, 4)
    label = say(f"parcel.stage.{kind if kind in ('delivered', 'pick_up') else stage}")
    text = (say(f"{kind}.text{by_day}", **words),) if kind == "received" else ()
    withdraw = values.get("withdraw")
    unsubscribe = values.get("unsubscribe")
    return Letter(
        subject=say(f"{kind}.subject", **words),
        preheader=say(f"{kind}.preheader{by_day}", **words),
        heading=say(f"{kind}.heading{by_day}", **words),
        paragraphs=tuple(part for part in (*text, *paragraphs) if part),
        progress=Progress(stage, say("parcel.progress", stage=stage, label=label)),
        button=Link(say("parcel.button_order" if stage == 1 else "parcel.button"), values["link"]),
        items=tuple(item_of(voice, item) for item in values.get("items", ())),
        why=say("parcel.questions", **words),
        unsubscribe=Link(say("parcel.quiet"), unsubscribe) if unsubscribe else None,
        footer=(Link(say("parcel.withdraw"), withdraw),) if withdraw else (),
    )


def item_of(voice: Voice, item: Values) -> Item:
    """Return one article as a letter tells it."""
    quantity = voice.say("parcel.quantity", quantity=item["quantity"])
    detail = f"{item['detail']}, {quantity}" if item.get("detail") else quantity
    return Item(item["title"], detail, item.get("image"))


def _day_of(voice: Voice, values: Values) -> dict[str, str]:
    day = _weekday(voice, values, "expected_on")
    return {"day": day} if day else {}


def _weekday(voice: Voice, values: Values, name: str) -> str:
    return voice.weekday(date.fromisoformat(values[name])) if values.get(name) else ""


def _whereabouts(voice: Voice, values: Values) -> str:
    carrier, number, window = (values.get(name) for name in ("carrier", "number", "window"))
    told = []
    if window:
        start, end = (_clock(voice, moment) for moment in window)
        told.append(voice.say("parcel.window", start=start, end=end))
    if carrier:
        key = "parcel.carrier_number" if number else "parcel.carrier"
        told.append(voice.say(key, carrier=carrier, number=number))
    told.append(_part_of(voice, values))
    return " ".join(part for part in told if part)


def _part_of(voice: Voice, values: Values) -> str:
    if int(values.get("count") or 1) < 2:
        return ""
    return voice.say("parcel.part", place=values["place"], count=values["count"])


def _clock(voice: Voice, moment: str) -> str:
    return moment.removesuffix(":00").removeprefix("0") if voice.language == "de" else moment
