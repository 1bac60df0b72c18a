"""Who is the same person: mail addresses cleaned for sending and normalised for identity."""

from __future__ import annotations

import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from plugin.errors import InvalidFieldError
from plugin.security import Keyring

#: Only what the provider itself says of its own domains (docs/adr/0024): two people are never
#: made one. What a company's domain does with dots, nobody outside knows.
_SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
}
#: Characters of a name that the provider reads as if they were not there.
_UNREAD = {"gmail.com": ".", "proton.me": ".-_"}
#: Providers where anything@name.provider reaches name@provider.
_NAME_IN_DOMAIN = ("fastmail.com", "fastmail.fm")
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

    Case, compatibility forms (NFKC), everything after a plus and the script of the domain make no
    other person; nor do the provider's own rules: dots at Gmail, its second domain, and the like.
    Letters that only look alike do: ß is not ss, a Cyrillic а is not a Latin one.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).strip().lower())
    local, _, domain = text.rpartition("@")
    local, domain = _as_provider_reads(local, domain_of(email))
    bare = local.split("+", 1)[0]
    unread = str.maketrans("", "", _UNREAD.get(domain, ""))
    return f"{(bare or local).translate(unread) or local}@{domain}"


def domain_of(email: str) -> str:
    """Return the domain of an address in its ASCII form, as it stands in the DNS."""
    domain = unicodedata.normalize("NFKC", email).rpartition("@")[2].strip().lower().rstrip(".")
    try:
        # By the rules of 2008: those of 2003 would make ß into ss, which is another domain.
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def _as_provider_reads(local: str, domain: str) -> tuple[str, str]:
    for provider in _NAME_IN_DOMAIN:
        name = domain.removesuffix(f".{provider}")
        if name != domain and name and "." not in name:
            return name, provider
    return local, _SAME_DOMAIN.get(domain, domain)


def identity_of(keys: Keyring, shop_id: int, email: str) -> str:
    """Return the check value by which one person is known within one shop."""
    return keys.check_value(shop_id, "identity", normalised(email))


def email_check(keys: Keyring, shop_id: int, email: str) -> str:
    """Return the check value of the address as written, for comparing at an order look-up."""
    return keys.check_value(shop_id, "email", email.strip().casefold())
