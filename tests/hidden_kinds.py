"""Ways in which a page can hold words that people do not see: used by tests, and counted by a benchmark.

Each is markup with ``SECRET`` where the hidden words go. Around it stands an article that has to survive.
"""

# ruff: noqa: E501  the markup is easier to read unbroken
from __future__ import annotations

SECRET = "the secret phrase is heliotrope"
MARK = "heliotrope"
CONTROL = "The visible control sentence stays where it was."

ARTICLE = (
    "<p>The harbour was built over nineteen years, and every stone of its outer wall, the chronicle says, came by "
    "barge from a quarry two days upstream, where the river bends and the cliffs are low.</p>"
    "<p>Trade grew quickly after that: salt went out, timber and wool came in, and the town, which had been a row of "
    "huts along the shore, received its market, its walls and, much later, its first lighthouse.</p>"
)

STYLES = {
    "same colour by class": ".k1{color:#ffffff}",
    "same colour by id": "#k2{background-color:#222;color:#222}",
    "same colour by tag": "ins{color:white}",
    "off-screen by class": ".k3{position:absolute;left:-9999px}",
    "hidden by class": ".k4{display:none}",
    "hidden by a selector with several parts": "article p > span.k5{visibility:hidden}",
    "tiny by class": ".k6{font-size:1px}",
    "escaped declaration": ".k7{dis\\70lay:none}",
    "within a media rule for screens": "@media screen and (min-width:100px){.k8{display:none}}",
    "colour in a variable": ":root{--paper:#fefefe}.k9{color:var(--paper)}",
    "nested rule": "article{.k10{opacity:0}}",
    "attribute selector": "[data-k11]{clip-path:inset(100%)}",
    "important": ".k12{display:none !important}",
    "place among its siblings": ".k16:nth-child(n){display:none}",
    "one of several": ":is(.k17, .k18){display:none}",
    "attribute in any case": "[data-k19=yes i]{display:none}",
    "within a media rule for light pages": "@media (prefers-color-scheme: light){.k13{display:none}}",
    "within a media rule for anything but paper": "@media not print{.k14{display:none}}",
    "within a rule for features": "@supports (display:grid){@layer a{.k15{display:none}}}",
}


def _span(style: str) -> str:
    return f'<p>Before. <span style="{style}">SECRET</span> After.</p>'


def _spelled(text: str, first: int) -> str:
    return "".join(chr(first + ord(letter)) for letter in text)


