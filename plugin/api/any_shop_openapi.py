"""The OpenAPI document of the API for shops of their own, made from its table of operations."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from flask import Blueprint, Response
from pydantic.json_schema import models_json_schema

from plugin import __version__
from plugin.api.any_shop import OPERATIONS, ROOT, Operation
from plugin.api.any_shop_answers import Problems
from plugin.services.any_shop_models import ID_PATTERN
from plugin.services.csv_kinds import KINDS
from plugin.texts import area_texts

blueprint = Blueprint("any_shop_openapi", __name__)

_REFS = "#/components/schemas/{model}"
_JSON = "application/json"
#: What any call may be answered with, whatever it asks for.
_ALWAYS = (401, 404, 429, 503)


@blueprint.get("/v1/openapi.json")
def openapi() -> Response:
    """Hand out the document; it holds nothing of any shop."""
    response = Response(document_text(), mimetype=_JSON)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def document_text() -> str:
    """Return the document as it is committed in docs/api/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def document() -> dict[str, Any]:
    """Return the document (OpenAPI 3.1)."""
    schemas, definitions = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bleib for any shop",
            "version": __version__,
            "description": _say("info"),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {
                "url": "{bleib}",
                "description": "Your installation of Bleib.",
                "variables": {"bleib": {"default": "https://bleib.example"}},
            }
        ],
        "security": [{"signature": []}],
        "paths": _paths(schemas),
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Bleib-Signature",
                    "description": _say("signature"),
                }
            },
        },
    }


#: Where the schema of a body or an answer stands, by model and direction.
Schemas = dict[tuple[Any, str], Any]


def _schemas() -> tuple[Schemas, dict[str, Any]]:
    wanted: list[tuple[Any, Any]] = [
        (op.body, "validation") for op in OPERATIONS if isinstance(op.body, type)
    ]
    wanted += [(op.answer, "serialization") for op in OPERATIONS if op.answer is not None]
    # All at once, so that a body and an answer of the same name get names apart.
    known, found = models_json_schema([*wanted, (Problems, "serialization")], ref_template=_REFS)
    return {(model, way): schema for (model, way), schema in known.items()}, found["$defs"]


def _paths(schemas: Schemas) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        path = ROOT + "/{key}" + re.sub(r"<(?:int:)?(\w+)>", r"{\1}", operation.rule)
        item = paths.setdefault(path, {"parameters": [_key(), *_parameters(operation)]})
        item[operation.method.lower()] = _described(operation, schemas)
    return paths


def _key() -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[a-z0-9]{16}$"}
    return {
        "name": "key",
        "in": "path",
        "required": True,
        "description": _say("parameter.key"),
        "schema": schema,
        "example": "k3y0fy0ursh0p000",
    }


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"<(?:int:)?(\w+)>", operation.rule):
        schema: dict[str, Any] = {"type": "string", "pattern": ID_PATTERN, "maxLength": 40}
        if name == "kind":
            schema = {"type": "string", "enum": list(KINDS)}
        elif name == "import_id":
            schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": _say(f"operation.{operation.name}"),
        "responses": _responses(operation, schemas),
    }
    if operation.query:
        whole = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        found["parameters"] = [
            {"name": name, "in": "query", "schema": whole} for name in operation.query
        ]
    if operation.body == "csv":
        found["requestBody"] = {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string", "maxLength": 10 * 1024 * 1024}}},
        }
    elif operation.body is not None:
        schema = schemas[(operation.body, "validation")]
        found["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    return found


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    good: dict[str, Any] = {"description": _say(f"status.{operation.status}")}
    if operation.answer is not None:
        good["content"] = {_JSON: {"schema": schemas[(operation.answer, "serialization")]}}
    codes = set(_ALWAYS)
    if operation.query:
        codes.add(400)
    if operation.body is not None:
        codes |= {400, 413, 422}
    problem = {_JSON: {"schema": schemas[(Problems, "serialization")]}}
    found = {str(operation.status): good}
    if operation.method != "GET":
        found.setdefault("204", {"description": _say("status.repeated")})
    return found | {
        str(code): {"description": _say(f"status.{code}"), "content": problem}
        for code in sorted(codes)
    }


def _say(key: str) -> str:
    return area_texts("api").get("en", f"openapi.{key}")
