"""Signatures of mails (DKIM): one key for each shop, and the signature itself where it can be made.

The signing library is an extra (`bleib[dkim]`): without it mails go out from the operator's
address, which the operator's mail server signs.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from plugin.contracts.mail import wire_form

Signer = Callable[[EmailMessage], None]

_BITS = 2048
#: Covered by the signature; both List headers, or no mail program offers the button.
_SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
)  # fmt: skip
#: Named once more than they are there, so that nobody can add a second one.
_ALONE = ("From", "To", "Subject", "Reply-To", "List-Unsubscribe")


def can_sign() -> bool:
    """Tell whether the extra is installed."""
    return importlib.util.find_spec("dkim") is not None


def new_key() -> tuple[str, str]:
    """Return a fresh key as (private PEM, public part as it stands in the DNS)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), base64.b64encode(public).decode()


def record_of(public: str) -> str:
    """Return the text that belongs into the DNS."""
    return f"v=DKIM1; k=rsa; p={public}"


def signer(domain: str, selector: str, private: str) -> Signer:
    """Return what puts the domain's signature on a finished message."""

    def sign(message: EmailMessage) -> None:
        made = _dkim().sign(
            wire_form(message),
            selector.encode(),
            domain.encode(),
            private.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in (*_SIGNED, *_ALONE) if name in message],
        )
        name, _, value = made.decode("ascii").partition(": ")
        # As it is: read and written anew it might be folded in another way.
        message.set_raw(name, value.rstrip("\r\n"))

    return sign


@cache
def _dkim() -> Any:  # noqa: ANN401 - an optional library without types
    return importlib.import_module("dkim")
