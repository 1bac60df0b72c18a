"""PHP itself as the judge of what the fake shop writes and signs: Shopware is a PHP program."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.fakes.shopware_app import php_json, sign

_SCRIPT = """
$given = json_decode(stream_get_contents(STDIN), true);
$written = json_encode($given["content"]);
echo json_encode([
    "text" => base64_encode($written),
    "hmac" => hash_hmac("sha256", $written, $given["secret"]),
    "query" => hash_hmac("sha256", $given["query"], $given["secret"]),
]);
"""


def judged(content: Any, secret: str, query: str) -> dict[str, str]:
    php = shutil.which("php")
    if php is None:
        pytest.skip("PHP is not installed (Debian package: php-cli)")
    given = json.dumps({"content": content, "secret": secret, "query": query})
    done = subprocess.run(
        [php, "-n", "-r", _SCRIPT], input=given, capture_output=True, text=True, check=True
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    "content",
    [
        {"shopUrl": "https://uferhaus.example/laden", "timestamp": "1795286770"},
        {"data": {"payload": {"order": {"label": "Schüssel „Ufer“ <b>&'\"", "price": 15.8}}}},
        {"list": [], "deep": [[None, True, False, 0, -3]], "emoji": "\U0001f6cd\ufe0f \u2028"},
    ],
)
@pytest.mark.parametrize("secret", ["a-secret-of-the-shop" * 4, "schlüssel-mit-umlaut-" * 4])
def test_php_writes_and_signs_the_same(content: Any, secret: str) -> None:
    query = "shop-id=RDPcp4GHBFtCVRee&shop-url=https://127.0.0.1:8444&timestamp=1795286770"
    answer = judged(content, secret, query)
    body = php_json(content)
    assert json.loads(body) == content
    assert answer["hmac"] == sign(secret, body)
    assert answer["query"] == sign(secret, query)
