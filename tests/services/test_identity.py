"""One mailbox is one person however it is spelled; what may be two people stays two."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.people import aliases_of, look_alikes
from plugin.services.identity import clean_email, domain_of, normalised

SAME = [
    ("mara.ost@gmail.com", "M.a.r.a.o.s.t+code7@GoogleMail.com"),
    ("mara@post.example", "Mara+tee@POST.example"),
    ("mara@post.example", "ｍａｒａ@post.example"),
    ("mara@straße.example", "mara@xn--strae-oqa.example"),
    ("mara@bücher.example", "MARA@BÜCHER.example"),
    ("mara@post.example", "mara@post.example."),
    ("mara@icloud.com", "mara+x@me.com"),
    ("mara@icloud.com", "Mara@mac.com"),
    ("maraost@proton.me", "Mara.O-s_t@protonmail.com"),
    ("maraost@pm.me", "maraost@protonmail.ch"),
    ("mara@fastmail.com", "codes@mara.fastmail.com"),
]
DIFFERENT = [
    ("mara.ost@post.example", "maraost@post.example"),
    ("mara.ost@outlook.com", "maraost@outlook.com"),
    ("mara@outlook.com", "mara@hotmail.com"),
    ("mara@gmx.de", "mara@gmx.net"),
    ("mara@yahoo.com", "mara@yahoo.de"),
    ("mara-ost@yahoo.com", "mara@yahoo.com"),
    ("strauß@post.example", "strauss@post.example"),
    ("mara@straße.example", "mara@strasse.example"),
    ("mara@post.example", "m\u0430ra@post.example"),
    ("mara@post.example", "mara@p\u043est.example"),
    ("müller@post.example", "mueller@post.example"),
    ("mara@a.mara.fastmail.com", "mara@fastmail.com"),
    ("mara@gmail.com", "mara@gmail.de"),
    ("+mara@post.example", "+tom@post.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_mailbox_are_one_person(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_be_two_people_stays_two(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_twenty_spellings_of_each_person_are_one_person_and_all_can_be_written_to() -> None:
    for number in range(100):
        spellings = aliases_of(number, 20)
        assert len(set(spellings)) == 20
        assert len({normalised(clean_email(spelling)) for spelling in spellings}) == 1


def test_a_hundred_people_stay_a_hundred() -> None:
    people = {normalised(spelling) for n in range(100) for spelling in aliases_of(n, 20)}
    assert len(people) == 100


def test_five_hundred_look_alikes_are_never_merged() -> None:
    addresses = look_alikes(500)
    assert len(set(addresses)) == 500
    found = {normalised(clean_email(address)): address for address in addresses}
    assert len(found) == 500


@settings(max_examples=40)
@given(st.emails())
def test_cleaning_for_sending_changes_no_identity_and_normalising_twice_changes_nothing(
    email: str,
) -> None:
    once = normalised(email)
    assert normalised(once) == once
    assert normalised(email.upper()) == normalised(email.lower())


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_whatever_a_shop_holds_as_an_address_has_an_identity(text: str) -> None:
    assert isinstance(normalised(text), str)


def test_the_domain_of_an_address_is_that_of_the_dns() -> None:
    assert domain_of("Mara@BÜCHER.example") == "xn--bcher-kva.example"
    pairs = itertools.combinations(["a@b.de", "a@B.DE", "a@b.de."], 2)
    assert all(domain_of(one) == domain_of(other) for one, other in pairs)
