"""A WooCommerce site that answers as real ones do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platforms.woo import Site, woo_site


@pytest.fixture
def woo() -> Iterator[Site]:
    with woo_site() as site:
        yield site
