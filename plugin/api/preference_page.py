"""What the page says on which subscribers choose what comes, and how often."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup, escape

from plugin.api.mail_pages import footer_of
from plugin.api.page_parts import Footer
from plugin.services.preferences import Choices
from plugin.services.wording import Voice


@dataclass(frozen=True)
class Option:
    """One language to choose from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Tick:
    """A box to tick; not there at all where there is nothing to allow."""

    label: str
    help: str
    ticked: bool


@dataclass(frozen=True)
class PreferencePage:
    """Everything on the page, in reading order."""

    language: str
    shop_name: str
    title: str
    text: Markup
    saved: str
    personalised: Tick | None
    pause: Tick
    languages: tuple[Option, ...]
    languages_label: str
    save: str
    leave: str
    leave_text: str
    leave_address: str
    footer: Footer


def preference_page(token: str, found: Choices, *, saved: bool) -> PreferencePage | None:
    """Return the page, None where there is nothing left to choose."""
    shop = found.shop
    if shop is None or found.email is None:
        return None
    voice = Voice("pages", shop, found.language)
    say = voice.say
    words = {"newsletter": found.newsletter or say("newsletter"), "shop": shop.name}
    shown = {**words, "email": Markup("<strong>{}</strong>").format(found.email)}
    return PreferencePage(
        language=voice.language,
        shop_name=shop.name,
        title=say("preferences.title", **words),
        text=escape(voice.raw("preferences.text")).format_map(shown),
        saved=say("preferences.saved") if saved else "",
        personalised=_personalised(voice, found),
        pause=_pause(voice, found),
        languages=tuple(
            Option(name, say(f"preferences.language.{name}"), name == found.language)
            for name in shop.languages
        ),
        languages_label=say("preferences.language.label"),
        save=say("preferences.save"),
        leave=say("preferences.leave"),
        leave_text=say("preferences.leave_text", **words),
        leave_address=url_for("mail_links.unsubscribe", token=token),
        footer=footer_of(shop, voice),
    )


def _personalised(voice: Voice, found: Choices) -> Tick | None:
    if not (found.offered or found.personalised):
        return None
    return Tick(
        voice.say("preferences.personalised.label"),
        voice.say("preferences.personalised.help"),
        found.personalised,
    )


def _pause(voice: Voice, found: Choices) -> Tick:
    if found.paused_until is None:
        help_text = voice.say("preferences.pause.help")
    else:
        help_text = voice.say("preferences.pause.until", date=voice.day(found.paused_until))
    return Tick(voice.say("preferences.pause.label"), help_text, found.paused_until is not None)
