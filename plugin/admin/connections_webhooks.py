"""Outgoing webhooks for the shop's developers: addresses, secrets shown once, and their log."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from plugin.admin.connections import show
from plugin.admin.connections_mail import explain
from plugin.admin.frame import blueprint, page, this_shop, to
from plugin.api import current_context
from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.services import outgoing_webhooks


@blueprint.post("/connections/webhooks")
def connections_webhook_add() -> Response:
    """Add an address and show its secret this once."""
    url, topics = request.form.get("url", ""), request.form.getlist("topics")
    try:
        made = outgoing_webhooks.add(current_context(), this_shop(), url, topics)
    except (InvalidFieldError, ConflictError) as error:
        return show(422, url=url, wanted=topics, hook_problem=explain(error))
    return _page(made.target.id, secret=made.secret)


@blueprint.get("/connections/webhooks/<int:target_id>")
def connections_webhook(target_id: int) -> Response:
    """Show one address with its newest deliveries."""
    return _page(target_id)


@blueprint.post("/connections/webhooks/<int:target_id>")
def connections_webhook_do(target_id: int) -> Response:
    """Try it, switch it, renew its secret, deliver again, or forget it."""
    context, shop, do = current_context(), this_shop(), request.form.get("do", "")
    if do == "secret":
        return _page(
            target_id, secret=outgoing_webhooks.renew_secret(context, shop, target_id).secret
        )
    if do == "remove":
        outgoing_webhooks.remove(context, shop, target_id)
        return to("connections", done="saved")
    if do == "ping":
        outgoing_webhooks.ping(context, shop, target_id)
    elif do in ("on", "off"):
        outgoing_webhooks.switch(context, shop, target_id, on=do == "on")
    elif do == "again":
        outgoing_webhooks.again(context, shop, target_id, _delivery())
    else:
        raise NotFoundError("unknown_webhook")
    return to("connections_webhook", target_id=target_id, done="again" if do == "again" else None)


def _delivery() -> int:
    given = request.form.get("delivery", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFoundError("unknown_webhook")
    return int(given)


def _page(target_id: int, **values: Any) -> Response:  # noqa: ANN401 - of the template
    target, deliveries = outgoing_webhooks.look(current_context(), this_shop(), target_id)
    waiting = any(one.state == "waiting" for one in deliveries)
    return page(
        "connections_webhook.html",
        target=target,
        deliveries=deliveries,
        waiting=waiting,
        **{"secret": "", **values},
    )
