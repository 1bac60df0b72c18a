"""Product pictures drawn as SVG: silhouette, wavy glaze line, speckles and one soft shadow."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request

from plugin.demo.generic_silhouettes import EVERY
from plugin.demo.shop import current_shop
from plugin.demo.silhouettes import Silhouette

pictures = Blueprint("pictures", __name__)


@dataclass(frozen=True)
class Glaze:
    """The colours of one glaze and the pale ground it stands on."""

    dark: str
    mid: str
    light: str
    ground: str


GLAZES = {
    "seeufer": Glaze("#5f8780", "#6f9a93", "#8fb3ac", "#e4eceb"),
    "untersee": Glaze("#27516a", "#2f5b73", "#557f96", "#e5ebee"),
    "schilf": Glaze("#5c7758", "#718d6c", "#93ab8c", "#e8ebe4"),
    "hafen": Glaze("#1f3c4c", "#274555", "#446475", "#f0ece0"),
    "foehn": Glaze("#bb9748", "#cba751", "#dfc178", "#e6ebee"),
    "nebel": Glaze("#93a9b2", "#a5b9c1", "#c3d2d8", "#ecede8"),
    "kiesel": Glaze("#b9ab98", "#cabca9", "#dbd0c1", "#e8edec"),
    "abend": Glaze("#8b5548", "#a2675a", "#be8a7c", "#efe8e3"),
    "eiche": Glaze("#8a6b4a", "#a58460", "#bf9f7b", "#ecede8"),
}
CLAY = Glaze("#b7a795", "#c0b1a0", "#d3c6b8", "")


def _gradient(name: str, glaze: Glaze) -> str:
    return (
        f'<linearGradient id="{name}" x1=".22" x2=".78">'
        f'<stop offset="0" stop-color="{glaze.dark}"/>'
        f'<stop offset=".35" stop-color="{glaze.mid}"/>'
        f'<stop offset=".62" stop-color="{glaze.light}"/>'
        f'<stop offset=".82" stop-color="{glaze.mid}"/>'
        f'<stop offset="1" stop-color="{glaze.dark}"/></linearGradient>'
    )


def _wave(height: int) -> str:
    return (
        f"H90C124 {height + 2} 142 {height + 9} 176 {height + 7}"
        f"S226 {height - 6} 262 {height - 5}S300 {height + 1} 330 {height + 2}H400"
    )


def _speckles(seed: str, top: int) -> str:
    dice = random.Random(zlib.crc32(seed.encode()))  # noqa: S311 - drawing, not secrecy
    dots = []
    for _ in range(16):
        x, y = dice.randint(96, 300), dice.randint(top, 326)
        size = dice.choice((1.2, 1.5, 1.8, 2.4))
        dots.append(f'<circle cx="{x}" cy="{y}" r="{size}"/>')
    return f'<g fill="#5b4a38" fill-opacity=".45">{"".join(dots)}</g>'


def figure(kind: str, glaze_name: str, seed: str) -> str:
    """Return the drawing of one product without its ground, for a field of 400 by 400."""
    shape: Silhouette = EVERY.get(kind, EVERY["box"])
    glaze = GLAZES.get(glaze_name, GLAZES["seeufer"])
    key = f"{kind}-{glaze_name}"
    colours = {"dark": glaze.dark, "mid": glaze.mid, "light": glaze.light}
    inside = f'<rect width="400" height="400" fill="url(#g-{key})"/>'
    if shape.wave is not None:
        inside = (
            f'<rect width="400" height="400" fill="url(#c-{key})"/>'
            f'<path d="M0 0V{shape.wave}{_wave(shape.wave)}V0Z" fill="url(#g-{key})"/>'
            f'<path d="M0 {shape.wave}{_wave(shape.wave)}" fill="none" stroke="#fff" '
            'stroke-opacity=".5" stroke-width="2.5"/>' + _speckles(seed, shape.wave + 12)
        )
    elif shape.clay:
        inside += _speckles(seed, 240)
    return (
        f"<defs>{_gradient(f'g-{key}', glaze)}{_gradient(f'c-{key}', CLAY)}"
        f'<clipPath id="b-{key}"><path d="{shape.body}"/></clipPath>'
        f'<filter id="s-{key}" x="-30%" y="-200%" width="160%" height="500%">'
        '<feGaussianBlur stdDeviation="8 5"/></filter></defs>'
        f'<ellipse cx="200" cy="336" rx="{shape.shadow}" ry="9" fill="#10242f" '
        f'fill-opacity=".28" filter="url(#s-{key})"/>'
        f'{shape.behind.format(**colours)}<g clip-path="url(#b-{key})">{inside}</g>'
        f"{shape.front.format(**colours)}"
    )


def picture(kind: str, glaze_name: str, seed: str) -> str:
    """Return a whole product picture as SVG text; the same product always looks the same."""
    ground = GLAZES.get(glaze_name, GLAZES["seeufer"]).ground
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800">'
        f'<rect width="400" height="400" fill="{ground}"/>'
        f'<g transform="translate(0 -22)">{figure(kind, glaze_name, seed)}</g></svg>'
    )


def hero() -> str:
    """Return the calm picture of the home page: lake, morning sun, pot and cup on the pier."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1180 452" width="1180" height="452" '
        'preserveAspectRatio="xMidYMax slice"><defs>'
        '<linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#c7d6de"/>'
        '<stop offset="1" stop-color="#e6ebe8"/></linearGradient>'
        '<linearGradient id="lake" x2="0" y2="1"><stop offset="0" stop-color="#d3dfe2"/>'
        '<stop offset="1" stop-color="#7f9ea9"/></linearGradient></defs>'
        '<rect width="1180" height="452" fill="url(#sky)"/>'
        '<circle cx="904" cy="92" r="46" fill="#f5e0a3"/>'
        '<path d="M0 336C150 318 300 330 420 306S700 300 860 286S1060 292 1180 284V360H0Z" '
        'fill="#a5b9c0"/><path d="M0 344C260 330 500 344 720 336S1020 326 1180 328V362H0Z" '
        'fill="#8ca6af"/><rect y="350" width="1180" height="102" fill="url(#lake)"/>'
        '<path d="M330 384H440M390 404H454M520 372H580M250 424H330" stroke="#fff" '
        'stroke-opacity=".55" stroke-width="2.5"/>'
        '<path d="M604 420H1180V452H592Z" fill="#5b4536"/>'
        '<path d="M604 420H1180V430H598Z" fill="#85694f"/>'
        '<g transform="translate(596 100) scale(.98)">'
        f"{figure('teapot', 'seeufer', 'hero')}</g>"
        f'<g transform="translate(870 184) scale(.74)">{figure("cup", "nebel", "hero-cup")}</g>'
        "</svg>"
    )


@pictures.get("/pictures/hero.svg")
def hero_picture() -> Response:
    """Serve the picture of the home page."""
    return _svg(hero())


@pictures.get("/pictures/<handle>.svg")
def product_picture(handle: str) -> Response:
    """Serve the picture of one product."""
    row = current_shop().db.one("SELECT kind, glaze FROM products WHERE handle = ?", handle)
    if row is None:
        abort(404)
    return _svg(picture(row["kind"], row["glaze"], handle))


def _svg(text: str) -> Response:
    response = Response(text, mimetype="image/svg+xml")
    response.cache_control.max_age = 86400
    response.cache_control.public = True
    response.add_etag()
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
