"""A Shopware shop over dicts behind the Admin API; every message is checked by the real schema."""

from __future__ import annotations

import copy
import json
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from tests import shopware_schema
from tests.fakes.shopware_search import ASSOCIATIONS, Node, found

EUR = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
STOREFRONT = "8a243080f92e4c719546314b577cf82b"
GERMAN = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
ENGLISH = "3fbb5fe2e29a4d70aa5854ce7ce3e20c"
CHANNEL = "98432def39fc4624b33213a56b8c944d"
_WRITABLE = {"promotion", "promotion_individual_code", "rule", "newsletter_recipient"}
_UNIQUE = {"promotion_individual_code": "code"}


def new_id() -> str:
    """Return an id as the shop makes them."""
    return secrets.token_hex(16)


def stamp(moment: datetime) -> str:
    """Return a time as the API writes it."""
    return moment.isoformat(timespec="milliseconds")


class FakeShopware:
    """One shop; `granted` are the privileges that the app's manifest got, None for all."""

    def __init__(
        self, url: str, clock: Callable[[], datetime], granted: Iterable[str] | None = None
    ) -> None:
        self.url = url
        self.clock = clock
        self.granted = None if granted is None else set(granted)
        self.used: set[str] = set()
        self.checked = shopware_schema.has_schema()
        self.problems: list[str] = []
        self.languages: set[str] = set()
        self.rows: dict[str, dict[str, Node]] = {}
        self.settings: Node = {
            "core.basicInformation.shopName": "Uferhaus",
            "core.basicInformation.email": "hallo@uferhaus.example",
        }
        self.keys: dict[str, str] = {}
        self.active = True  # the app's integration gets no token while it is switched off
        self.tokens: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._number = 0
        self._changes = 0
        self.put("sales_channel", _channel(url))

    # What it holds
    def put(self, entity: str, row: Node) -> Node:
        """Put a row in; it must be one that the real shop could hold."""
        # The real shop writes null and PHP's empty list where the schema knows objects alone.
        self._check(entity, _told(row), partial=True)
        self.rows.setdefault(entity, {})[row["id"]] = row
        return row

    def next_change(self) -> str:
        """Return a moment after every earlier change and before now."""
        self._changes += 1
        return stamp(self.clock() - timedelta(hours=3) + timedelta(seconds=self._changes))

    def next_number(self) -> int:
        """Return a running number."""
        self._number += 1
        return self._number

    def listed(self, entity: str) -> list[Node]:
        """Return the rows of an entity, with what hangs on them."""
        if entity == "order_delivery":
            return [
                {**delivery, "orderId": order["id"]}
                for order in self.rows.get("order", {}).values()
                for delivery in order["deliveries"]
            ]
        rows = list(self.rows.get(entity, {}).values())
        if entity != "product":
            return rows
        return [
            {**row, "children": [child for child in rows if child["parentId"] == row["id"]]}
            for row in rows
        ]

    # The API
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        path = request.path.removeprefix("/api/")
        if path == request.path:
            return Response("<!doctype html><title>Uferhaus</title>", mimetype="text/html")
        if path == "oauth/token":
            return self._token(json.loads(request.get_data()))
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self.tokens.get(token, self.clock()) <= self.clock():
            return error(401, "9", "The resource owner or authorization server denied the request.")
        if request.headers.get("Accept") != "application/json":
            self.problems.append(f"{path}: not plain JSON")
        self.languages.add(request.headers.get("sw-language-id", ""))
        content = json.loads(request.get_data() or b"null")
        if path.startswith("_action/system-config"):
            return self._system_config(request, content)
        if path.startswith("search/"):
            return self._search(path.removeprefix("search/").replace("-", "_"), content)
        with self._lock:  # a database lets one of two rows with the same key in
            return self._write(request.method, path, content)

    def _token(self, content: Node) -> Response:
        self._check_schema("OAuthClientCredentialsGrant", content)
        known = self.keys.get(content["client_id"])
        if known is None:
            return error(500, "FRAMEWORK__API_INVALID_ACCESS_KEY", "Access key is invalid")
        if known != content["client_secret"]:
            return error(401, "4", "Client authentication failed")
        if not self.active:
            return error(400, "6", "The user credentials were incorrect.")
        token = "eyJ0eXAiOiJKV1QifQ." + secrets.token_urlsafe(40)
        self.tokens[token] = self.clock() + timedelta(seconds=600)
        return answered({"token_type": "Bearer", "expires_in": 600, "access_token": token})

    def _system_config(self, request: Request, content: Any) -> Response:
        if request.method == "GET":
            domain = request.args["domain"] + "."
            missing = self._missing({"system_config:read"})
            held = {key: value for key, value in self.settings.items() if key.startswith(domain)}
            return missing or answered(held or [])
        wanted = {f"system_config:{verb}" for verb in ("create", "update", "delete")}
        missing = self._missing(wanted)
        if missing is None:
            self.settings.update(content)
        return missing or Response(status=204)

    def _search(self, entity: str, criteria: Node) -> Response:
        # The enumeration of the schema is newer than the number, which every version takes.
        self._check_schema("Criteria", {k: v for k, v in criteria.items() if k[:5] != "total"})
        self._check_paths(entity, criteria)
        wanted = {f"{name}:read" for name in {entity, *_entities(entity, criteria)}}
        missing = self._missing(wanted)
        if missing is not None:
            return missing
        data, total = found(entity, self.listed(entity), criteria)
        counted = total if criteria.get("total-count-mode") == 1 else len(data)
        return answered({"total": counted, "data": data, "aggregations": []})

    def _write(self, method: str, path: str, content: Any) -> Response:
        name, _, row_id = path.partition("/")
        entity = name.replace("-", "_")
        rows = self.rows.setdefault(entity, {})
        if entity not in _WRITABLE or (row_id and row_id not in rows):
            return error(404, "FRAMEWORK__RESOURCE_NOT_FOUND", "not found")
        verb = {"POST": "create", "PATCH": "update", "DELETE": "delete"}[method]
        missing = self._missing({f"{part}:{verb}" for part in _written(entity, content or {})})
        if missing is not None:
            return missing
        if method == "DELETE":
            del rows[row_id]
            return Response(status=204)
        self._check(entity, content, partial=method == "PATCH")
        if method == "PATCH":
            rows[row_id] |= {**content, "updatedAt": stamp(self.clock())}
            return Response(status=204)
        return self._created(entity, rows, content)

    def _created(self, entity: str, rows: dict[str, Node], content: Node) -> Response:
        unique = _UNIQUE.get(entity)
        taken = unique and any(
            row[unique].upper() == content[unique].upper() for row in rows.values()
        )
        if content["id"] in rows or taken:
            return error(500, "1062", "SQLSTATE[23000]: Integrity constraint violation: 1062")
        promotion = content.get("promotionId")
        if promotion is not None and promotion not in self.rows.get("promotion", {}):
            return error(500, "1452", "SQLSTATE[23000]: Integrity constraint violation: 1452")
        rows[content["id"]] = {**copy.deepcopy(content), "createdAt": stamp(self.clock())} | {
            "updatedAt": None
        }
        return Response(status=204)

    def _missing(self, wanted: set[str]) -> Response | None:
        self.used |= wanted
        missing = sorted(wanted - self.granted) if self.granted is not None else []
        if not missing:
            return None
        detail = json.dumps({"message": "Missing privilege", "missingPrivileges": missing})
        return error(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)

    # The checks
    def _check(self, entity: str, row: Node, *, partial: bool) -> None:
        nested = ASSOCIATIONS.get(entity, {})
        plain = {name: value for name, value in row.items() if name not in nested}
        self._check_schema(shopware_schema.schema_name(entity), plain, partial=partial)
        for name in set(row) & set(nested):
            parts = row[name] if isinstance(row[name], list) else [row[name]]
            for part in parts:
                # A bare link to a rule.
                if nested[name] not in ("promotion_cart_rule", "promotion_discount_rule"):
                    self._check(nested[name], part, partial=partial)

    def _check_schema(self, name: str, content: Any, *, partial: bool = False) -> None:
        if self.checked:
            self.problems += shopware_schema.problems(name, content, partial=partial)

    def _check_paths(self, entity: str, criteria: Node) -> None:
        if not self.checked:
            return
        schema = shopware_schema.schema_name(entity)
        paths = [(schema, path) for path in _paths(criteria)]
        paths += [
            (shopware_schema.schema_name(alias), field)
            for alias, fields in criteria.get("includes", {}).items()
            for field in fields
        ]
        self.problems += [
            f"{name} has no {path}"
            for name, path in paths
            if not shopware_schema.field_of(name, path)
        ]


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _told(item) for k, item in value.items() if item is not None and item != []}
    return [_told(item) for item in value] if isinstance(value, list) else value


