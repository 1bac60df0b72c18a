"""What a platform cannot do, the admin says; no page of it fails for that reason."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from plugin.model import Shop
from plugin.texts import LANGUAGES, area_texts
from tests.contract import person
from tests.contract.moves import settle
from tests.contract.stage import Stage


def test_every_page_opens_on_every_platform(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    person.subscribe(stage, shop)
    stage.run_steps()
    browser = signed_in(stage, shop)
    for rule in browser.application.url_map.iter_rules():
        if is_plain_page(rule):
            answer = browser.get(rule.rule)
            # Shops of a platform need not hand their data over themselves, and leave through it.
            own = rule.rule.startswith(("/admin/data", "/admin/leave"))
            missing = own and stage.name != "script_tag"
            wanted = (404,) if missing else (200, 303)
            assert answer.status_code in wanted, (rule.rule, answer.status_code)


def test_the_setup_names_everything_that_is_different_in_both_languages(
    stage: Stage, shop: Shop
) -> None:
    platform = stage.context.platforms[stage.platform_name]
    browser = signed_in(stage, shop)
    for language in LANGUAGES:
        browser.set_cookie("bleib-language", language, path="/admin")
        page = browser.get("/admin/setup").text
        for capability, level in platform.support.items():
            key = f"platforms.{platform.name}.{capability}"
            if level != "yes":
                assert area_texts("admin").get(language, key) in page


def signed_in(stage: Stage, shop: Shop) -> FlaskClient:
    browser = stage.client.application.test_client()
    browser.set_cookie("bleib", stage.context.keys.sign("session", [shop.id, shop.generation]))
    return browser


def is_plain_page(rule: Rule) -> bool:
    own = rule.endpoint.startswith("admin.") and not rule.endpoint.startswith("admin.assets")
    asks = rule.methods is not None and "GET" in rule.methods and not rule.arguments
    return own and asks and rule.endpoint != "admin.bounce"
