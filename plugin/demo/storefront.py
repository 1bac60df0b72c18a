"""The storefront of Uferhaus: home, collections, search, products, cart and plain pages."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from plugin.demo import carts
from plugin.demo.carriers import expected_day
from plugin.demo.carts import CartError, bind, current_cart, sums, token_of
from plugin.demo.database import Row
from plugin.demo.shop import Shop, current_shop

storefront = Blueprint("storefront", __name__)
PER_PAGE = 48
PAGES = ("sendung", "datenschutz", "impressum", "versand", "werkstatt")
SELECT = (
    "SELECT p.*, v.id AS variant, v.price, v.compare_at FROM products p "
    "JOIN variants v ON v.product_id = p.id AND v.position = 1"
)


@storefront.get("/")
def home() -> str:
    """Show the home page: one calm picture, four products, three service facts."""
    shop = current_shop()
    shown = shop.db.all(f"{SELECT} WHERE p.featured BETWEEN 6 AND 8 ORDER BY p.featured DESC")
    if len(shown) < 4:
        shown = shop.db.all(f"{SELECT} ORDER BY p.sold DESC, p.id")
    total = shop.db.number("SELECT count(*) FROM products")
    return render_template("home.html", page="home", products=shown[:4], total=total)


@storefront.get("/collections/<name>")
def collection(name: str) -> str:
    """Show the products of one collection, or all of them."""
    shop = current_shop()
    page_number = max(1, request.args.get("page", 1, type=int))
    wanted = f"%{name}%" if name != "all" else "%"
    rows = shop.db.all(
        f"{SELECT} WHERE p.collection LIKE ? ORDER BY p.featured DESC, p.sold DESC, p.id "
        "LIMIT ? OFFSET ?",
        wanted,
        PER_PAGE,
        (page_number - 1) * PER_PAGE,
    )
    total = shop.db.number("SELECT count(*) FROM products WHERE collection LIKE ?", wanted)
    if not rows or name not in ("all", "keramik", "tee", "wohnen", "geschenke"):
        abort(404)
    return render_template(
        "collection.html",
        page="collection",
        name=name,
        products=rows,
        total=total,
        number=page_number,
        last=-(-total // PER_PAGE),
    )


@storefront.get("/search")
def search() -> str:
    """Show products whose name holds every word that was looked for."""
    asked = request.args.get("q", "").strip()[:80]
    rows: list[Row] = []
    if asked:
        words = asked.lower().split()[:6]
        where = " AND ".join("lower(p.title || p.texts) LIKE ? ESCAPE '\\'" for _ in words)
        values = [f"%{_literal(word)}%" for word in words]
        order = "ORDER BY p.sold DESC LIMIT 48"
        rows = current_shop().db.all(f"{SELECT} WHERE {where} {order}", *values)
    return render_template("search.html", page="search", asked=asked, products=rows)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _related(shop: Shop, row: Row) -> list[Row]:
    return shop.db.all(
        f"{SELECT} WHERE p.id <> ? ORDER BY p.glaze = ? DESC, p.kind = ? DESC, p.sold DESC LIMIT 3",
        row["id"],
        row["glaze"],
        row["kind"],
    )


@storefront.get("/products/<handle>")
def product(handle: str) -> str:
    """Show one product."""
    shop = current_shop()
    row = shop.db.one(f"{SELECT} WHERE p.handle = ?", handle)
    if row is None:
        abort(404)
    return render_template(
        "product.html",
        page="product",
        product=row,
        related=_related(shop, row),
        home_of=row["collection"].split(",")[0],
        expected=expected_day(shop.now()),
    )


@storefront.get("/cart")
def cart() -> str:
    """Show the cart, with every code checked before the till."""
    shop, found = current_shop(), current_cart()
    return render_template(
        "cart.html",
        page="cart",
        cart=found,
        sums=sums(shop, found),
        expected=expected_day(shop.now()),
    )


@storefront.get("/cart/<lines>")
def permalink(lines: str) -> Response:
    """Fill the cart from a permanent link (VARIANT:QUANTITY,…), in place of what was in it."""
    shop, token = current_shop(), token_of(request)
    with shop.db.write() as connection:
        carts.empty(connection, token)
    for line in lines.split(","):
        variant, _, quantity = line.partition(":")
        # What is no longer for sale is left out, as the platform does.
        with suppress(CartError, ValueError):
            carts.add(shop, token, int(variant), int(quantity or 1), {})
    return bind(redirect("/cart", 303), token)


@storefront.post("/cart/add")
def add() -> Response:
    """Take a product form without JavaScript."""
    wanted = request.form.get("id", 0, type=int)
    quantity = request.form.get("quantity", 1, type=int)
    try:
        carts.add(current_shop(), token_of(request), wanted, quantity, {})
    except CartError:
        abort(400)
    return bind(redirect("/cart", 303), token_of(request))


@storefront.post("/cart/change")
def change() -> Response:
    """Take a quantity form without JavaScript."""
    quantity = request.form.get("quantity", 0, type=int)
    try:
        carts.change(current_shop(), token_of(request), request.form.get("key", ""), quantity)
    except CartError:
        abort(400)
    return redirect("/cart", 303)


@storefront.post("/cart/code")
def code() -> Response:
    """Take the code form: add a code, or take one off again."""
    shop, found = current_shop(), current_cart()
    gone = request.form.get("remove")
    kept = [known for known in found.codes if known != gone]
    if gone is None:
        kept = [request.form.get("code", ""), *kept]
    carts.set_codes(shop, found.token, kept)
    return bind(redirect("/cart", 303), found.token)


@storefront.get("/policies/privacy-policy")
def privacy_policy() -> Response:
    """Answer the platform's own address of the privacy policy."""
    return redirect("/pages/datenschutz")


@storefront.get("/pages/<name>")
def plain_page(name: str) -> str:
    """Show one of the plain pages; `sendung` holds the app's block for following a parcel."""
    if name not in PAGES:
        abort(404)
    return render_template("page.html", page="page", name=name)
