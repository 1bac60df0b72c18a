"""A merchant's own texts of mails: a draft to try, versions that stay, Bleib's own text again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.security import digest
from plugin.services import limits, mailing, voucher_pool
from plugin.services.context import Context
from plugin.services.mails import samples
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.layout import LaidOut, lay_out
from plugin.services.mails.letter import Letter
from plugin.services.mails.parts import EDITABLE, Problem, cleaned, problems_of
from plugin.services.mails.templates import voice_of, wear_of
from plugin.services.wording import Voice
from plugin.store import mail_texts as store
from plugin.store.mail_texts import StoredTexts

__all__ = [
    "EDITABLE",
    "LATELY",
    "Edited",
    "Problem",
    "find",
    "own_in",
    "preview",
    "publish",
    "reuse",
    "sample",
    "save_draft",
    "send_sample",
    "sent_lately",
]

#: What the list counts.
LATELY = timedelta(days=28)
_SAMPLES_AN_HOUR = 20
Light = Literal["device", "light", "dark"]


@dataclass(frozen=True)
class Edited:
    """One kind of mail in one language, as its merchant works on it.

    `shown` is every part as it would be sent: the draft's text, else Bleib's (`ours`). `seen`
    stands for the draft, to notice that somebody else changed it.
    """

    kind: str
    language: str
    ours: Mapping[str, str]
    draft: Mapping[str, str]
    live: Mapping[str, str]
    version: int
    saved_at: datetime | None
    versions: tuple[StoredTexts, ...] = field(default=())

    @property
    def shown(self) -> dict[str, str]:
        """Return each part as it would be sent."""
        return {**self.ours, **self.draft}

    @property
    def changed(self) -> bool:
        """Tell whether the draft is another text than the one that is sent now."""
        return dict(self.draft) != dict(self.live)

    @property
    def seen(self) -> str:
        """Return a mark of the draft."""
        return _mark(self.draft)


def find(context: Context, shop: Shop, kind: str, language: str) -> Edited:
    """Return a mail to be edited; NotFoundError for one that nobody may change."""
    with context.db.read() as connection:
        return _find(connection, context, shop, kind, language)


def save_draft(
    context: Context,
    shop: Shop,
    kind: str,
    language: str,
    typed: Mapping[str, str],
    *,
    seen: str,
) -> list[Problem]:
    """Keep what a merchant typed as the draft, unless something keeps it from being sent.

    Returns what that is; then nothing is stored. ConflictError("draft_changed") if the draft is
    not the one that was `seen`.
    """
    with context.db.write() as connection:
        edited = _find(connection, context, shop, kind, language, lock=True)
        wanted = cleaned(kind, typed, edited.ours)
        if problems := problems_of(kind, wanted, shop):
            return problems
        if edited.seen not in (seen, _mark(wanted)):
            raise ConflictError("draft_changed")
        _put(connection, context, shop, edited, store.DRAFT, wanted)
    return []


def publish(context: Context, shop: Shop, kind: str, language: str, *, seen: str) -> None:
    """Send by the draft from now on; the version before stays.

    ConflictError("draft_changed") if the draft is not the one that was `seen`,
    InvalidFieldError("mail_text_invalid") if it cannot stand any more.
    """
    with context.db.write() as connection:
        edited = _find(connection, context, shop, kind, language, lock=True)
        if edited.seen != seen:
            raise ConflictError("draft_changed")
        if problems_of(kind, edited.draft, shop):
            raise InvalidFieldError("mail_text_invalid")
        if edited.changed:
            _put(connection, context, shop, edited, edited.version + 1, edited.draft)


def reuse(context: Context, shop: Shop, kind: str, language: str, version: int) -> None:
    """Make the draft an earlier version again, or with 0 Bleib's own text."""
    with context.db.write() as connection:
        edited = _find(connection, context, shop, kind, language, lock=True)
        earlier = {one.version: one.texts for one in edited.versions} | {0: {}}
        if version not in earlier:
            raise NotFoundError("not_found")
        _put(connection, context, shop, edited, store.DRAFT, earlier[version])


def own_in(context: Context, shop: Shop) -> dict[str, list[str]]:
    """Return for each mail the languages that the merchant's own text is sent in."""
    with context.db.read() as connection:
        own = store.own_kinds(connection, shop.id)
    return {
        kind: [lang for lang in shop.languages if (kind, voice_of(shop, lang)) in own]
        for kind in EDITABLE
    }


def sent_lately(context: Context, shop: Shop) -> dict[str, int]:
    """Return how many mails of each kind went out in the last days."""
    with context.db.read() as connection:
        return store.sent_since(connection, shop.id, context.now() - LATELY)


def sample(context: Context, shop: Shop, edited: Edited) -> Letter:
    """Return the draft as a letter to somebody who does not exist."""
    typed = voucher_pool.draws_from(context, shop)
    voice = Voice("mail", shop, edited.language)
    texts, now = edited.draft, context.now()
    build = KINDS[edited.kind].build
    return samples.sample_letter(build, edited.kind, voice, shop, texts, now, typed=typed)


def preview(context: Context, shop: Shop, edited: Edited, *, light: Light) -> LaidOut:
    """Return the draft as it arrives; nothing is sent, and nothing in it ends anything."""
    with context.db.read() as connection:
        wear = wear_of(connection, shop)
    letter, voice = sample(context, shop, edited), Voice("mail", shop, edited.language)
    return lay_out(letter, shop, voice, *wear, light=light)


def send_sample(context: Context, shop: Shop, edited: Edited) -> None:
    """Send the draft to the shop's own address, marked as a trial; TooManyError past 20 an hour."""
    now = context.now()
    values = {
        "kind": edited.kind,
        "texts": dict(edited.draft),
        "at": now.isoformat(),
        "typed": voucher_pool.draws_from(context, shop),
    }
    with context.db.write() as connection:
        limits.hit(
            connection,
            context,
            shop.id,
            "mail_sample",
            "all",
            limit=_SAMPLES_AN_HOUR,
            window=timedelta(hours=1),
        )
        key = f"sample:{edited.kind}:{now.timestamp():.6f}"
        mailing.queue(connection, context, shop, "sample", key, shop.email, edited.language, values)


def _find(
    connection: Connection,
    context: Context,
    shop: Shop,
    kind: str,
    language: str,
    *,
    lock: bool = False,
) -> Edited:
    if kind not in EDITABLE or language not in shop.languages:
        raise NotFoundError("not_found")
    voice = voice_of(shop, language)
    stored = store.all_texts(connection, shop.id, kind, voice, lock=lock)
    draft = next((one for one in stored if one.version == store.DRAFT), None)
    versions = tuple(one for one in stored if one.version != store.DRAFT)
    typed = voucher_pool.draws_from(context, shop)
    return Edited(
        kind=kind,
        language=language,
        ours=samples.own_texts(KINDS[kind].build, kind, shop, language, typed=typed),
        draft=draft.texts if draft else {},
        live=versions[0].texts if versions else {},
        version=versions[0].version if versions else 0,
        saved_at=draft.saved_at if draft else None,
        versions=versions,
    )


def _put(
    connection: Connection,
    context: Context,
    shop: Shop,
    edited: Edited,
    version: int,
    texts: Mapping[str, str],
) -> None:
    voice = voice_of(shop, edited.language)
    store.put_texts(connection, shop.id, edited.kind, voice, version, texts, context.now())


def _mark(texts: Mapping[str, str]) -> str:
    return digest(json.dumps(dict(texts), sort_keys=True))[:16]