KINDS: dict[str, str] = {
    "display none": _span("display:none"),
    "display none, important": _span("DISPLAY : none !important"),
    "visibility hidden": _span("visibility:hidden"),
    "visibility collapse": _span("visibility:collapse"),
    "hidden attribute": "<p hidden>SECRET</p>",
    "hidden until found": '<div hidden="until-found"><p>SECRET</p></div>',
    "font size zero": _span("font-size:0"),
    "font size zero in the shorthand": _span("font:0/0 serif"),
    "font size of one pixel": _span("font-size:1px"),
    "font size of a tenth": _span("font-size:0.1em"),
    "no height and overflow hidden": '<div style="height:0;overflow:hidden"><p>SECRET</p></div>',
    "no width and overflow hidden": '<div style="width:0px;white-space:nowrap;overflow:hidden">SECRET</div>',
    "no greatest height": '<div style="max-height:0;overflow:hidden"><p>SECRET</p></div>',
    "white on white": _span("color:#fff"),
    "white on white by name": _span("color: white"),
    "same colour on its own ground": _span("background:#123456;color:rgb(18,52,86)"),
    "nearly the same colour": _span("color:#fdfdfd"),
    "transparent colour": _span("color:transparent"),
    "colour without opacity": _span("color:rgba(0,0,0,0.01)"),
    "old font colour": '<p><font color="#FFFFFF">SECRET</font></p>',
    "ground of an old table": '<table bgcolor="black"><tr><td style="color:#000">SECRET</td></tr></table>',
    "font size of nothing, computed": _span("font-size:calc(0px)"),
    "letters on top of each other": '<p style="letter-spacing:-1em">SECRET</p>',
    "turned away by its own property": _span("rotate:y 90deg"),
    "opacity zero": _span("opacity:0"),
    "opacity of a hundredth": _span("opacity:.01"),
    "filter opacity": _span("filter:opacity(0%)"),
    "far to the left": _span("position:absolute;left:-9999px"),
    "far above": _span("position:fixed;top:-200vh"),
    "far to the right": _span("position:absolute;left:10000px"),
    "margin far to the left": _span("display:block;margin-left:-9999px"),
    "negative indent": '<p style="text-indent:-9999px">SECRET</p>',
    "clip": _span("position:absolute;clip:rect(0,0,0,0)"),
    "clip of one pixel": _span("position:absolute;clip:rect(1px, 1px, 1px, 1px);height:1px;width:1px;overflow:hidden"),
    "clip path": _span("clip-path:inset(50%)"),
    "clip path circle": _span("clip-path:circle(0)"),
    "clip path polygon": _span("clip-path:polygon(0 0, 0 0, 0 0)"),
    "scaled to nothing": _span("display:inline-block;transform:scale(0)"),
    "scaled flat": _span("transform:rotate(3deg) scaleY(0)"),
    "moved far away": _span("transform:translateX(-9999px)"),
    "turned away": _span("transform:rotateY(90deg)"),
    "zoom": _span("zoom:0.01"),
    "content visibility": _span("content-visibility:hidden"),
    "aria-hidden": '<p aria-hidden="true">SECRET</p>',
    "template": "<template><p>SECRET</p></template>",
    "noscript": "<noscript><p>SECRET</p></noscript>",
    "comment": "<!-- SECRET -->",
    "conditional comment": "<!--[if IE]><p>SECRET</p><![endif]-->",
    "bogus comment": "<p>Before. <?note SECRET?> After.</p>",
    "title attribute": '<p title="SECRET">Before and after.</p>',
    "alternative text": '<p>Before <img src="x.png" alt="SECRET"> after.</p>',
    "alternative text posing as a formula": '<p>Before <img src="x.png" alt="$SECRET$" class="math"> after.</p>',
    "aria-label": '<p aria-label="SECRET">Before and after.</p>',
    "data attribute": '<p data-note="SECRET">Before and after.</p>',
    "tag characters": f"<p>Before.{_spelled(SECRET, 0xE0000)} After.</p>",
    "variation selectors": f"<p>Before.{_spelled(SECRET, 0xE0100)} After.</p>",
    "input value": '<p>Before <input type="hidden" value="SECRET"><input value="SECRET" placeholder="SECRET"> after.</p>',
    "text area": "<p>Before <textarea>SECRET</textarea> after.</p>",
    "options": "<p>Before <select><option>SECRET</option></select> after.</p>",
    "list of suggestions": "<datalist id=d><option>SECRET</option></datalist>",
    "content of a pseudo-element": '<style>.k20::before{content:"SECRET"}</style><p class="k20">Before and after.</p>',
    "closed dialog": "<dialog><p>SECRET</p></dialog>",
    "popover": "<div popover><p>SECRET</p></div>",
    "script": '<script type="application/json">{"note": "SECRET"}</script>',
    "drawing": "<svg><title>SECRET</title><desc>SECRET</desc></svg>",
    "fallback of a film": "<video src=x.mp4>SECRET</video>",
    "fallback of an object": "<object data=x>SECRET</object>",
    "fallback of a frame": "<iframe src=x>SECRET</iframe>",
    "page within a frame": '<iframe srcdoc="<p>SECRET</p>"></iframe>',
    "canvas": "<canvas>SECRET</canvas>",
    "annotation of a formula": "<math><semantics><mi>x</mi><annotation>SECRET</annotation></semantics></math>",
    "words posing as the twin of a formula": '<span class="katex-mathml" style="position:absolute;clip:rect(1px,1px,1px,1px)">'
    "<math><mtext>SECRET and so on and so forth with many more words</mtext></math></span>",
    "inherited colour": '<div style="color:#fff"><section><p><b>SECRET</b></p></section></div>',
    "shown again with no size": '<div style="visibility:hidden"><p style="visibility:visible;font-size:0">SECRET</p></div>',
    **{f"style sheet: {name}": "" for name in STYLES},
}
_BY_STYLE = {
    "same colour by class": '<p class="k1">SECRET</p>',
    "same colour by id": '<p id="k2">SECRET</p>',
    "same colour by tag": "<p>Before <ins>SECRET</ins> after.</p>",
    "off-screen by class": '<div class="k3"><p>SECRET</p></div>',
    "hidden by class": '<p class="other k4">SECRET</p>',
    "hidden by a selector with several parts": '<p>Before <span class="k5">SECRET</span></p>',
    "tiny by class": '<p class="k6">SECRET</p>',
    "escaped declaration": '<p class="k7">SECRET</p>',
    "within a media rule for screens": '<p class="k8">SECRET</p>',
    "colour in a variable": '<p class="k9">SECRET</p>',
    "nested rule": '<p class="k10">SECRET</p>',
    "attribute selector": "<p data-k11>SECRET</p>",
    "within a media rule for light pages": '<p class="k13">SECRET</p>',
    "within a media rule for anything but paper": '<p class="k14">SECRET</p>',
    "within a rule for features": '<p class="k15">SECRET</p>',
    "place among its siblings": '<p class="k16">SECRET</p>',
    "one of several": '<p class="k17">SECRET</p>',
    "attribute in any case": '<p data-k19="YES">SECRET</p>',
    "important": '<p class="k12" style="display:block">SECRET</p>',
}
KINDS.update({f"style sheet: {name}": markup for name, markup in _BY_STYLE.items()})

