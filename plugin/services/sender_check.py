"""Looks into the DNS whether mails may come from a shop's own address, and what is missing there.

Three records, and what they come to: the list of senders (SPF), the key of our signature (DKIM),
the rule for forgeries (DMARC). Aligned means that signature and From name the same domain; the
return path stays the operator's, so that what comes back is understood.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from plugin.contracts.dns import Dns
from plugin.services import dkim_keys, spf

Check = Literal["spf", "dkim", "dmarc", "alignment"]
_KEY = re.compile(r"\s+")


@dataclass(frozen=True)
class DnsRecord:
    """One line for the DNS, to be copied as it is."""

    name: str
    value: str
    type: str = "TXT"


@dataclass(frozen=True)
class Finding:
    """What one check found; `record` is to be added or changed, `seen` what stands there now."""

    check: Check
    state: str
    record: DnsRecord | None = None
    seen: str = ""

    @property
    def good(self) -> bool:
        """Tell whether nothing is left to do here."""
        return self.state == "ok"


@dataclass(frozen=True)
class Wanted:
    """What has to be found: our name in the list of senders, our key under its selector."""

    domain: str
    spf: str
    selector: str
    public: str
    reports_to: str


def examine(dns: Dns, wanted: Wanted) -> tuple[Finding, ...]:
    """Return what the DNS says of a domain; UnavailableError where it does not answer."""
    list_of_senders = _spf(dns, wanted)
    signature = _dkim(dns, wanted)
    rule = _dmarc(dns, wanted)
    aligned = Finding("alignment", "ok" if signature.good and rule.good else "open")
    return (list_of_senders, signature, rule, aligned)


def as_json(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return findings as they are stored."""
    return [asdict(finding) for finding in findings]


def from_json(stored: Any) -> tuple[Finding, ...]:  # noqa: ANN401 - JSON
    """Return stored findings."""
    return tuple(
        Finding(
            found["check"],
            found["state"],
            None if found["record"] is None else DnsRecord(**found["record"]),
            found["seen"],
        )
        for found in stored or ()
    )


def _spf(dns: Dns, wanted: Wanted) -> Finding:
    found = spf.examine(dns, wanted.domain, wanted.spf)
    if found.state == "ok":
        return Finding("spf", "ok", seen=found.record)
    record = None
    if found.state in ("missing", "unlisted"):
        record = DnsRecord(wanted.domain, spf.with_include(found.record, wanted.spf))
    return Finding("spf", found.state, record, found.record)


def _dkim(dns: Dns, wanted: Wanted) -> Finding:
    if not dkim_keys.can_sign():
        return Finding("dkim", "unavailable")
    name = f"{wanted.selector}._domainkey.{wanted.domain}"
    record = DnsRecord(name, dkim_keys.record_of(wanted.public))
    texts = dns.texts(name)
    if not texts:
        return Finding("dkim", "missing", record)
    keys = {_KEY.sub("", _tags(text).get("p", "")) for text in texts}
    if wanted.public in keys and len(texts) == 1:
        return Finding("dkim", "ok", seen=texts[0])
    return Finding("dkim", "several" if wanted.public in keys else "other", record, texts[0])


def _dmarc(dns: Dns, wanted: Wanted) -> Finding:
    """Look at the domain and, like receivers, at those above it; the nearest rule counts."""
    labels = wanted.domain.split(".")
    for place in range(len(labels) - 1):
        name = "_dmarc." + ".".join(labels[place:])
        rules = [text for text in dns.texts(name) if re.match(r"v\s*=\s*DMARC1\b", text.strip())]
        if len(rules) > 1:
            return Finding("dmarc", "several", seen=" / ".join(rules)[:500])
        if rules:
            return _rule(rules[0], name)
    value = f"v=DMARC1; p=none; rua=mailto:{wanted.reports_to}"
    return Finding("dmarc", "missing", DnsRecord(f"_dmarc.{wanted.domain}", value))


def _rule(text: str, name: str) -> Finding:
    policy = _tags(text).get("p", "").lower()
    if policy in ("none", "quarantine", "reject"):
        return Finding("dmarc", "ok", seen=text)
    return Finding("dmarc", "broken", DnsRecord(name, "v=DMARC1; p=none"), text)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
