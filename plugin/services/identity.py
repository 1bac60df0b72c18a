"""Who is the same person: mail addresses cleaned for sending and normalised for identity."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

from plugin.errors import InvalidFieldError
from plugin.security import Keyring

#: Providers that ignore dots in the local part.
_DOTLESS = {"gmail.com"}
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_MAX_LENGTH = 254


def clean_email(text: object) -> str:
    """Return the address as we would send to it.

    InvalidFieldError("email_invalid", field="email") for what is no deliverable address, for
    quoted local parts and for anything with control characters.
    """
    if not isinstance(text, str) or len(text) > _MAX_LENGTH:
        raise InvalidFieldError("email_invalid", field="email")
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_quoted_local=False)
    except EmailNotValidError:
        raise InvalidFieldError("email_invalid", field="email") from None
    return found.normalized


def normalised(email: str) -> str:
    """Return one form for all spellings of one mailbox; never used for sending.

    Case, compatibility forms (NFKC), everything after a plus, dots at Gmail and the domain
    googlemail.com make no other person; the domain is compared in its ASCII form.
    """
    text = unicodedata.normalize("NFKC", email).strip().casefold()
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = domain.lower()
    domain = _SAME_DOMAIN.get(domain, domain)
    bare = local.split("+", 1)[0]
    local = bare or local
    if domain in _DOTLESS:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def identity_of(keys: Keyring, shop_id: int, email: str) -> str:
    """Return the check value by which one person is known within one shop."""
    return keys.check_value(shop_id, "identity", normalised(email))


def email_check(keys: Keyring, shop_id: int, email: str) -> str:
    """Return the check value of the address as written, for comparing at an order look-up."""
    return keys.check_value(shop_id, "email", email.strip().casefold())