def _channel(url: str) -> Node:
    def spoken(language: str, code: str) -> Node:
        return {"id": language, "locale": {"id": new_id(), "code": code}}

    def domain(address: str, language: str, code: str) -> Node:
        return {
            "id": new_id(),
            "url": address,
            "languageId": language,
            "language": spoken(language, code),
        }

    return {
        "id": CHANNEL,
        "typeId": STOREFRONT,
        "active": True,
        "name": "Storefront",
        "languageId": GERMAN,
        "createdAt": "2026-01-02T08:00:00.000+00:00",
        "domains": [domain(url, GERMAN, "de-DE"), domain(f"{url}/en", ENGLISH, "en-GB")],
        "currency": {"id": EUR, "isoCode": "EUR", "factor": 1},
        "country": {"id": new_id(), "iso": "DE"},
    }


def _entities(entity: str, criteria: Node) -> Iterator[str]:
    """Yield the entities that a search touches beside its own."""
    for name, inner in criteria.get("associations", {}).items():
        other = ASSOCIATIONS[entity][name]
        yield other
        yield from _entities(other, inner)
    for path in _paths({"filter": criteria.get("filter", [])}):
        head, _, rest = path.partition(".")
        if rest:
            yield ASSOCIATIONS[entity][head]


def _written(entity: str, content: Node) -> Iterator[str]:
    yield entity
    for name, other in ASSOCIATIONS.get(entity, {}).items():
        parts = content.get(name) or []
        for part in parts if isinstance(parts, list) else [parts]:
            yield from _written(other, part)


def _paths(criteria: Node) -> Iterator[str]:
    for item in criteria.get("filter", []):
        if item["type"] == "multi":
            yield from _paths({"filter": item["queries"]})
        else:
            yield item["field"]
    for item in criteria.get("sort", []):
        yield item["field"]
    for name, inner in criteria.get("associations", {}).items():
        yield name
        yield from (f"{name}.{path}" for path in _paths(inner))


def answered(content: Any) -> Response:
    """Return an answer in plain JSON."""
    return Response(json.dumps(content), mimetype="application/json")


def error(status: int, code: str, detail: str) -> Response:
    """Return a refusal in the API's form."""
    entry = {"code": code, "status": str(status), "title": detail[:40], "detail": detail}
    body = json.dumps({"errors": [{**entry, "meta": {"parameters": []}}]})
    return Response(body, status=status, mimetype="application/json")
