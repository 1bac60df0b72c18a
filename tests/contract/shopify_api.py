"""The Admin API of a Shopify shop: real schema, cost points and a bucket, tokens that end."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jwt
from flask import Flask, Response, abort, jsonify, redirect, request
from graphql import DocumentNode, GraphQLError, GraphQLSchema, execute_sync, parse, validate
from werkzeug.wrappers import Response as AnyResponse

from plugin.demo.settings import API_VERSION
from plugin.demo.signing import host_parameter, signed_query
from plugin.demo.throttle import cost_of
from tests.contract.shopify_shop import Node, ShopifyShop
from tests.shopify_schema import admin_schema

_BUCKET = 2_000.0
_RESTORED = 100.0
_DEAREST = 1_000
_ACCESS_SECONDS = 3600
#: What an app must send along to trade a session token for a pair that ends.
_TRADE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": 1,
}


@lru_cache(maxsize=128)
def _checked(text: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = parse(text)
    return document, tuple(validate(_schema(), document))


def _schema() -> GraphQLSchema:
    return admin_schema(API_VERSION)


class ShopifyApi:
    """Admin frame, tokens and GraphQL of one shop; `now` is monotonic and counts pauses."""

    def __init__(
        self, shop: ShopifyShop, app_url: str, client: tuple[str, str], now: Callable[[], float]
    ) -> None:
        self.shop = shop
        self.app_url = app_url
        self.client_id, self.secret = client
        self.installed = False
        self.id_tokens: set[str] = set()
        self.access: dict[str, float] = {}
        self.refreshing: set[str] = set()
        self.handed_out: list[str] = []
        self._now = now
        self._left, self._at = _BUCKET, now()
        _schema()

    def wsgi(self) -> Flask:
        """Return the platform's side as an application."""
        app = Flask("shopify")
        app.add_url_rule("/admin/apps/<name>", view_func=self._open)
        app.add_url_rule("/admin/oauth/access_token", view_func=self._token, methods=["POST"])
        app.add_url_rule(
            "/admin/api/<version>/graphql.json", view_func=self._graphql, methods=["POST"]
        )
        app.add_url_rule("/bulk/<number>.jsonl", view_func=self._file)
        return app

    def forget(self) -> None:
        """Take every token back."""
        self.access.clear()
        self.refreshing.clear()

    def end_access(self) -> None:
        """Let every access token be expired."""
        self.access = dict.fromkeys(self.access, 0.0)

    # Installing
    def _open(self, name: str) -> AnyResponse:
        """Send the frame in the admin to the app's page."""
        if name != self.client_id or not self.installed:
            abort(404)
        pairs = [
            ("embedded", "1"),
            ("host", host_parameter(self.shop.domain)),
            ("id_token", self._id_token()),
            ("locale", "de"),
            ("session", secrets.token_hex(16)),
            ("shop", self.shop.domain),
        ]
        return redirect(f"{self.app_url}/install/shopify?{signed_query(self.secret, pairs)}")

    def _id_token(self) -> str:
        now = int(self.shop.now().timestamp())
        claims = {
            "iss": f"https://{self.shop.domain}/admin",
            "dest": f"https://{self.shop.domain}",
            "aud": self.client_id,
            "sub": "42",
            "exp": now + 60,
            "nbf": now,
            "iat": now,
            "jti": secrets.token_hex(16),
            "sid": secrets.token_hex(16),
        }
        token = jwt.encode(claims, self.secret, algorithm="HS256")
        self.id_tokens.add(token)
        self.handed_out.append(token)
        return token

    def _token(self) -> tuple[Response, int] | Response:
        given = request.get_json()
        known = (given["client_id"], given["client_secret"]) == (self.client_id, self.secret)
        if not known or not self.installed:
            return jsonify(error="invalid_client"), 400
        if given["grant_type"] == "refresh_token":
            if given["refresh_token"] in self.refreshing:
                return jsonify(self._pair())
            return jsonify(error="invalid_grant"), 400
        assert given.items() >= _TRADE.items(), given
        if given["subject_token"] not in self.id_tokens:
            return jsonify(error="invalid_subject_token"), 400
        return jsonify(self._pair())

    def _pair(self) -> Node:
        access, following = f"shpat_{secrets.token_hex(16)}", f"shprt_{secrets.token_hex(16)}"
        self.access[access] = self._now() + _ACCESS_SECONDS
        self.refreshing.add(following)
        self.handed_out += [access, following]
        return {
            "access_token": access,
            "scope": ",".join(self.shop.scopes),
            "expires_in": _ACCESS_SECONDS,
            "refresh_token": following,
            "refresh_token_expires_in": 90 * 86400,
        }

    # Asking
    def _graphql(self, version: str) -> tuple[Response, int] | Response:
        token = request.headers.get("X-Shopify-Access-Token", "")
        if self.access.get(token, 0.0) <= self._now():
            return jsonify(errors="[API] Invalid API key or access token"), 401
        body = request.get_json()
        response = jsonify(self._answer(body))
        response.headers["X-Shopify-API-Version"] = version
        return response

    def _answer(self, body: Node) -> Node:
        document, faults = _checked(body["query"])
        if faults:
            return {"errors": [fault.formatted for fault in faults]}
        variables = body.get("variables") or {}
        cost = cost_of(_schema(), document, variables)
        if cost >= _DEAREST:
            return {"errors": [_error("MAX_COST_EXCEEDED", f"Query cost is {cost}")]}
        paid = self._pay(cost)
        answer = self._execute(document, variables) if paid else _throttled()
        status = {
            "maximumAvailable": _BUCKET,
            "currentlyAvailable": int(self._left),
            "restoreRate": _RESTORED,
        }
        answer["extensions"] = {"cost": {"requestedQueryCost": cost, "throttleStatus": status}}
        return answer

    def _pay(self, cost: int) -> bool:
        now = self._now()
        self._left = min(_BUCKET, self._left + (now - self._at) * _RESTORED)
        self._at = now
        if self._left < cost:
            return False
        self._left -= cost
        return True

    def _execute(self, document: DocumentNode, variables: Node) -> Node:
        root = {**self.shop.root(), "bulkOperationRunQuery": self._export}
        result = execute_sync(_schema(), document, root, variable_values=variables)
        answer: Node = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return answer

    # The export
    def _export(self, _info: object, query: str, groupObjects: bool) -> Node:  # noqa: N803
        document, faults = _checked(query)
        assert not faults, faults
        result = execute_sync(_schema(), document, self.shop.root())
        assert result.data is not None, result.errors
        handle = self.shop.gid("BulkOperation")
        lines = list(_lines(result.data["orders"]["edges"], grouped=groupObjects))
        self.shop.exports[handle] = "".join(f"{json.dumps(line)}\n" for line in lines)
        return {"bulkOperation": {"id": handle, "status": "CREATED"}, "userErrors": []}

    def _file(self, number: str) -> Response:
        found = self.shop.exports[f"gid://shopify/BulkOperation/{number}"]
        return Response(found, mimetype="application/jsonl")


def _lines(edges: list[Node], *, grouped: bool) -> Any:
    assert grouped, "without it children may stand far from their parents"
    for edge in edges:
        order = dict(edge["node"])
        inner = order.pop("lineItems")["edges"]
        yield order
        for line in inner:
            yield {**line["node"], "__parentId": order["id"]}


def _error(code: str, text: str) -> Node:
    return {"message": text, "extensions": {"code": code}}


def _throttled() -> Node:
    return {"errors": [_error("THROTTLED", "Throttled")]}


def clock_of(pauses: list[float]) -> Callable[[], float]:
    """Return a monotonic clock for which the app's pauses really pass."""
    return lambda: time.monotonic() + sum(pauses)
