"""Looks a page over: axe-core, sideways scroll, clipped text, small targets."""

from collections.abc import Iterable, Iterator
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Watch

AXE = Axe().axe_script
# WCAG 2.2 A and AA with what axe-core calls best practice; in the dark once more what depends on
# colours: the rest of the page is the same.
RULES: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
WIDTHS = (320, 390, 820, 1440, 1600)
AXE_WIDTHS = (1440, 390)
HEIGHT = 900

# A colour on its way from one theme to the other is nobody's contrast. A transition that another
# one takes the place of is never finished, but cancelled.
SETTLED = """async () => {
  const moving = () => document.getAnimations().filter(a => a instanceof CSSTransition);
  for (let now = moving(); now.length; now = moving()) {
    await Promise.allSettled(now.map(a => a.finished));
  }
}"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(box => { box.open = true })"
RUN_AXE = """async rules => {
  const found = await axe.run(document, {resultTypes: ["violations"], runOnly: rules});
  return found.violations.map(v => `${v.id}: ` + v.nodes.map(
    n => `${n.target.join(" ")} {${n.any.concat(n.all, n.none).map(c => c.message).join("; ")}}`
  ).join(", "));
}"""

# WCAG 1.4.12. A constructed sheet, because the content policy forbids an inline one.
TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }
"""
WEAR = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""

SIDEWAYS = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    e => e.getBoundingClientRect().right > room + 1 && !e.closest(".scroll-x, pre, .vh"));
  return wide.slice(-3).map(e => `sideways: ${e.localName}.${e.className.baseVal ?? e.className}`);
}"""
CLIPPED = """() => [...document.body.querySelectorAll("*")].filter(e => {
  const scrolls = "svg, .vh, .scroll-x, pre, input, textarea, select";
  if (e.closest(scrolls) || !e.checkVisibility()) return false;
  const style = getComputedStyle(e);
  const cuts = /hidden|clip/.test(style.overflow) || /paint|content|strict/.test(style.contain);
  const holds = e.matches("button, .btn, .chip, .tag, .camp, th, td, dt, dd, label, legend");
  if (!cuts && !holds) return false;
  return e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    || cuts && e.scrollHeight > e.clientHeight + 1;
}).map(e => `clipped: ${e.localName}.${e.className} “${e.textContent.trim().slice(0, 40)}”`)"""
# A link in a sentence may be as high as its line (WCAG 2.5.8, inline).
SMALL = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary"
)].filter(e => {
  if (!e.checkVisibility() || e.closest(".vh, .skip")) return false;
  if (getComputedStyle(e).display === "inline" && e.localName === "a") return false;
  const box = e.getBoundingClientRect();
  return box.width < 24 || box.height < 24;
}).map(e => `small target: ${e.localName}.${e.className} “${e.textContent.trim().slice(0, 40)}”`)"""


def accessibility(page: Page, watch: Watch) -> Iterator[str]:
    """What axe-core objects to, in both themes, on a screen and on a phone, everything opened."""
    assert watch.complaints == []
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE)
    for width in AXE_WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for theme, rules in RULES.items():
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            for violation in page.evaluate(RUN_AXE, rules):
                yield f"{theme} {width}: {violation}"
    # axe measures with inline styles, which the content policy refuses: no fault of the page.
    watch.complaints.clear()


def layout(page: Page, watch: Watch) -> Iterator[str]:
    """What does not fit: at every width, and with the text spaced as widely as readers may."""
    page.evaluate(OPEN_ALL)
    yield from fit(page, WIDTHS)
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    yield from page.evaluate(SMALL)
    page.evaluate(WEAR, TEXT_SPACING)
    yield from (f"spaced {problem}" for problem in fit(page, (320, 1440)))
    page.evaluate(WEAR, "")


def fit(page: Page, widths: Iterable[int]) -> Iterator[str]:
    """What scrolls sideways or is cut off at these widths, in CSS pixels."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for problem in page.evaluate(SIDEWAYS) + page.evaluate(CLIPPED):
            yield f"{width}: {problem}"
