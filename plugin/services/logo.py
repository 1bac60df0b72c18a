"""The shop's logo in mails and on hosted pages: a small picture, kept with the shop's settings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from pydantic import Field
from sqlalchemy.engine import Connection

from plugin.contracts.settings import Settings
from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import storefront_settings as store

#: It goes along with every mail.
MOST_BYTES = 60_000
_LONGEST_SIDE = 2000
#: The box, in the pixels of a page, that it is shown in.
_WIDTH, _HEIGHT = 220, 56
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: Markers of a JPEG that say how large it is.
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class Logo(Settings):
    """A picture as it is stored; `data` is base64."""

    kind: str = Field(pattern="^image/(png|jpeg)$")
    width: int
    height: int
    data: str

    @property
    def raw(self) -> bytes:
        """Return the file."""
        return base64.b64decode(self.data)

    @property
    def shown(self) -> tuple[int, int]:
        """Return width and height on the page: fitted into the box, never enlarged."""
        scale = min(1.0, _WIDTH / self.width, _HEIGHT / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def read(connection: Connection, shop_id: int) -> Logo | None:
    """Return the logo of a shop, None where there is none."""
    stored = store.settings_of_part(connection, shop_id, "logo")
    return Logo.model_validate_json(json.dumps(stored)) if stored else None


def get(context: Context, shop: Shop) -> Logo | None:
    """Return the logo, as `read`."""
    with context.db.read() as connection:
        return read(connection, shop.id)


def save(context: Context, shop: Shop, raw: bytes) -> None:
    """Keep a picture as the logo.

    InvalidFieldError("logo_invalid") for what is no PNG or JPEG, InvalidFieldError("logo_large")
    for one of too many bytes or pixels: mail programs show nothing else, and not every size.
    """
    if len(raw) > MOST_BYTES:
        raise InvalidFieldError("logo_large", field="logo")
    size = _size_of(raw)
    if size is None or 0 in size:
        raise InvalidFieldError("logo_invalid", field="logo")
    if max(size) > _LONGEST_SIDE:
        raise InvalidFieldError("logo_large", field="logo")
    kind = "image/png" if raw.startswith(_PNG) else "image/jpeg"
    data = base64.b64encode(raw).decode("ascii")
    _put(context, shop, Logo(kind=kind, width=size[0], height=size[1], data=data).model_dump())


def remove(context: Context, shop: Shop) -> None:
    """Let the shop's name stand for it again."""
    _put(context, shop, {})


def _put(context: Context, shop: Shop, settings: dict[str, object]) -> None:
    with context.db.write() as connection:
        store.put_settings(connection, shop.id, "logo", settings, context.now())


def _size_of(raw: bytes) -> tuple[int, int] | None:
    if raw.startswith(_PNG) and raw[12:16] == b"IHDR" and len(raw) > 32:
        return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")
    if raw.startswith(_JPEG):
        return next(_jpeg_sizes(raw), None)
    return None


def _jpeg_sizes(raw: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 9 < len(raw) and raw[place] == 0xFF:
        marker, length = raw[place + 1], int.from_bytes(raw[place + 2 : place + 4], "big")
        if marker in _SIZES:
            height, width = raw[place + 5 : place + 7], raw[place + 7 : place + 9]
            yield int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + length
