"""What Shopware's schemas say of the elements we write, in our own words.

Read from manifest-2.0.xsd and manifest-3.0.xsd (what both allow), cms-1.0.xsd and config.xsd. The
schemas themselves are checked too where they can be had; these rules always are.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

MANY = 10_000
TEXT = r"(?s).+"
ANY = r"(?s).*"
ADDRESS = r"https?://\S+"
WHOLE = r"-?\d+"
TOKEN = r"[\w.:-]+"
LANGUAGE = r"[a-z]{2,3}-[A-Z]{2}"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"


@dataclass(frozen=True)
class Rule:
    """One element: its children as (least, most), in that order where it is one, its attributes."""

    children: dict[str, tuple[int, int]] = field(default_factory=dict)
    text: str = r"\s*"
    required: dict[str, str] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)
    ordered: bool = False
    unique: str | None = None


SPOKEN = Rule(text=TEXT, optional={"lang": LANGUAGE})
SAID = Rule(text=TEXT)
COOKIE = dict.fromkeys(("snippet-name", "snippet-description", "cookie", "value"), (0, 1))
PARTS = ("setup", "admin", "storefront", "permissions", "webhooks", "cookies")
OPERATIONS = ("read", "create", "update", "delete", "permission")
#: By the path of the element. A choice that may repeat is no order.
RULES = {
    "manifest": Rule(
        {"meta": (1, 1)} | dict.fromkeys(PARTS, (0, 1)),
        optional={SCHEMA_LOCATION: ADDRESS},
    ),
    "manifest/meta": Rule(
        # Shopware asks for these in code; the schema alone would let each of them be absent.
        dict.fromkeys(("name", "author", "copyright", "version", "license"), (1, 1))
        | {"label": (1, MANY), "description": (0, MANY), "icon": (0, 1), "compatibility": (0, 1)},
    ),
    **{f"manifest/meta/{name}": SAID for name in (
        "name", "author", "copyright", "version", "license", "icon", "compatibility")},
    "manifest/meta/label": SPOKEN,
    "manifest/meta/description": SPOKEN,
    "manifest/setup": Rule({"registrationUrl": (1, 1), "secret": (0, 1)}),
    "manifest/setup/registrationUrl": Rule(text=ADDRESS),
    "manifest/setup/secret": SAID,
    "manifest/admin": Rule({"module": (0, MANY), "main-module": (0, 1)}, unique="name"),
    "manifest/admin/module": Rule(
        {"label": (1, MANY)},
        required={"name": TEXT, "parent": TEXT},
        optional={"source": ADDRESS, "position": WHOLE},
    ),
    "manifest/admin/module/label": SPOKEN,
    "manifest/admin/main-module": Rule(required={"source": ADDRESS}),
    "manifest/storefront": Rule({"template-load-priority": (0, 1)}),
    "manifest/storefront/template-load-priority": Rule(text=WHOLE),
    "manifest/permissions": Rule(dict.fromkeys(OPERATIONS, (0, MANY))),
    **{f"manifest/permissions/{name}": Rule(text=r"[a-z_.]+") for name in OPERATIONS},
    "manifest/webhooks": Rule({"webhook": (0, MANY)}, unique="name"),
    "manifest/webhooks/webhook": Rule(
        required={"name": TEXT, "url": ADDRESS, "event": TOKEN},
    ),
    "manifest/cookies": Rule({"cookie": (0, MANY), "group": (0, MANY)}),
    "manifest/cookies/group": Rule({"snippet-name": (1, 1), "entries": (0, 1)}),
    "manifest/cookies/group/snippet-name": SAID,
    "manifest/cookies/group/entries": Rule({"cookie": (0, MANY)}),
    "manifest/cookies/group/entries/cookie": Rule(COOKIE | {"expiration": (0, 1)}),
    **{f"manifest/cookies/group/entries/cookie/{name}": SAID for name in COOKIE},
    "manifest/cookies/group/entries/cookie/expiration": Rule(text=WHOLE),
    "cms": Rule({"blocks": (0, 1)}),
    "cms/blocks": Rule({"block": (1, MANY)}),
    "cms/blocks/block": Rule(
        {"name": (1, 1), "category": (1, 1), "label": (1, MANY), "slots": (1, 1),
         "default-config": (1, 1)},
        ordered=True,
    ),
    "cms/blocks/block/name": SAID,
    "cms/blocks/block/category": Rule(text="commerce|form|image|sidebar|text|text-image|video"),
    "cms/blocks/block/label": SPOKEN,
    "cms/blocks/block/slots": Rule({"slot": (1, MANY)}, unique="name"),
    "cms/blocks/block/slots/slot": Rule(
        {"config": (1, 1)}, required={"name": TEXT, "type": TEXT}
    ),
    "cms/blocks/block/slots/slot/config": Rule({"config-value": (1, MANY)}),
    "cms/blocks/block/slots/slot/config/config-value": Rule(
        required={"name": TEXT, "source": TEXT, "value": ANY}
    ),
    "cms/blocks/block/default-config": Rule(
        {f"margin-{side}": (0, 1) for side in ("bottom", "top", "left", "right")}
        | {"sizing-mode": (0, 1)},
    ),
    **{f"cms/blocks/block/default-config/margin-{side}": SAID
       for side in ("bottom", "top", "left", "right")},
    "cms/blocks/block/default-config/sizing-mode": Rule(text="boxed|full_width"),
    "config": Rule({"card": (1, MANY)}),
    "config/card": Rule({"title": (1, MANY), "input-field": (1, MANY)}, ordered=True),
    "config/card/title": SPOKEN,
    "config/card/input-field": Rule(
        {"name": (1, 1), "disabled": (0, 1), "label": (0, MANY)},
        optional={"type": "text|textarea"}, ordered=True,
    ),
    "config/card/input-field/name": Rule(text="[a-zA-Z]{4,}"),
    "config/card/input-field/disabled": Rule(text="true|false"),
    "config/card/input-field/label": SPOKEN,
}  # fmt: skip


def objections(root: etree._Element, path: str = "") -> list[str]:
    """Return what Shopware's schemas would refuse of a document, in words."""
    path = f"{path}/{root.tag}" if path else str(root.tag)
    rule = RULES.get(path)
    if rule is None:
        return [f"{path} is not known"]
    found = [*_attributes(root, rule, path), *_children(root, rule, path)]
    if not re.fullmatch(rule.text, root.text or "") and not len(root):
        found.append(f"{path} holds {root.text!r}")
    for child in root:
        found += objections(child, path)
    return found


def _attributes(element: etree._Element, rule: Rule, path: str) -> list[str]:
    known = rule.required | rule.optional
    return [
        *(f"{path} lacks {name}" for name in rule.required if name not in element.attrib),
        *(
            f"{path} has {name}={value!r}"
            for name, value in element.attrib.items()
            if name not in known or not re.fullmatch(known[str(name)], str(value))
        ),
    ]


def _children(element: etree._Element, rule: Rule, path: str) -> list[str]:
    names = [str(child.tag) for child in element]
    counted = Counter(names)
    found = [
        f"{path} has {counted[name]} {name}"
        for name, (least, most) in rule.children.items()
        if not least <= counted[name] <= most
    ]
    places = list(rule.children)
    known = [name for name in names if name in places]
    if rule.ordered and known != sorted(known, key=places.index):
        found.append(f"{path} is out of order")
    mark = rule.unique
    marks = [child.get(mark) for child in element if mark and mark in child.attrib]
    if len(marks) != len(set(marks)):
        found.append(f"{path} names something twice")
    return found
