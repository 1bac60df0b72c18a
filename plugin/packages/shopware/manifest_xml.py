"""Writes the app's manifest: who we are, what we may do, and where Shopware reaches us."""

from __future__ import annotations

from xml.etree import ElementTree

from plugin.packages import AppFacts
from plugin.packages.shopware.xml_parts import add, document, say

#: The technical name: folder, prefix of the system config, part of the registration's proof.
NAME = "Bleib"
#: The schema that Shopware 6.6 checks against; 6.7 takes all of it too.
_SCHEMA = (
    "https://raw.githubusercontent.com/shopware/shopware/v6.6.7.1"
    "/src/Core/Framework/App/Manifest/Schema/manifest-2.0.xsd"
)
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_OPERATIONS = ("read", "create", "update", "delete")


def manifest_xml(app: AppFacts) -> bytes:
    """Return manifest.xml for this installation; ValueError without the app secret."""
    secret = app.secrets.get("shopware", "")
    if not secret:
        raise ValueError("BLEIB_SHOPWARE_SECRET is missing: Shopware signs with it")
    ElementTree.register_namespace("xsi", _INSTANCE)
    root = ElementTree.Element("manifest", {f"{{{_INSTANCE}}}noNamespaceSchemaLocation": _SCHEMA})
    _meta(root, app.version)
    setup = add(root, "setup")
    add(setup, "registrationUrl", f"{app.public_url}/install/shopware/register")
    add(setup, "secret", secret)
    _admin(root, app.public_url)
    # Themes and plugins of the shop come first; ours only adds at the end of what they made.
    add(add(root, "storefront"), "template-load-priority", "0")
    entry = app.manifest.platforms["shopware"]
    permissions = add(root, "permissions")
    for scope in entry.scopes:
        add(permissions, *_permission(scope))
    webhooks = add(root, "webhooks")
    for event in entry.webhooks:
        url = f"{app.public_url}/webhooks/shopware"
        add(webhooks, "webhook", name=f"bleib.{event}", url=url, event=event)
    _cookies(root)
    return document(root)


def _meta(root: ElementTree.Element, version: str) -> None:
    meta = add(root, "meta")
    add(meta, "name", NAME)
    say(meta, "label", "app.label")
    say(meta, "description", "app.description")
    add(meta, "author", "Bleib")
    add(meta, "copyright", "The Bleib authors")
    add(meta, "version", version)
    add(meta, "icon", "Resources/config/plugin.png")
    add(meta, "license", "MIT")
    add(meta, "compatibility", ">=6.6.0")


def _admin(root: ElementTree.Element, public_url: str) -> None:
    admin = add(root, "admin")
    page = f"{public_url}/install/shopware"
    module = add(admin, "module", name="bleib", source=page, parent="sw-marketing", position="90")
    say(module, "label", "app.label")
    add(admin, "main-module", source=page)


def _permission(scope: str) -> tuple[str, str]:
    # "product:read" is a right on an entity, "promotion.editor" one of the administration's own.
    entity, _, operation = scope.rpartition(":")
    return (operation, entity) if operation in _OPERATIONS else ("permission", scope)


def _cookies(root: ElementTree.Element) -> None:
    # The name, value and group that widgets/_carts/shopware.ts asks for.
    group = add(add(root, "cookies"), "group")
    add(group, "snippet-name", "cookie.groupComfortFeatures")
    cookie = add(add(group, "entries"), "cookie")
    add(cookie, "cookie", "bleib-preferences")
    add(cookie, "snippet-name", "bleib.cookie.name")
    add(cookie, "snippet-description", "bleib.cookie.description")
    add(cookie, "value", "1")
    # As long as Shopware remembers the answer of its own banner.
    add(cookie, "expiration", "30")