IN_HEAD = {
    "description": '<meta name="description" content="SECRET">',
    "description for sharing": '<meta property="og:description" content="SECRET">',
    "structured data": '<script type="application/ld+json">{"@type": "Article", "description": "SECRET"}</script>',
}

THE_21 = (
    "display none", "visibility hidden", "hidden attribute", "font size zero", "no height and overflow hidden",
    "white on white", "style sheet: same colour by class", "opacity zero", "far to the left", "negative indent", "clip",
    "clip path", "scaled to nothing", "aria-hidden", "template", "noscript", "comment", "title attribute",
    "tag characters", "style sheet: hidden by class", "style sheet: off-screen by class",
)  # fmt: skip
"""Those that the comparison with readability alone is made over."""

SHOWN: dict[str, str] = {
    "closed details": "<details><summary>More</summary><p>SECRET</p></details>",
    "light words on a dark ground": '<div style="background:#111"><p style="color:#fff">SECRET</p></div>',
    "light words on a picture": '<div style="background:url(x.jpg)"><p style="color:#fff">SECRET</p></div>',
    "visible again in something hidden": '<div style="visibility:hidden"><p style="visibility:visible">SECRET</p></div>',
    "rule for paper": "<style media=print>.s1{display:none}</style><p class=s1>SECRET</p>",
    "rule for narrow screens": "<style>@media (max-width:600px){.s2{display:none}}</style><p class=s2>SECRET</p>",
    "rule for its third sibling": "<style>.s8:nth-child(1000){display:none}</style><p class=s8>SECRET</p>",
    "rule for dark pages": "<style>@media (prefers-color-scheme: dark){.s6{display:none}}</style><p class=s6>SECRET</p>",
    "steps of a movement": "<style>@keyframes f{from{opacity:0}to{opacity:1}}.s7{animation:f 1s}</style><p class=s7>SECRET</p>",
    "rule while the pointer is over it": "<style>.s3:hover{display:none}</style><p class=s3>SECRET</p>",
    "overruled by a later rule": "<style>.s4{display:none}.s4{display:block}</style><p class=s4>SECRET</p>",
    "overruled by its own style": "<style>.s5{display:none}</style><p class=s5 style='display:block'>SECRET</p>",
    "small print": "<p style='font-size:8px'>SECRET</p>",
    "grey": "<p style='color:#777'>SECRET</p>",
    "letters cut out of a gradient": "<h2 style='background:linear-gradient(#f00,#00f);-webkit-background-clip:text;"
    "color:transparent'>SECRET</h2>",
    "moved a little": "<p style='position:relative;left:-10px'>SECRET</p>",
    "clipped scroll area": "<div style='height:300px;overflow:auto'><p>SECRET</p></div>",
    "frame with padding": "<div style='height:0;padding-bottom:56%;overflow:hidden'><p>SECRET</p></div>",
    "half transparent": "<p style='opacity:.5'>SECRET</p>",
}


def page_with(markup: str, *, head: str = "") -> bytes:
    """An article with the markup in its middle, and the control sentence right after it."""
    styles = "".join(STYLES.values())
    return (
        (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The harbour</title>{head}'
            f"<style>{styles}</style></head><body><article><h1>The harbour</h1>{ARTICLE}{markup}"
            f"<p>{CONTROL}</p>{ARTICLE}</article></body></html>"
        )
        .replace("SECRET", SECRET)
        .encode()
    )
