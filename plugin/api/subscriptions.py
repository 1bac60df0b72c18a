"""The storefront's sign-up: one POST, the same answer whoever the address belongs to."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api import current_context, current_shop_by_key
from plugin.api.body import json_object
from plugin.api.caller import net_address
from plugin.api.cors import open_to_storefronts
from plugin.errors import BadInputError, BleibError, ChallengeError, InvalidFieldError
from plugin.services import insight, subscriptions
from plugin.services.arms import COURTESY, HOLDOUT, SILENT
from plugin.services.attribution import Told
from plugin.services.robots import is_robot
from plugin.services.subscriptions import SignUp

blueprint = Blueprint("subscriptions", __name__)
open_to_storefronts(blueprint)

_MAX_BYTES = 8 * 1024
_FIELDS = frozenset(
    {"id", "email", "campaign", "version", "purposes", "page", "lang", "elapsed", "website"}
    | {"ticket", "arm", "arms", "proof", "fields"}
)
_PURPOSES = frozenset({"newsletter", "personalised"})
_ID_LENGTH = 40
_TICKET_LENGTH = 200
_PROOF_LENGTH = 400
_MOST_FIELDS = 10
_ARMS = frozenset({"a", "b", HOLDOUT, SILENT, COURTESY})
_MOST_ARMS = 50
_ID_DIGITS = 10
#: Seconds before any form is answered as taken: new people make more work than known ones, and
#: the difference (7 of 10 milliseconds) would tell a stranger who is on the list.
ANSWER_AFTER = 0.04


@blueprint.post("/v1/<key>/subscriptions")
def sign_up(key: str) -> tuple[Response, int]:
    """Take a sign-up: 202 for every address alike; errors only about the form itself.

    428 with a task where too many come from one place: the same form again, with its proof.
    """
    shop = current_shop_by_key(key)
    context = current_context()
    begun = time.monotonic()
    try:
        subscriptions.request(context, shop, _read(json_object(_MAX_BYTES)))
    except ChallengeError as error:
        insight.refuse(context, shop, error.code)
        return jsonify({"error": error.code, **error.task}), error.status
    except BleibError as error:
        if error.status < 500:
            insight.refuse(context, shop, error.code)
        raise
    time.sleep(max(0.0, begun + ANSWER_AFTER - time.monotonic()))
    return jsonify({"state": "pending"}), 202


def _read(body: dict[str, Any]) -> SignUp:
    if not body.keys() <= _FIELDS:
        raise BadInputError("field_unknown")
    return SignUp(
        id=_text(body, "id", longest=_ID_LENGTH, empty=False),
        email=body["email"] if isinstance(body.get("email"), str) else "",
        campaign=_number(body, "campaign"),
        version=_number(body, "version"),
        purposes=_purposes(body.get("purposes")),
        page=_text(body, "page", longest=2000),
        language=_text(body, "lang", longest=10),
        elapsed_ms=_number(body, "elapsed"),
        website=_text(body, "website", longest=500),
        net_address=net_address(),
        # The ticket of the page view is what says that the form stood on a page.
        form_token=_text(body, "ticket", longest=_TICKET_LENGTH),
        proof=_text(body, "proof", longest=_PROOF_LENGTH),
        fields=_fields(body.get("fields", {})),
        told=Told(
            ticket=_text(body, "ticket", longest=_TICKET_LENGTH),
            arm=_text(body, "arm", longest=1),
            others=_arms(body.get("arms", {})),
            robot=is_robot(request.headers.get("User-Agent", "")),
        ),
    )


def _text(body: dict[str, Any], field: str, *, longest: int, empty: bool = True) -> str:
    value = body.get(field, "")
    if not isinstance(value, str) or len(value) > longest or not (value or empty):
        raise BadInputError("field_invalid", field=field)
    return value


def _number(body: dict[str, Any], field: str) -> int:
    value = body.get(field)
    # True is an int in Python, but no number in JSON.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadInputError("field_invalid", field=field)
    return value


def _purposes(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidFieldError("consent_missing", field="purposes")
    if not set(value) <= _PURPOSES:
        raise BadInputError("field_invalid", field="purposes")
    return tuple(value)


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, dict) or len(value) > _MOST_FIELDS:
        raise BadInputError("field_invalid", field="fields")
    return value


def _arms(value: Any) -> dict[int, str]:  # noqa: ANN401 - whatever the JSON held
    if not isinstance(value, dict) or len(value) > _MOST_ARMS:
        raise BadInputError("field_invalid", field="arms")
    for campaign, arm in value.items():
        number = campaign.isascii() and campaign.isdecimal() and len(campaign) < _ID_DIGITS
        if not number or not isinstance(arm, str) or arm not in _ARMS:
            raise BadInputError("field_invalid", field="arms")
    return {int(campaign): arm for campaign, arm in value.items()}
