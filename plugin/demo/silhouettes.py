"""One drawn silhouette per kind of product, on a field of 400 by 400, ground at y = 332."""

from __future__ import annotations

from dataclasses import dataclass

WOOD = "#5b4a38"
PAPER = "#faf6ee"
STEEL = "#8d999e"


@dataclass(frozen=True)
class Silhouette:
    """A body filled with glaze (and clay below the wave), with parts behind and in front.

    `behind` and `front` are SVG with the colours {dark}, {mid}, {light} of the glaze. `wave` is
    the height of the glaze's lower edge; None glazes the whole body. `shadow` is half its width.
    """

    body: str
    wave: int | None
    shadow: int
    behind: str = ""
    front: str = ""
    clay: bool = True


def _rim(x: int, y: int, half: int, high: int) -> str:
    return (
        f'<ellipse cx="{x}" cy="{y}" rx="{half}" ry="{high}" fill="{{mid}}"/>'
        f'<ellipse cx="{x}" cy="{y + 1}" rx="{half - 6}" ry="{high - 3}" fill="{{dark}}"/>'
        f'<ellipse cx="{x}" cy="{y + 1}" rx="{half - 6}" ry="{high - 3}" fill="#10242f" '
        'fill-opacity=".28"/>'
    )


def _label(x: int, y: int, wide: int, high: int) -> str:
    ink = 'stroke="#1d3f52" stroke-width="3"'
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{PAPER}"/>'
        f'<path d="M{x + 10} {y + 16}h{wide - 20}M{x + 10} {y + 28}h{wide // 2 - 12}'
        f'M{x + 10} {y + high - 16}h{wide - 36}" {ink} fill="none"/>'
    )


_TEAPOT = Silhouette(
    body="M92 250C92 200 138 168 184 168S276 200 276 250C276 302 236 334 184 334S92 302 92 250Z",
    wave=238,
    shadow=98,
    behind=(
        f'<path d="M116 208C114 118 142 92 184 92S254 118 252 208" fill="none" stroke="{WOOD}" '
        'stroke-width="10"/>'
        '<path d="M262 300C308 292 318 240 338 198L320 188C304 226 296 246 262 262Z" '
        'fill="{dark}"/>'
    ),
    front=(
        '<path d="M132 180C152 156 168 150 184 150S216 156 236 180C214 190 154 190 132 180Z" '
        'fill="{mid}"/><path d="M132 180C154 190 214 190 236 180" fill="none" stroke="#10242f" '
        'stroke-opacity=".35" stroke-width="2"/><circle cx="184" cy="138" r="11" fill="{mid}"/>'
        '<circle cx="188" cy="134" r="4" fill="#fff" fill-opacity=".5"/>'
    ),
)

_MUG_EAR = (
    '<path d="M252 232C292 224 300 252 294 274C288 300 268 306 250 302" fill="none" '
    'stroke="{dark}" stroke-width="14"/>'
)

_TIN = Silhouette(
    body="M142 196H258V324Q258 332 250 332H150Q142 332 142 324Z",
    wave=None,
    shadow=84,
    clay=False,
    front=(
        '<rect x="136" y="168" width="128" height="32" rx="4" fill="#c79a34"/>'
        '<rect x="200" y="168" width="34" height="32" fill="#e0bb62" fill-opacity=".6"/>'
        + _label(158, 226, 84, 74)
    ),
)

