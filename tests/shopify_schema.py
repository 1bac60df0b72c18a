"""Shopify's own Admin schema for the tests: fetched once with npm, checked by its sha256."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema

PACKAGE = "@shopify/dev-mcp@1.16.0"
CACHE = Path(__file__).resolve().parent.parent / ".cache" / "shopify-schema"
DIGESTS = {
    "2026-04": "f14a1d924a2ce4a5824dcaa832a90a9fe8d20d0ad16f71240b854401c08b5769",
    "2026-07": "5bcde995c89c59acdb2ee494378d96f45ce7378a16ec829a74b71d696a08ef19",
    "2026-10": "f3b522f264556925eada700e795e4a002a9cba83444ebcc6c0d724254a0c6593",
}


def _name(version: str) -> str:
    return f"admin_{version}.json.gz"


def _fetch() -> None:
    """Pack the npm package and keep the schemas of the versions above; skips without npm."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", folder]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"npm could not be run: {error}")
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packed:
            pytest.skip(f"npm could not reach the registry: {done.stderr.strip()[-200:]}")
        with tarfile.open(packed[0]) as archive:
            for version in DIGESTS:
                member = archive.extractfile(f"package/dist/data/{_name(version)}")
                assert member is not None
                part = Path(folder) / _name(version)
                part.write_bytes(member.read())
                part.replace(CACHE / _name(version))


@cache
def admin_data(version: str) -> dict[str, Any]:
    """Return the introspection of one API version, with the access scopes per field."""
    path = CACHE / _name(version)
    if not path.is_file():
        _fetch()
    raw = path.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == DIGESTS[version], f"{path} is not what it should be"
    loaded: dict[str, Any] = json.loads(gzip.decompress(raw))
    return loaded


@cache
def admin_schema(version: str) -> GraphQLSchema:
    """Return Shopify's Admin schema of one API version, for example "2026-10"."""
    return build_client_schema(admin_data(version)["data"], assume_valid=True)
