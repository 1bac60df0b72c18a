"""Shopware's own Admin API schema for the tests: fetched once with npm, checked by its sha256."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PACKAGE = "@shopware/api-client@1.6.0"
MEMBER = "package/api-types/adminApiSchema.json"
CACHE = Path(__file__).resolve().parent.parent / ".cache" / "shopware-schema"
FILE = CACHE / "admin.json.gz"
DIGEST = "778701bf4f9a4f3713b7fe1346170a1fbf75e9139538dfd5622f54623ab1f4d7"
_URN = "urn:shopware"

Json = dict[str, Any]


class SchemaMissingError(Exception):
    """The schema cannot be had here; says why."""


def _fetch() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", folder]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SchemaMissingError(f"npm could not be run: {error}") from error
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packed:
            raise SchemaMissingError(f"npm could not reach the registry: {done.stderr[-200:]}")
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            part = Path(folder) / FILE.name
            part.write_bytes(gzip.compress(member.read()))
            part.replace(FILE)


@cache
def admin_schema() -> Json:
    """Return the OpenAPI description; SchemaMissingError where it cannot be had."""
    if not FILE.is_file():
        _fetch()
    raw = gzip.decompress(FILE.read_bytes())
    assert hashlib.sha256(raw).hexdigest() == DIGEST, f"{FILE} is not what it should be"
    loaded: Json = json.loads(raw)
    return loaded


def has_schema() -> bool:
    """Tell whether messages can be checked here."""
    try:
        return bool(admin_schema())
    except SchemaMissingError:
        return False


def schema_name(entity: str) -> str:
    """Return the name of an entity in the schema: "order_line_item" is OrderLineItem."""
    return "".join(part.capitalize() for part in re.split("[_-]", entity))


def problems(name: str, content: Any, *, partial: bool = False) -> list[str]:
    """Return what the schema has against an object; `partial` lets fields be missing."""
    return [
        f"{name}{list(error.absolute_path)}: {error.message[:200]}"
        for error in _validator(name, partial).iter_errors(content)
    ]


def field_of(name: str, path: str) -> bool:
    """Tell whether a dotted path of fields exists below an entity."""
    head, _, rest = path.partition(".")
    found = admin_schema()["components"]["schemas"][name]["properties"].get(head)
    if found is None or not rest:
        return found is not None
    target = found.get("$ref") or found.get("items", {}).get("$ref")
    return target is not None and field_of(target.rpartition("/")[2], rest)


@cache
def _validator(name: str, partial: bool) -> Draft202012Validator:
    document = _loose() if partial else admin_schema()
    resource = Resource(contents=document, specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URN, resource)
    return Draft202012Validator({"$ref": f"{_URN}#/components/schemas/{name}"}, registry=registry)


@cache
def _loose() -> Json:
    loosened: Json = _stripped(admin_schema())
    return loosened


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _stripped(item) for name, item in value.items()}
        if isinstance(kept.get("required"), list):
            del kept["required"]
        return kept
    return [_stripped(item) for item in value] if isinstance(value, list) else value