SILHOUETTES: dict[str, Silhouette] = {
    "teapot": _TEAPOT,
    "cup": Silhouette(
        "M150 218L160 318Q162 332 176 332H224Q238 332 240 318L250 218Z",
        262,
        66,
        front=_rim(200, 218, 50, 9),
    ),
    "mug": Silhouette(
        "M142 206V312Q144 332 164 332H236Q256 332 258 312V206Z",
        262,
        84,
        behind=_MUG_EAR,
        front=_rim(200, 206, 58, 10),
    ),
    "bowl": Silhouette(
        "M104 220C106 276 140 314 176 324V332H224V324C260 314 294 276 296 220Z",
        268,
        88,
        front=_rim(200, 220, 96, 13),
    ),
    "plate": Silhouette(
        "M88 292C100 314 140 328 170 330H230C260 328 300 314 312 292Z",
        312,
        108,
        front=_rim(200, 292, 112, 17),
    ),
    "vase": Silhouette(
        "M176 124C182 150 182 168 170 188C140 214 130 244 130 276C130 312 152 332 184 332H216"
        "C248 332 270 312 270 276C270 244 260 214 230 188C218 168 218 150 224 124Z",
        222,
        84,
        front=_rim(200, 124, 24, 6),
    ),
    "jug": Silhouette(
        "M152 150C150 190 134 220 134 264C134 310 156 332 182 332H220C246 332 266 310 266 264"
        "C266 220 250 190 248 150L262 142L244 138Q200 128 152 150Z",
        236,
        84,
        behind=(
            '<path d="M146 176C96 176 96 262 136 276" fill="none" stroke="{dark}" '
            'stroke-width="13"/>'
        ),
        front=_rim(200, 149, 48, 9),
    ),
    "tin": _TIN,
    "packet": Silhouette(
        "M138 176L146 160H254L262 176V324Q262 332 254 332H146Q138 332 138 324Z",
        None,
        84,
        clay=False,
        front=(
            '<path d="M138 176H262" stroke="#10242f" stroke-opacity=".3" stroke-width="2"/>'
            '<rect x="180" y="152" width="40" height="14" rx="2" fill="{dark}"/>'
            + _label(158, 212, 84, 84)
        ),
    ),
    "box": Silhouette(
        "M116 224H284V332H116Z",
        None,
        100,
        clay=False,
        front=(
            '<path d="M116 224L136 200H264L284 224Z" fill="{dark}"/>'
            '<path d="M192 200H208V332H192Z" fill="#d9a93a"/>' + _label(134, 248, 46, 60)
        ),
    ),
    "jar": Silhouette(
        "M146 212Q146 200 158 200H242Q254 200 254 212V318Q254 332 240 332H160Q146 332 146 318Z",
        None,
        76,
        clay=False,
        front=(
            f'<rect x="150" y="176" width="100" height="28" rx="4" fill="{PAPER}"/>'
            '<path d="M150 190H250" stroke="#10242f" stroke-opacity=".2" stroke-width="2"/>'
            + _label(162, 234, 76, 66)
        ),
    ),
    "whisk": Silhouette(
        "M182 136H218V236H182Z",
        None,
        52,
        clay=False,
        front=(
            '<path d="M182 236C150 262 148 300 156 332H244C252 300 250 262 218 236Z" '
            'fill="{light}"/><path d="M190 240L172 330M200 240V330M210 240L228 330M184 244L160 328'
            'M216 244L240 328" stroke="{dark}" stroke-width="2"/>'
            '<path d="M182 232H218" stroke="#10242f" stroke-width="4"/>'
        ),
    ),
    "spoon": Silhouette(
        "M194 110H206L208 262H192Z",
        None,
        44,
        clay=False,
        front=(
            '<ellipse cx="200" cy="294" rx="26" ry="38" fill="{mid}"/>'
            '<ellipse cx="200" cy="292" rx="18" ry="28" fill="{dark}" fill-opacity=".5"/>'
        ),
    ),
    "strainer": Silhouette(
        "M152 220H248L236 322Q234 332 224 332H176Q166 332 164 322Z",
        None,
        66,
        clay=False,
        behind=(
            f'<path d="M244 222H320" stroke="{STEEL}" stroke-width="9" stroke-linecap="round"/>'
        ),
        front=(
            '<path d="M166 240L234 318M190 232L240 286M160 270L214 330M234 240L166 318M210 232'
            'L160 286M240 270L186 330" stroke="#fff" stroke-opacity=".55" stroke-width="2"/>'
            f'<ellipse cx="200" cy="220" rx="52" ry="9" fill="{STEEL}"/>'
            '<ellipse cx="200" cy="221" rx="45" ry="6" fill="#5d6a70"/>'
        ),
    ),
    "warmer": Silhouette(
        "M124 252H276L264 320Q262 332 250 332H150Q138 332 136 320Z",
        300,
        92,
        front=(
            '<path d="M178 330V304Q178 282 200 282T222 304V330Z" fill="#10242f" '
            'fill-opacity=".75"/><path d="M200 298C208 308 208 318 200 324C192 318 192 308 200 '
            '298Z"'
            ' fill="#f3cf73"/>' + _rim(200, 252, 76, 11)
        ),
    ),
    "candle": Silhouette(
        "M146 222L156 320Q158 332 170 332H230Q242 332 244 320L254 222Z",
        None,
        70,
        front=(
            '<path d="M158 268C172 256 184 280 198 268S226 280 242 268M162 296C176 284 188 308 202 '
            '296S226 308 240 296" stroke="#f7dd97" stroke-width="6" fill="none"/>'
            + _rim(200, 222, 54, 10)
        ),
    ),
    "tray": Silhouette(
        "M70 292H330L314 326Q311 332 304 332H96Q89 332 86 326Z",
        None,
        126,
        clay=False,
        front=(
            '<path d="M70 292H330L322 282H78Z" fill="{light}"/>'
            '<path d="M92 302H130M270 302H308" stroke="#2f2418" stroke-width="7" '
            'stroke-linecap="round"/>'
        ),
    ),
    "cloth": Silhouette(
        "M120 170H280V326L260 332L240 326L220 332L200 326L180 332L160 326L140 332L120 326Z",
        None,
        84,
        clay=False,
        front=(
            '<path d="M120 214H280M120 224H280" stroke="#fff" stroke-opacity=".55" '
            'stroke-width="4"/><path d="M120 280C147 268 173 292 200 280S253 292 280 280" '
            'stroke="#d9a93a" stroke-width="5" fill="none"/>'
            f'<rect x="104" y="160" width="192" height="12" rx="6" fill="{WOOD}"/>'
        ),
    ),
    "card": Silhouette(
        "M96 206H304V332H96Z",
        None,
        112,
        clay=False,
        front=(
            '<path d="M110 220H290V318H110Z" fill="none" stroke="#fff" stroke-opacity=".5" '
            'stroke-width="2"/><path d="M136 282C157 270 179 294 200 282S243 294 264 282" '
            'stroke="#d9a93a" stroke-width="5" fill="none"/>'
            '<path d="M136 246H216" stroke="#fff" stroke-width="6"/>'
        ),
    ),
    "set": Silhouette(
        _TEAPOT.body,
        _TEAPOT.wave,
        118,
        behind=_TEAPOT.behind,
        front=(
            _TEAPOT.front
            + '<path d="M262 268L268 324Q269 332 278 332H314Q323 332 324 324L330 268Z"'
            ' fill="#c6b8a6"/><path d="M262 268L266 300C286 306 306 294 327 300L330 268Z" '
            'fill="{mid}"/>' + _rim(296, 268, 34, 7)
        ),
    ),
}
