"""The tenants' table for the merchant's pages: the request of one shop to each of them."""

from __future__ import annotations

from tests.security.asks import Ask, Builder, get, post
from tests.security.world import Tenant


def _rule(who: Tenant, whose: Tenant) -> Ask:
    # A product that is not ours comes back as what was typed: test_suggestion_rules.py.
    sides = {"of_kind": "any", "to_kind": "product", "to": who.product}
    return Ask("/admin/suggestions", {"rule": str(whose.rule), "kind": "fits", **sides})


#: The session is the credential.
ADMIN: dict[str, Builder] = {
    "GET /admin/": get("/admin/"),
    "GET /admin/overview.csv": get("/admin/overview.csv"),
    "GET /admin/figures": get("/admin/figures"),
    "GET /admin/figures.csv": get("/admin/figures.csv"),
    "GET /admin/figures/tests/<int:campaign_id>": get("/admin/figures/tests/{campaign}"),
    "GET /admin/figures/parcels": get("/admin/figures/parcels"),
    "GET /admin/figures/parcels.csv": get("/admin/figures/parcels.csv"),
    "POST /admin/figures/parcels": post("/admin/figures/parcels", percent="5", seen="5"),
    "GET /admin/figures/suggestions": get("/admin/figures/suggestions"),
    "GET /admin/figures/suggestions.csv": get("/admin/figures/suggestions.csv"),
    "GET /admin/suggestions": get("/admin/suggestions", shows=True),
    "POST /admin/suggestions": _rule,
    "POST /admin/suggestions/<int:rule_id>/<act>": post("/admin/suggestions/{rule}/delete"),
    "GET /admin/suggestions/rules.csv": get("/admin/suggestions/rules.csv"),
    "POST /admin/suggestions/file": post("/admin/suggestions/file"),
    "GET /admin/overview/table": get("/admin/overview/table"),
    "GET /admin/guard": get("/admin/guard"),
    "POST /admin/guard": post("/admin/guard", budget="100", seen="0"),
    "POST /admin/guard/trial": post("/admin/guard/trial", budget="100", seen="0"),
    "GET /admin/guard/costs": get("/admin/guard/costs"),
    "POST /admin/guard/costs": post("/admin/guard/costs", id_0="1", cost_0="5"),
    "GET /admin/guard/costs.csv": get("/admin/guard/costs.csv"),
    "POST /admin/guard/costs/file": post("/admin/guard/costs/file"),
    "GET /admin/parcels": get("/admin/parcels"),
    "GET /admin/parcels/carriers": get("/admin/parcels/carriers"),
    "GET /admin/parcels/carriers/<api>": get("/admin/parcels/carriers/dhl"),
    "POST /admin/parcels/carriers/<api>": post("/admin/parcels/carriers/dhl", do="forget"),
    "GET /admin/parcels/inserts": get("/admin/parcels/inserts", shows=True),
    "POST /admin/parcels/inserts/print": post("/admin/parcels/inserts/print", order="{order}"),
    "POST /admin/parcels/inserts/packed": post("/admin/parcels/inserts/packed", order="{order}"),
    "GET /admin/parcels/inserts/cards.csv": get("/admin/parcels/inserts/cards.csv"),
    "GET /admin/parcels/inserts/sample.pdf": get("/admin/parcels/inserts/sample.pdf"),
    "GET /admin/parcels/inserts/settings": get("/admin/parcels/inserts/settings"),
    "POST /admin/parcels/inserts/settings": post(
        "/admin/parcels/inserts/settings",
        **dict.fromkeys(("value", "minimum", "days", "cost", "budget", "one_in"), "7"),
    ),
    "GET /admin/parcels/messages": get("/admin/parcels/messages", shows=True),
    "POST /admin/parcels/messages/<int:message_id>/answer": post(
        "/admin/parcels/messages/{message}/answer", text="A"
    ),
    "POST /admin/parcels/messages/<int:message_id>/settle": post(
        "/admin/parcels/messages/{message}/settle", do="closed"
    ),
    "GET /admin/parcels/messages/promise": get("/admin/parcels/messages/promise"),
    "POST /admin/parcels/messages/promise": post(
        "/admin/parcels/messages/promise", hours="2", until_hour="12"
    ),
    "GET /admin/parcels/withdrawals": get("/admin/parcels/withdrawals", shows=True),
    "GET /admin/parcels/withdrawals.csv": get("/admin/parcels/withdrawals.csv", shows=True),
    "GET /admin/parcels/withdrawals/rules": get("/admin/parcels/withdrawals/rules"),
    "POST /admin/parcels/withdrawals/rules": post(
        "/admin/parcels/withdrawals/rules", days="14", voluntary_days="0", pays="shopper"
    ),
    "POST /admin/parcels/withdrawals/<int:withdrawal_id>": post(
        "/admin/parcels/withdrawals/{withdrawal}", do="reopen"
    ),
    "GET /admin/vouchers": get("/admin/vouchers"),
    "GET /admin/prices": get("/admin/prices"),
    "GET /admin/law": get("/admin/law"),
    "GET /admin/law/requests/<int:request_id>": get("/admin/law/requests/{request}", shows=True),
    "GET /admin/law/person": get("/admin/law/person"),
    # What a stranger's address finds in one's own shop is nothing.
    "POST /admin/law/person": post("/admin/law/person", wanted="nobody@post.example"),
    "POST /admin/law/person/file": post("/admin/law/person/file", who="x"),
    "POST /admin/law/person/erase": post("/admin/law/person/erase", who="x", do="erase"),
    "POST /admin/law/countries": post("/admin/law/countries", country="CH"),
    "GET /admin/law/documents/<name>": get("/admin/law/documents/record"),
    "GET /admin/law/documents/<name>.pdf": get("/admin/law/documents/record.pdf"),
    "GET /admin/law/receipts/<int:request_id>": get("/admin/law/receipts/{receipt}", shows=True),
    "GET /admin/law/receipts/<int:request_id>.pdf": get("/admin/law/receipts/{receipt}.pdf"),
    "GET /admin/law/consent": get("/admin/law/consent"),
    "POST /admin/law/consent": post("/admin/law/consent", country="DE"),
    "GET /admin/people": get("/admin/people"),
    "POST /admin/people": post("/admin/people", wanted="{person}"),
    "GET /admin/people/<int:person_id>": get("/admin/people/{person}"),
    "GET /admin/people/<int:person_id>/proof.<form>": get(
        "/admin/people/{person}/proof.json", shows=True
    ),
    "GET /admin/people/<int:person_id>/block": get("/admin/people/{person}/block"),
    "POST /admin/people/<int:person_id>/block": post("/admin/people/{person}/block"),
    "POST /admin/people/<int:person_id>/unsubscribe": post("/admin/people/{person}/unsubscribe"),
    "POST /admin/people/proof": post("/admin/people/proof", email="{mail}", form="json"),
    "GET /admin/more": get("/admin/more"),
    "GET /admin/<path:_unknown>": get("/admin/nowhere"),
    "GET /admin/grant": get("/admin/grant"),
    "POST /admin/try-now": post("/admin/try-now"),
    "GET /admin/protection": get("/admin/protection"),
    "POST /admin/protection/rule": post("/admin/protection/rule", rule="refuse"),
    "POST /admin/protection/people": post("/admin/protection/people", email="a@post.example"),
    "POST /admin/protection/release": post("/admin/protection/release"),
    "GET /admin/setup": get("/admin/setup"),
    "GET /admin/setup/embed": get("/admin/setup/embed"),
    "POST /admin/setup/embed": post("/admin/setup/embed"),
    "POST /admin/setup/sender": post(
        "/admin/setup/sender", imprint="A", privacy_url="https://a.example/", address="sie"
    ),
    "GET /admin/stop": get("/admin/stop"),
    "POST /admin/stop": post("/admin/stop"),
    "POST /admin/restart": post("/admin/restart"),
    "GET /admin/widgets": get("/admin/widgets"),
    "GET /admin/widgets/<int:campaign_id>": get("/admin/widgets/{campaign}"),
    "POST /admin/widgets/<int:campaign_id>": post("/admin/widgets/{campaign}", revision="1"),
    "GET /admin/widgets/<int:campaign_id>/preview": get("/admin/widgets/{campaign}/preview"),
    "POST /admin/widgets/<int:campaign_id>/publish": post(
        "/admin/widgets/{campaign}/publish", revision="1"
    ),
    "POST /admin/widgets/<int:campaign_id>/on": post("/admin/widgets/{campaign}/on"),
    "POST /admin/widgets/<int:campaign_id>/off": post("/admin/widgets/{campaign}/off"),
    "POST /admin/widgets/<int:campaign_id>/repair": post(
        "/admin/widgets/{campaign}/repair", revision="1", cure="benefit:none"
    ),
    "POST /admin/widgets/<int:campaign_id>/preset": post(
        "/admin/widgets/{campaign}/preset", revision="1"
    ),
    "GET /admin/widgets/<int:campaign_id>/versions": get("/admin/widgets/{campaign}/versions"),
    "POST /admin/widgets/<int:campaign_id>/versions/<int:version>": post(
        "/admin/widgets/{campaign}/versions/1", revision="1"
    ),
    "GET /admin/widgets/goals": get("/admin/widgets/goals"),
    "POST /admin/widgets/goals": post("/admin/widgets/goals", proposal="letter"),
    "POST /admin/widgets/first": post("/admin/widgets/first"),
    "GET /admin/widgets/new": get("/admin/widgets/new"),
    "POST /admin/widgets/new": post("/admin/widgets/new", kind="newsletter", name="Neu"),
    "POST /admin/widgets/<int:campaign_id>/rename": post(
        "/admin/widgets/{campaign}/rename", name="Neu"
    ),
    "POST /admin/widgets/<int:campaign_id>/duplicate": post("/admin/widgets/{campaign}/duplicate"),
    "POST /admin/widgets/<int:campaign_id>/move": post(
        "/admin/widgets/{campaign}/move", to="earlier"
    ),
    "GET /admin/widgets/<int:campaign_id>/delete": get("/admin/widgets/{campaign}/delete"),
    "POST /admin/widgets/<int:campaign_id>/delete": post("/admin/widgets/{campaign}/delete"),
    "GET /admin/look": get("/admin/look"),
    "POST /admin/look": post("/admin/look", save="1"),
    "POST /admin/look/logo": post("/admin/look/logo", remove="1"),
    "GET /admin/manners": get("/admin/manners"),
    "POST /admin/manners": post(
        "/admin/manners", cooldown_days="7", most="3", most_days="30", quiet_days="30"
    ),
    "GET /admin/figures/customers": get("/admin/figures/customers"),
    "GET /admin/figures/customers.csv": get("/admin/figures/customers.csv"),
    "GET /admin/figures/customers/due.csv": get("/admin/figures/customers/due.csv"),
    "GET /admin/figures/costs": get("/admin/figures/costs"),
    "GET /admin/figures/costs.csv": get("/admin/figures/costs.csv"),
    "POST /admin/figures/costs": post("/admin/figures/costs", channel_0="", amount_0_0="100"),
    "POST /admin/figures/costs/file": post("/admin/figures/costs/file"),
    "GET /admin/mail": get("/admin/mail"),
    "POST /admin/mail": post("/admin/mail", name="Neu", address="", reply_to=""),
    "POST /admin/mail/check": post("/admin/mail/check"),
    "POST /admin/mail/release": post("/admin/mail/release", email="{mail}"),
    "GET /admin/parcels/notices": get("/admin/parcels/notices"),
    "POST /admin/parcels/notices": post("/admin/parcels/notices", delayed="1"),
    "POST /admin/parcels/notices/answer": post("/admin/parcels/notices/answer", who="bleib"),
    "GET /admin/parcels/notices/late": get("/admin/parcels/notices/late"),
    "POST /admin/parcels/notices/late": post("/admin/parcels/notices/late"),
    "GET /admin/parcels/notices/<kind>/preview": get("/admin/parcels/notices/delayed/preview"),
    "GET /admin/mails": get("/admin/mails"),
    "POST /admin/mails/series": post(
        "/admin/mails/series", first="1", first_days="2", second_days="6", third_days="20"
    ),
    "GET /admin/mails/<kind>": get("/admin/mails/voucher"),
    "POST /admin/mails/<kind>": post("/admin/mails/voucher", subject="Neu", seen="x"),
    "GET /admin/mails/<kind>/preview": get("/admin/mails/voucher/preview"),
    "POST /admin/mails/<kind>/publish": post("/admin/mails/voucher/publish", seen="x"),
    "POST /admin/mails/<kind>/reuse": post("/admin/mails/voucher/reuse", version="0"),
    "POST /admin/mails/<kind>/sample": post("/admin/mails/voucher/sample"),
    "GET /admin/connections": get("/admin/connections"),
    "GET /admin/connections/subscribers.csv": get("/admin/connections/subscribers.csv"),
    "POST /admin/connections/files": post("/admin/connections/files", source="Alte Shopseite"),
    "GET /admin/connections/files/<int:import_id>": get("/admin/connections/files/1"),
    "POST /admin/connections/files/<int:import_id>": post("/admin/connections/files/1"),
    "GET /admin/connections/mail/<service>": get("/admin/connections/mail/brevo"),
    "POST /admin/connections/mail/<service>": post("/admin/connections/mail/brevo"),
    "GET /admin/connections/list": get("/admin/connections/list"),
    "POST /admin/connections/list": post("/admin/connections/list", list="1"),
    "POST /admin/connections/disconnect": post("/admin/connections/disconnect"),
    "POST /admin/connections/webhooks": post(
        "/admin/connections/webhooks", url="https://a.example/", topics="voucher.issued"
    ),
    "GET /admin/connections/webhooks/<int:target_id>": get("/admin/connections/webhooks/{hook}"),
    "POST /admin/connections/webhooks/<int:target_id>": post(
        "/admin/connections/webhooks/{hook}", do="off"
    ),
    "GET /admin/team": get("/admin/team", shows=True),
    "POST /admin/team": post("/admin/team", name="Neu", email="neu@post.example", role="staff"),
    "POST /admin/team/<int:member_id>/role": post("/admin/team/{member}/role", role="owner"),
    "GET /admin/team/<int:member_id>/remove": get("/admin/team/{member}/remove", shows=True),
    "POST /admin/team/<int:member_id>/out": post("/admin/team/{member}/out"),
    "POST /admin/team/<int:member_id>/factor": post("/admin/team/{member}/factor"),
    "POST /admin/team/<int:member_id>/remove": post("/admin/team/{member}/remove"),
    "GET /admin/account": get("/admin/account"),
    "POST /admin/account/factor": post("/admin/account/factor"),
    "POST /admin/account/factor/on": post("/admin/account/factor/on"),
    "POST /admin/account/factor/off": post("/admin/account/factor/off"),
    "POST /admin/account/mail": post("/admin/account/mail"),
    "GET /admin/leave": get("/admin/leave"),
    "POST /admin/leave": post("/admin/leave"),
    "GET /admin/law/access-log": get("/admin/law/access-log"),
    "GET /admin/work": get("/admin/work"),
    "POST /admin/work/<int:step_id>/again": post("/admin/work/{step}/again"),
    "GET /admin/data": get("/admin/data"),
    "GET /admin/data/templates/<kind>": get("/admin/data/templates/orders"),
    "GET /admin/data/subscribers.csv": get("/admin/data/subscribers.csv"),
    "POST /admin/data/secret": post("/admin/data/secret"),
    "POST /admin/data/files": post("/admin/data/files", kind="orders"),
    "GET /admin/data/files/<int:import_id>": get("/admin/data/files/1"),
    "POST /admin/data/files/<int:import_id>": post("/admin/data/files/1"),
    "POST /admin/data/codes/drop": post("/admin/data/codes/drop"),
}
