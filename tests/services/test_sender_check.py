from __future__ import annotations

import pytest

from plugin.dns_out import DnsLookup
from plugin.errors import UnavailableError
from plugin.services import dkim_keys, sender_check, spf
from plugin.services.sender_check import Finding, Wanted
from tests.conftest import make_config
from tests.dns_server import name_server

OURS = "spf.bleib.example"
WANTED = Wanted("uferhaus.example", OURS, "bleib-a", "AAAA", "hallo@uferhaus.example")
GOOD = {
    "uferhaus.example": ["v=spf1 include:spf.bleib.example -all"],
    OURS: ["v=spf1 ip4:192.0.2.1 -all"],
    "bleib-a._domainkey.uferhaus.example": ["v=DKIM1; k=rsa; p=AA AA"],
    "_dmarc.uferhaus.example": ["v=DMARC1; p=none"],
}


class Zone:
    """What the DNS holds."""

    def __init__(self, texts: dict[str, list[str]]) -> None:
        self._texts = texts

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._texts.get(name, ()))


def _spf(record: str, **others: str) -> spf.Spf:
    zone = {"shop.example": [record], OURS: ["v=spf1 -all"]}
    zone |= {name.replace("_", "."): [text] for name, text in others.items()}
    return spf.examine(Zone(zone), "shop.example", OURS)


def _check(**changed: list[str]) -> dict[str, Finding]:
    zone = {**GOOD, **{NAMES[name]: texts for name, texts in changed.items()}}
    return {found.check: found for found in sender_check.examine(Zone(zone), WANTED)}


NAMES = {
    "spf": "uferhaus.example",
    "dkim": "bleib-a._domainkey.uferhaus.example",
    "dmarc": "_dmarc.uferhaus.example",
}


@pytest.mark.parametrize(
    ("record", "others", "state"),
    [
        ("v=spf1 include:spf.bleib.example ~all", {}, "ok"),
        ("V=SPF1 ip4:192.0.2.0/24 Include:SPF.bleib.example. -all", {}, "ok"),
        ("v=spf1 redirect=spf.bleib.example", {}, "ok"),
        (
            "v=spf1 include:a.example -all",
            {"a_example": "v=spf1 include:b.example", "b_example": "v=spf1 include:" + OURS},
            "ok",
        ),
        ("v=spf1 mx -all", {}, "unlisted"),
        ("v=spf1 include:nowhere.example -all", {}, "broken"),
        ("v=spf1 include:..%%.. -all", {}, "unlisted"),
        ("v=spf1 include:-x -all", {}, "broken"),
        ("v=spf1 " + "a:h.example " * 10 + f"include:{OURS} -all", {}, "too_many"),
        ("v=spf1 include:a.example", {"a_example": "v=spf1 include:a.example"}, "too_many"),
        ("v=spf10 include:spf.bleib.example", {}, "missing"),
    ],
)
def test_the_list_of_senders_is_read_as_receivers_read_it(
    record: str, others: dict[str, str], state: str
) -> None:
    assert _spf(record, **others).state == state


def test_two_lists_of_senders_are_none() -> None:
    zone = Zone({"shop.example": ["v=spf1 -all", "v=spf1 +all", "google-site-verification=x"]})
    assert spf.examine(zone, "shop.example", OURS).state == "several"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "v=spf1 include:x.example ~all"),
        ("v=spf1 mx ~all", "v=spf1 mx include:x.example ~all"),
        ("v=spf1 ip4:192.0.2.1", "v=spf1 ip4:192.0.2.1 include:x.example"),
        ("v=spf1 mx redirect=y.example", "v=spf1 mx include:x.example redirect=y.example"),
        ("v=spf1 include:x.example -all", "v=spf1 include:x.example -all"),
    ],
)
def test_the_record_to_add_keeps_what_stands_there(before: str, after: str) -> None:
    assert spf.with_include(before, "x.example") == after


def test_a_domain_that_has_it_all_passes() -> None:
    assert [found.state for found in _check().values()] == ["ok"] * 4


@pytest.mark.parametrize(
    ("changed", "check", "state", "record"),
    [
        ({"spf": []}, "spf", "missing", "v=spf1 include:spf.bleib.example ~all"),
        ({"spf": ["v=spf1 a -all"]}, "spf", "unlisted", "v=spf1 a include:spf.bleib.example -all"),
        ({"dkim": []}, "dkim", "missing", "v=DKIM1; k=rsa; p=AAAA"),
        ({"dkim": ["v=DKIM1; p=BBBB"]}, "dkim", "other", "v=DKIM1; k=rsa; p=AAAA"),
        ({"dkim": ["v=DKIM1; p="]}, "dkim", "other", "v=DKIM1; k=rsa; p=AAAA"),
        ({"dkim": ["p=AAAA", "p=BBBB"]}, "dkim", "several", "v=DKIM1; k=rsa; p=AAAA"),
        (
            {"dmarc": []}, "dmarc", "missing",
            "v=DMARC1; p=none; rua=mailto:hallo@uferhaus.example",
        ),
        ({"dmarc": ["v=DMARC1; rua=mailto:a@b.example"]}, "dmarc", "broken", "v=DMARC1; p=none"),
        ({"dmarc": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "dmarc", "several", None),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_the_record_to_add(
    changed: dict[str, list[str]], check: str, state: str, record: str | None
) -> None:
    found = _check(**changed)
    assert found[check].state == state
    assert (found[check].record.value if found[check].record else None) == record
    assert [name for name, one in found.items() if not one.good] == [
        check, *(["alignment"] if check != "spf" else [])
    ]  # fmt: skip


def test_the_rule_of_the_domain_above_counts_for_a_subdomain() -> None:
    zone = Zone({"_dmarc.uferhaus.example": ["v=DMARC1; p=quarantine"]})
    wanted = Wanted("news.uferhaus.example", OURS, "s", "AAAA", "a@b.example")
    found = {one.check: one for one in sender_check.examine(zone, wanted)}
    assert found["dmarc"].good


def test_without_the_extra_no_own_address_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dkim_keys, "can_sign", lambda: False)
    found = _check()
    assert (found["dkim"].state, found["alignment"].state) == ("unavailable", "open")


def test_findings_are_stored_and_read_again() -> None:
    findings = tuple(_check(dkim=[], spf=[]).values())
    assert sender_check.from_json(sender_check.as_json(findings)) == findings
    assert sender_check.from_json(None) == ()


def test_a_real_name_server_is_asked_and_no_is_not_no_answer() -> None:
    with name_server() as server:
        lookup = DnsLookup(make_config(dns_server=server.address))
        server.texts["long.example"] = ["v=DKIM1; p=" + "A" * 600, "ü"]
        server.texts["empty.example"] = []
        server.broken.add("broken.example")
        assert set(lookup.texts("long.example")) == {"v=DKIM1; p=" + "A" * 600, "ü"}
        assert lookup.texts("empty.example") == ()
        assert lookup.texts("nowhere.example") == ()
        with pytest.raises(UnavailableError, match="dns_unavailable"):
            lookup.texts("broken.example")
        for no_name in ("a." * 200, "..", "a" * 64 + ".example"):
            assert lookup.texts(no_name) == ()
    assert "long.example" in server.asked
