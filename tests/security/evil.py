"""Values that have broken programs before: for every field, name, header and part of an address."""

from __future__ import annotations

from typing import Any

#: Numbers, and what only looks like one.
NUMBERS: list[Any] = [
    0, -1, 1.5, -0.0, 2**31 - 1, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**40, 1e308, 1e-320,
    "0", "-1", "1e9", "1e999", "NaN", "sNaN", "Infinity", "0x10", "0b1", "1_000", "١٢", "½", "٫5",
    "1" * 400, "0." + "0" * 400 + "1", "+1", " 1 ", "1\n",
]  # fmt: skip
#: Values of another type than any field expects.
SHAPES: list[Any] = [
    None, True, False, [], {}, [[]], [None], {"": None}, {"$ne": 1}, {"__proto__": {"admin": 1}},
    ["a"] * 500, {"a": {"b": {"c": {"d": {}}}}},
]  # fmt: skip
#: Text that means something to one of the languages we speak on the way.
CODE = [
    "'; DROP TABLE shops; --", "' OR '1'='1", "1) UNION SELECT NULL,NULL--", "%' ESCAPE '",
    "{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{0.__class__}", "{shop.name}", "%s%n%x", "%(a)s",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "</script><script>alert(1)",
    "<!--", "]]>", "\\u003cscript\\u003e", "&lt;b&gt;", "*)(uid=*))(|(uid=*", "$(id)", "`id`",
    "; ls", "| cat /etc/passwd", "=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1-1",
]  # fmt: skip
#: Paths, hosts and addresses.
PLACES = [
    "../../etc/passwd", "..\\..\\windows", "....//....//", "%2e%2e%2f", "%252e%252e", "/etc/passwd",
    "file:///etc/passwd", "//evil.example", "///evil.example", "https:evil.example",
    "https://evil.example", "http://127.0.0.1:1/", "http://[::1]/", "http://[::1", "http://0x7f.1/",
    "http://2130706433/", "http://①②⑦.0.0.1/", "gopher://x", "https://a@evil.example", "https://",
    "evil.example\\.myshopify.com", "a.myshopify.com.evil.example", "a.myshopify.com/evil",
    "a.myshopify.com#", "a.myshopify.com?", "a.myshopify.com:80", "а.myshopify.com",
    "A.MYSHOPIFY.COM", ".myshopify.com", "-a.myshopify.com", "a.myshopify.com\n",
    "a_b.myshopify.com",
]  # fmt: skip
#: Control characters, look-alikes and what grows when it is normalised.
LETTERS = [
    "", " ", "\t", "\n", "\r\n", "\x00", "a\x00b", "\x07\x1b[31m", "\x7f", "\x85", "\xa0", "\u00ad",
    "\u200b", "\u200d", "\u202e", "\u2066", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff",
    "\ud800", "\udfff\ud800", "ﬃ", "㎏", "İ", "ı", "ß", "ſ", "\u212a", "Å", "A\u030a",
    "e" + "\u0301" * 200,
    "🦆", "👩‍👩‍👧‍👦", "مرحبا", "שלום", "日本語", "𝕬", "\U0010ffff",
    "a" * 300, "a" * 5000, "ä" * 3000,
    "\r\nSet-Cookie: x=evil", "a\r\nBcc: victim@post.example", "=?utf-8?q?a=0D=0ABcc:_x?=",
]  # fmt: skip
#: Mail addresses, dates, identifiers and other things with a form.
FORMS = [
    "a@b", "@", "a@@b.de", "a@b.de,c@d.de", "a@b.de\n", "\"a b\"@c.de", "a@[127.0.0.1]", "a@ü.de",
    "a@xn--.de", "a@b..de", ".a@b.de", "a" * 65 + "@b.de", "a@" + "b." * 130 + "de", "<a@b.de>",
    "a@b.de>", "Ⓐ@b.de", "a\u202e@b.de", "mailto:a@b.de", "a%0a@b.de", "0000-00-00", "9999-99-99",
    "10000-01-01T00:00:00Z", "2026-02-30", "gid://shopify/Product/", "gid://shopify/Order/1/2",
    "gid://evil/Product/1", "erased:1", "00000000-0000-0000-0000-000000000000", "#", "##", "#1007#",
    "de", "de-DE", "xx", "zz" * 40, "null", "undefined", "true", "__proto__", "constructor",
]  # fmt: skip

EVIL: list[Any] = [*NUMBERS, *SHAPES, *CODE, *PLACES, *LETTERS, *FORMS]
#: The same as text, as forms, addresses and headers know nothing else.
EVIL_TEXTS: list[str] = [value if isinstance(value, str) else repr(value)[:2000] for value in EVIL]
