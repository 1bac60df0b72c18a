from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import logo
from plugin.services.context import Context
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage, html


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def png(width: int, height: int) -> bytes:
    """Return a transparent picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * 4 * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """Return the head of a picture, as far as its size."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"hallo"[:4]
    size = b"\xff\xc0" + struct.pack(">HBHH", 11, 8, height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + comment + size


@pytest.mark.parametrize(
    ("raw", "kind", "shown"),
    [
        (png(440, 112), "image/png", (220, 56)),
        (png(100, 20), "image/png", (100, 20)),
        (jpeg(1000, 100), "image/jpeg", (220, 22)),
        (jpeg(50, 560), "image/jpeg", (5, 56)),
    ],
)
def test_a_picture_is_kept_and_fitted_into_its_box(
    context: Context, shop: Shop, raw: bytes, kind: str, shown: tuple[int, int]
) -> None:
    logo.save(context, shop, raw)
    kept = logo.get(context, shop)
    assert kept is not None
    assert (kept.kind, kept.shown, kept.raw) == (kind, shown, raw)
    logo.remove(context, shop)
    assert logo.get(context, shop) is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "logo_invalid"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo_invalid"),
        (png(440, 112)[:20], "logo_invalid"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, "logo_invalid"),
        (jpeg(0, 10), "logo_invalid"),
        (png(2001, 1), "logo_large"),
        (png(10, 10) + b"x" * logo.MOST_BYTES, "logo_large"),
    ],
)
def test_what_mail_programs_do_not_show_is_refused(
    context: Context, shop: Shop, raw: bytes, code: str
) -> None:
    with pytest.raises(InvalidFieldError, match=code):
        logo.save(context, shop, raw)
    assert logo.get(context, shop) is None


def test_it_goes_along_with_every_mail_but_the_confirmation(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage, picture = Stage(context, shop), png(440, 112)
    logo.save(context, shop, picture)
    stage.confirmed(kept_mail)
    stage.work()
    asked, voucher = (mail for mail, _ in kept_mail.sent)
    assert "<img" not in html(asked)
    assert [part.get_content_maintype() for part in asked.walk()].count("image") == 0
    assert 'src="cid:logo@bleib"' in html(voucher)
    assert 'alt="Uferhaus"' in html(voucher)
    (attached,) = (part for part in voucher.walk() if part.get_content_maintype() == "image")
    assert attached["Content-ID"] == "<logo@bleib>"
    assert attached.get_content() == picture
