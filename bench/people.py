"""Addresses for attacks: many spellings of few people, and many people who look alike."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

#: One mailbox at each of these has many spellings, by the provider's own word.
_PROVIDERS = ("gmail.com", "proton.me", "icloud.com", "fastmail.com", "post.example")


def aliases_of(number: int, count: int) -> list[str]:
    """Different spellings of one person's address; the people of all numbers are different."""
    provider = _PROVIDERS[number % len(_PROVIDERS)]
    found = dict.fromkeys(_spellings(f"mara.ost{number}", provider))
    tagged = (f"mara.ost{number}+{tag}@{provider}" for tag in itertools.count())
    return list(itertools.islice(itertools.chain(found, tagged), count))


def _spellings(name: str, provider: str) -> Iterator[str]:
    yield f"{name}@{provider}"
    yield f"{name}@{provider}".upper()
    yield f"{name.title()}@{provider.title()}"
    yield f"{name}+code@{provider}"
    yield f"{name}+a+b@{provider}"
    yield f"{_wide(name)}@{provider}"
    yield f"{name}@{_wide(provider)}"
    bare = name.replace(".", "")
    if provider == "gmail.com":
        yield from (f"{bare[:cut]}.{bare[cut:]}@gmail.com" for cut in range(1, len(bare)))
        yield f"{'.'.join(bare)}+x@googlemail.com"
    if provider == "proton.me":
        for domain in ("protonmail.com", "protonmail.ch", "pm.me"):
            yield from (f"{bare[:4]}{sign}{bare[4:]}@{domain}" for sign in ".-_")
    if provider == "icloud.com":
        yield from (f"{name}@{domain}" for domain in ("me.com", "mac.com"))


def _wide(text: str) -> str:
    """The same in the wide letters of East Asian keyboards."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isalnum() and c.isascii() else c for c in text)


def look_alikes(count: int) -> list[str]:
    """Different people whose addresses a careless rule would take for one and the same."""
    return list(itertools.islice(dict.fromkeys(_look_alikes()), count))


def _look_alikes() -> Iterator[str]:
    names = ("mara", "strauss", "mueller", "jo", "anna")
    domains = ["post.example", "outlook.com", "hotmail.com", "gmx.de", "gmx.net", "web.de"]
    domains += ["yahoo.com", "yahoo.de", "t-online.de", "mail.post.example", "post.example.org"]
    for name, domain in itertools.product(names, domains):
        yield f"{name}@{domain}"
        yield f"{name[:1]}.{name[1:]}@{domain}"  # dots count outside of Gmail
        yield f"{name}-{name[:1]}@{domain}"
        yield f"{name}_{name[:1]}@{domain}"
        yield f"{name}1@{domain}"
        yield f"{name}l@{domain}"
        yield f"{name.replace('a', chr(0x430)).replace('o', chr(0x43E))}x@{domain}"  # Cyrillic
        yield f"{name.replace('ss', 'ß').replace('ue', 'ü')}.y@{domain}"
        yield f"{name.replace('ss', 's').replace('ue', 'u')}.y@{domain}"
        yield f"{name}.y@{domain}"
    for name, domain in itertools.product(
        names, ("strasse.example", "straße.example", "gmail.com", "g-mail.com", "gmail.de")
    ):
        yield f"{name}@{domain}"
        yield f"{name}0@{domain}"
        yield f"{name}o@{domain}"
