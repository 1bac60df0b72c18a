"""Keys: sealed columns with rotation, signed links with one salt per purpose, raw-byte HMACs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from plugin.errors import NotAllowedError

Purpose = Literal[
    "confirm",
    "unsubscribe",
    "session",
    "second",
    "frame",
    "opening",
    "preview",
    "oauth_state",
    "key_handover",
    "ticket",
    "why",
    "mail_open",
    "mail_click",
    "work",
    "form",
    "withdrawal",
]

#: How long a signed link lives, in seconds. Unsubscribing never expires: the law wants it to work.
LIFETIMES: dict[str, int | None] = {
    # No longer than this; in a shop as its merchant set it (services/consent_rules.py).
    "confirm": 14 * 86400,
    "unsubscribe": None,
    "session": 12 * 3600,
    # Between the link of a mail and the code of the second factor.
    "second": 600,
    "frame": 600,
    "opening": 60,
    "preview": 3600,
    "oauth_state": 600,
    "key_handover": 3600,
    "ticket": 6 * 3600,
    "why": 3600,
    "mail_open": 90 * 86400,
    # A link in a mail works for as long as somebody keeps the mail.
    "mail_click": None,
    "work": 600,
    "form": 12 * 3600,
    # A receipt can be read for as long as somebody may have to show it.
    "withdrawal": 4 * 365 * 86400,
}


def _derive(secret: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"bleib", info=info).derive(secret.encode())


class Keyring:
    """All use of the installation's secrets.

    `secret_keys` newest first (the first seals and signs, all open and verify); `hash_key` makes
    check values and must never change.
    """

    def __init__(self, secret_keys: Sequence[str], hash_key: str) -> None:
        fernets = [Fernet(base64.urlsafe_b64encode(_derive(key, b"seal"))) for key in secret_keys]
        self._fernet = MultiFernet(fernets)
        self._secret_keys = tuple(secret_keys)
        # itsdangerous wants the oldest key first.
        self._signing = [_derive(key, b"sign").hex() for key in reversed(secret_keys)]
        self._hash_key = _derive(hash_key, b"hash")

    def seal(self, shop_id: int, purpose: str, text: str) -> str:
        """Encrypt `text` so that it opens only for the same shop and purpose."""
        return self._fernet.encrypt(f"{shop_id}:{purpose}:{text}".encode()).decode()

    def unseal(self, shop_id: int, purpose: str, sealed: str) -> str:
        """Return the text; NotAllowedError("seal_broken") if altered or moved between shops."""
        try:
            plain = self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise NotAllowedError("seal_broken") from None
        prefix = f"{shop_id}:{purpose}:"
        if not plain.startswith(prefix):
            raise NotAllowedError("seal_broken")
        return plain.removeprefix(prefix)

    def rotate(self, sealed: str) -> str:
        """Return the same content sealed with the newest key."""
        return self._fernet.rotate(sealed.encode()).decode()

    def check_value(self, shop_id: int, kind: str, text: str) -> str:
        """Return the keyed hash (hex, 64 characters) of a personal value within one shop."""
        message = f"{shop_id}:{kind}:{text}".encode()
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()

    def evidence_key(self) -> Ed25519PrivateKey:
        """Return the key that signs handed-out evidence; like the check values it never changes."""
        seed = HKDF(algorithm=SHA256(), length=32, salt=b"bleib", info=b"evidence")
        return Ed25519PrivateKey.from_private_bytes(seed.derive(self._hash_key))

    def form_keys(self) -> list[str]:
        """Return the keys of form tokens, newest first; the same in every process."""
        return [_derive(key, b"forms").hex() for key in self._secret_keys]

    def sign(self, purpose: Purpose, data: Any) -> str:  # noqa: ANN401 - any JSON value
        """Return a URL-safe signed token that holds `data` (readable, not secret)."""
        return self._serializer(purpose).dumps(data)

    def unsign(self, purpose: Purpose, token: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the data of a token.

        NotAllowedError("link_expired") if it is too old, NotAllowedError("link_invalid") if it
        was altered or made for another purpose.
        """
        try:
            return self._serializer(purpose).loads(_canonical(token), max_age=LIFETIMES[purpose])
        except SignatureExpired:
            raise NotAllowedError("link_expired") from None
        except (BadData, UnicodeError):
            raise NotAllowedError("link_invalid") from None

    def seconds_left(self, purpose: Purpose, token: str) -> int | None:
        """Return how long a token is good from now on, 0 once it is too old; None: for ever.

        NotAllowedError("link_invalid") if it was altered or made for another purpose.
        """
        life = LIFETIMES[purpose]
        try:
            _, signed = self._serializer(purpose).loads(_canonical(token), return_timestamp=True)
        except (BadData, UnicodeError):
            raise NotAllowedError("link_invalid") from None
        if life is None:
            return None
        # By the clock that `loads` goes by.
        return max(0, int(signed.timestamp()) + life - int(time.time()))

    def unsign_expired(self, purpose: Purpose, token: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the data of a genuine token whatever its age, to say what it was for.

        NotAllowedError("link_invalid") if it was altered or made for another purpose.
        """
        try:
            return self._serializer(purpose).loads(_canonical(token))
        except (BadData, UnicodeError):
            raise NotAllowedError("link_invalid") from None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._signing,
            salt=f"bleib.{purpose}",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def _canonical(token: str) -> str:
    """Return a token whose signature is written the one way we write it.

    Decoders skip what is no base64 and the last bits of it: a thousand other texts would pass.
    """
    signature = token.rpartition(".")[2].encode()
    if base64_encode(base64_decode(signature)) != signature:
        raise BadData("not written by us")
    return token


def random_token(bits: int = 256) -> str:
    """Return an unguessable URL-safe text of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def hmac_hex_matches(keys: Sequence[str], message: bytes, given: bytes) -> bool:
    """Tell whether `given` is the lower-case hex HMAC-SHA256 of `message` under one of the keys."""
    return _matches(keys, message, given, lambda digest: digest.hex().encode())


def hmac_base64_matches(keys: Sequence[str], message: bytes, given: bytes) -> bool:
    """Tell whether `given` is the base64 HMAC-SHA256 of `message` under one of the keys."""
    return _matches(keys, message, given, base64.b64encode)


def _matches(keys: Sequence[str], message: bytes, given: bytes, encode: Any) -> bool:  # noqa: ANN401
    found = False
    for key in keys:
        if not key:  # an unset secret must never be a key that an attacker knows
            continue
        expected = encode(hmac.new(key.encode(), message, hashlib.sha256).digest())
        found |= hmac.compare_digest(expected, given)
    return found


def digest(text: str | bytes) -> str:
    """Return the SHA-256 of a public or high-entropy text as hex."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
