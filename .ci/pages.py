"""What every story in a browser does: writes as a customer, signs in, and finds nothing wrong with a page."""

import json
import re
import urllib.request
from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def write(phones, phone, number, text):
    send(phones, phone, number, "say", text=text)


def send(phones, phone, number, what, **more):
    act = {"phone": phone, "number": number, "act": what, **more}
    request = urllib.request.Request(
        f"{phones}/page/act", json.dumps(act).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request)


def signed_in(browser, host, person, wrong, locale="es-CO"):
    """A page of somebody's, in a browser of their own. What breaks the rules of the page is kept in `wrong`."""
    page = browser.new_context(locale=locale).new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{host}/sign-in")
    signed = page.evaluate("person => fetch(`/demo/sign-in/${person}`, { method: 'POST' }).then(told => told.status)", person)
    assert signed == 204, f"{person}: {signed}"
    return page


def nothing_wrong(page, state, kept=None):
    """In light and dark, on a desk and on a phone: axe finds nothing and nothing has to be scrolled to the side. Pictures go to `kept`."""
    for scheme in ["light", "dark"]:
        for width, height in [(1200, 800), (360, 700)]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(AXE)
            found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
            found = [(one["id"], one["help"], [node["html"][:100] for node in one["nodes"]]) for one in found]
            assert not found, f"{state}, {scheme}, {width} px: {found}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{state}, {scheme}: {wide} px on {width}"
            if kept:
                name = re.sub(r"\W+", "-", state)
                page.screenshot(path=f"{kept}/{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1200, "height": 800})
