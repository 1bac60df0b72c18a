"""What a merchant says of money must be true for everybody who reads it, or it is not published."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plugin.contracts.settings import Voucher
from plugin.model import Shop
from plugin.services import excluding
from plugin.services.check_case import Case
from plugin.services.context import Context
from plugin.services.voucher_checks import voucher_checks
from plugin.store import catalogue
from tests.conftest import START
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_product, a_variant
from widgets.exit_intent.settings import ExitIntentSettings
from widgets.newsletter.settings import NewsletterSettings

#: Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


def reduce(context: Context, shop: Shop, number: int, before: str, now: str) -> None:
    for price, ago in ((before, 60), (now, 2)):
        product = a_product(
            number,
            updated_at=START - timedelta(days=ago),
            variants=(a_variant(number, price=Decimal(price)),),
        )
        with context.db.write() as connection:
            catalogue.put_products(connection, shop.id, [product])


def failed(context: Context, shop: Shop, widget: str, settings: Any) -> list[str]:
    case = Case(context, shop, context.widgets[widget], settings)
    return [check.name for check in voucher_checks(case) if not check.passed]


def message(context: Context, shop: Shop, text: str) -> list[str]:
    settings = ExitIntentSettings.model_validate_json(
        f'{{"content": "message", "title": {{"de": "{text}", "en": "x"}}}}'
    )
    return failed(context, shop, "exit_intent", settings)


def newsletter(context: Context, shop: Shop, **voucher: Any) -> list[str]:
    settings = NewsletterSettings(voucher=Voucher(**voucher))
    return failed(context, shop, "newsletter", settings)


@pytest.mark.parametrize(
    "text",
    ["−20 % auf alles", "20% Rabatt", "Sie sparen heute 20 Prozent", "20 % günstiger", "20% off"],
)
def test_a_reduction_for_everybody_must_be_true_of_every_article(
    context: Context, shop: Shop, text: str
) -> None:
    assert message(context, shop, text) == ["price_claim"]  # nothing is known
    reduce(context, shop, 1, "25.00", "20.00")
    assert message(context, shop, text) == []
    reduce(context, shop, 2, "25.00", "20.01")
    assert message(context, shop, text) == ["price_claim"]


@pytest.mark.parametrize(
    "text",
    [
        "bis zu 20 % sparen",
        "Rabatt von 20 %",
        "Rabatt: 20 Prozent",
        "20 % Winterrabatt",
        "20 % Sommer-Rabatt",
        "20 % Preisnachlass",
        "20%ige Ermäßigung",
        "um 20 Prozent gesenkt",
        "SALE 20%",
        "20 % gespart",
        "a discount of 20%",
        "−２０ ％",
    ],
)
def test_a_reduction_in_other_words_is_one_as_well(context: Context, shop: Shop, text: str) -> None:
    assert message(context, shop, text) == ["price_claim"]


@pytest.mark.parametrize(
    "text",
    [
        "Jetzt 19 € statt 29 €",
        "was £49",
        "bisher 12,50 EUR",
        "vorher: 49 €",
        "statt 49,- €",
        "vorher 1.249,00 €",
        "Normalpreis 49 €",
        "originally 49 €",
    ],
)
def test_an_earlier_price_in_words_is_refused(context: Context, shop: Shop, text: str) -> None:
    assert message(context, shop, text) == ["price_before"]


@pytest.mark.parametrize(
    "text",
    [
        "100 % Leinen",
        "70 % Wolle, 30 % Seide",
        "20 % weniger Plastik",
        "Versand ab 4,90 €",
        "Zu 95 % pünktlich",
        "5 Jahre Garantie",
        "Vorher fragen: 20 Jahre Erfahrung",
    ],
)
def test_figures_that_are_no_reduction_stay(context: Context, shop: Shop, text: str) -> None:
    assert message(context, shop, text) == []


def test_a_voucher_for_one_person_is_no_reduction_but_its_thanks_must_be_none_either(
    context: Context, shop: Shop
) -> None:
    assert newsletter(context, shop, kind="percent", value=Decimal(10)) == []
    thanks: dict[str, Any] = {"kind": "content", "what": {"de": "20 % auf alles", "en": "x"}}
    assert newsletter(context, shop, thanks=thanks) == ["price_claim"]
    assert newsletter(context, shop, thanks={"kind": "gift"}) == ["thanks"]


def test_excluded_articles_are_known_said_and_kept_by_the_platform(
    context: Context, shop: Shop, fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    said = {"de": "Teeschalen", "en": "tea bowls"}
    lines = ("https://uferhaus.example/products/teeschale-1?x=1",)
    assert newsletter(context, shop, excluded_products=lines, exclusions=said) == []
    assert newsletter(context, shop, excluded_products=lines) == ["excluded_unsaid"]
    unknown = (*lines, "teeschale-9")
    assert newsletter(context, shop, excluded_products=unknown, exclusions=said) == [
        "excluded_unknown"
    ]
    monkeypatch.setattr(fake_platform, "support", {**fake_platform.support, "exclusions": "no"})
    assert newsletter(context, shop, excluded_products=lines, exclusions=said) == ["exclusions"]


@pytest.mark.parametrize(
    "written",
    ["gid://shopify/Product/1", "1", "teeschale-1", "/products/teeschale-1/", " teeschale-1 "],
)
def test_an_article_is_known_however_the_merchant_writes_it(
    context: Context, shop: Shop, written: str
) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(1)])
    with context.db.read() as connection:
        found = excluding.products_of(connection, shop, [written])
    assert found == {written: "gid://shopify/Product/1"}
