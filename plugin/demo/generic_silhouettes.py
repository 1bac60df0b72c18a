"""Silhouettes for products that are known by name alone, on the same field of 400 by 400."""

from __future__ import annotations

from plugin.demo.silhouettes import PAPER, SILHOUETTES, WOOD, Silhouette

GENERIC: dict[str, Silhouette] = {
    "heart": Silhouette(
        "M200 330C140 286 112 252 112 214C112 184 134 166 158 166C178 166 192 178 200 194"
        "C208 178 222 166 242 166C266 166 288 184 288 214C288 252 260 286 200 330Z",
        None,
        56,
        behind=(
            f'<path d="M200 194C180 150 190 112 200 96C210 112 220 150 200 194" fill="none" '
            f'stroke="{WOOD}" stroke-width="4"/>'
        ),
        front='<circle cx="200" cy="246" r="22" fill="#10242f" fill-opacity=".18"/>'
        '<path d="M200 232C208 242 208 254 200 260C192 254 192 242 200 232Z" fill="#f3cf73"/>',
    ),
    "lantern": Silhouette(
        "M146 190H254V332H146Z",
        None,
        74,
        clay=False,
        behind=(
            f'<path d="M164 152C164 104 236 104 236 152" fill="none" stroke="{WOOD}" '
            'stroke-width="6"/>'
        ),
        front=(
            '<path d="M136 190L168 150H232L264 190Z" fill="{dark}"/>'
            '<path d="M162 206H238V316H162Z" fill="#fbf3da"/>'
            '<path d="M188 316V262H212V316Z" fill="#fff"/>'
            '<path d="M200 228C210 242 210 252 200 260C190 252 190 242 200 228Z" fill="#e4ad35"/>'
        ),
    ),
    "bag": Silhouette(
        "M128 206H272L288 318Q290 332 276 332H124Q110 332 112 318Z",
        None,
        96,
        clay=False,
        behind=(
            '<path d="M160 210C160 130 240 130 240 210" fill="none" stroke="{dark}" '
            'stroke-width="10"/>'
        ),
        front=(
            '<g fill="#fff" fill-opacity=".6"><circle cx="160" cy="244" r="9"/>'
            '<circle cx="200" cy="262" r="9"/><circle cx="240" cy="244" r="9"/>'
            '<circle cx="160" cy="292" r="9"/><circle cx="240" cy="292" r="9"/>'
            '<circle cx="200" cy="310" r="9"/></g>'
        ),
    ),
    "clock": Silhouette(
        "M200 152A90 90 0 1 1 199.9 152Z",
        None,
        62,
        clay=False,
        front=(
            f'<circle cx="200" cy="242" r="70" fill="{PAPER}"/>'
            '<path d="M200 242V196M200 242L232 260" stroke="#1d3f52" stroke-width="6" '
            'stroke-linecap="round"/><circle cx="200" cy="242" r="6" fill="#d9a93a"/>'
        ),
    ),
    "sign": Silhouette(
        "M92 204H308V300H92Z",
        None,
        100,
        clay=False,
        behind=f'<path d="M124 204L200 128L276 204" fill="none" stroke="{WOOD}" stroke-width="4"/>',
        front=(
            f'<path d="M104 216H296V288H104Z" fill="{PAPER}"/>'
            '<path d="M126 242H274M150 266H250" stroke="#1d3f52" stroke-width="7"/>'
        ),
    ),
    "paper": Silhouette(
        "M124 190H276V332H124Z",
        None,
        84,
        clay=False,
        behind='<path d="M140 176H292V318H140Z" fill="{dark}"/>',
        front=(
            '<path d="M124 230C149 218 175 242 200 230S251 242 276 230M124 276C149 264 175 288 200 '
            '276S251 288 276 276" stroke="#fff" stroke-opacity=".6" stroke-width="5" fill="none"/>'
        ),
    ),
    "tile": Silhouette(
        "M116 180H284V332H116Z",
        256,
        96,
        front='<path d="M116 180H284V332H116Z" fill="none" stroke="#fff" stroke-opacity=".4" '
        'stroke-width="4"/>',
    ),
}

EVERY = SILHOUETTES | GENERIC
