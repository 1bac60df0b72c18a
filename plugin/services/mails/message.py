"""Turns a laid-out letter into the message that goes to the mail server."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from plugin.errors import GiveUpError
from plugin.model import Shop
from plugin.services.logo import Logo
from plugin.services.mails.kinds import KINDS, Values
from plugin.services.mails.layout import LOGO_ID, LaidOut, lay_out
from plugin.services.mails.letter import Letter, Link, MailClass
from plugin.services.mails.parcel_letters import refuse_advertising
from plugin.services.mails.parts import in_own_words
from plugin.services.mails.templates import NEUTRAL, Template
from plugin.services.wording import Voice

#: Everything that a header must not carry: controls, line and paragraph separators, surrogates,
#: and format characters, among them those that turn the direction of the text around.
_UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LONGEST_NAME = 80
_LONGEST_SUBJECT = 150

#: Changes a laid-out mail before it becomes a message.
Follow = Callable[[LaidOut], LaidOut]


def header_text(text: str, limit: int) -> str:
    """Return `text` fit for a header: one line, no invisible characters, at most `limit` long.

    Nothing that looks like an encoded word is left: the email package decodes one on assignment,
    line breaks inside included, and would write them out as new headers.
    """
    kept = "".join(" " if unicodedata.category(char) in _UNWANTED else char for char in text)
    one_line = re.sub(r"\s+", " ", kept).strip()
    return one_line.replace("=?", "= ?")[:limit].strip()


def compose(
    kind: str,
    shop: Shop,
    language: str,
    values: Values,
    *,
    recipient: str,
    sender: str,
    message_id: str,
    at: datetime,
    template: Template = NEUTRAL,
    name: str | None = None,
    reply_to: str | None = None,
    follow: Follow | None = None,
) -> EmailMessage:
    """Return the finished message with text and HTML part, as the shop's `template` has it.

    The recipient stands in `To` alone; nothing of the values but the links and the subject
    reaches a header. `name` and `reply_to` default to the shop's own; `follow` may change the
    links of a person who has allowed that opening and clicking is counted.
    GiveUpError("mail_without_unsubscribe") for advertising that nobody could leave,
    GiveUpError("mail_with_advertising") for a mail about an order that holds any.
    """
    declared = KINDS[kind]
    voice = Voice("mail", shop, language)
    letter = declared.build(voice, shop, values)
    letter = in_own_words(letter, kind, template.texts, shop)
    if declared.sober:
        refuse_advertising(letter)
    if declared.mail_class == "marketing" and values.get("preferences"):
        chosen = Link(voice.say("preferences"), values["preferences"])
        letter = replace(letter, preferences=chosen)
    parts = lay_out(letter, shop, voice, template.theme, template.logo)
    logo = parts.logo
    if follow is not None:
        parts = follow(parts)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit", utf8=not recipient.isascii()))
    _address(message, sender, recipient, name or shop.name, reply_to or shop.email)
    message["Subject"] = header_text(letter.subject, _LONGEST_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    _class_headers(message, declared.mail_class, letter)
    message.set_content(parts.text, cte="quoted-printable")
    message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    if logo is not None:
        _attach(message, logo)
    message["Content-Language"] = voice.language  # set_content would have taken it away
    # A folded address in List-Unsubscribe would be written as encoded words, which no mail
    # program follows: headers stay on one line, as long as SMTP allows.
    message.policy = message.policy.clone(max_line_length=998)
    return message


def _attach(message: EmailMessage, logo: Logo) -> None:
    shown = list(message.iter_parts())[-1]
    main, _, sub = logo.kind.partition("/")
    if isinstance(shown, EmailMessage):
        shown.add_related(logo.raw, maintype=main, subtype=sub, cid=f"<{LOGO_ID}>")


def _address(message: EmailMessage, sender: str, recipient: str, name: str, reply_to: str) -> None:
    shown = header_text(name, _LONGEST_NAME)
    message["From"] = Address(display_name=shown, addr_spec=sender)
    # In two parts: as one text, letters beyond ASCII before the @ count as a defect.
    local, _, domain = recipient.rpartition("@")
    message["To"] = Address(username=local, domain=domain)
    answers_to = _plain_address(reply_to)
    if answers_to is not None:
        message["Reply-To"] = answers_to


def _plain_address(text: str) -> Address | None:
    # The platform's word for the shop's address: a broken one must not keep the mail back.
    try:
        return Address(addr_spec=header_text(text, 320))
    except (ValueError, IndexError, MessageError):
        return None


def _class_headers(message: EmailMessage, mail_class: MailClass, letter: Letter) -> None:
    message["X-Bleib-Class"] = mail_class
    if mail_class != "marketing":
        # An answer to what the person did, made by a machine: no out-of-office reply to it.
        message["Auto-Submitted"] = "auto-generated"
    elif letter.unsubscribe is None:
        raise GiveUpError("mail_without_unsubscribe")  # a letter of ours that forgot the law
    if letter.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe.address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
