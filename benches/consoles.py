"""An agent's page in a real browser, for `benches consoles --browser "python3 benches/consoles.py"`: how soon it is there, how much of the
network it takes, and how it goes with a conversation of thousands of messages. Needs Playwright and a Chromium (CHROMIUM names it)."""

import json
import os
import shutil
import sys

from playwright.sync_api import sync_playwright

host, cookie, conversation, looked_for = sys.argv[1:]
name, value = cookie.split("=", 1)
BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium")

# Tasks that keep the page from answering, from 50 ms on (W3C Long Tasks).
WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((all) => { for (const one of all.getEntries()) window.longest = Math.max(window.longest, one.duration); }).observe({ type: "longtask" });
}"""
TRANSFERRED = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .reduce((sum, one) => sum + one.transferSize, 0) / 1024"""

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
    context = browser.new_context(locale="es-CO")
    context.add_cookies([{"name": name, "value": value, "url": host}])
    page = context.new_page()
    # The program is in memory by then, as it is for whoever opens it every morning; nothing of the page is kept.
    page.goto(f"{host}/sign-in")
    page.goto(f"{host}/console")
    page.locator("#list button").first.wait_for()
    own = page.evaluate("performance.now()")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    begun = page.evaluate("performance.now()")
    page.locator("#tab-waiting").click()
    page.locator("#list button:nth-child(1)").nth(49).wait_for()
    waiting = page.evaluate("performance.now()") - begun
    transferred = page.evaluate(TRANSFERRED)

    page.locator("#tab-mine").click()
    page.evaluate(WATCH)
    page.locator(f"[data-conversation='{conversation}']").click()
    earlier, messages = page.locator("#earlier"), page.locator("#messages")
    messages.locator("li").first.wait_for()
    while earlier.is_visible():
        before = messages.locator("li").count()
        earlier.click()
        page.wait_for_function("before => document.querySelectorAll('#messages li').length > before || document.getElementById('earlier').hidden", arg=before)
    opened = {
        "first paint": paint,
        "own cases on screen": own,
        "50 of those that wait on screen": waiting,
        "transferred until then": transferred,
        "messages of the long conversation on screen": messages.locator("li").count(),
        "longest task while all of it was loaded": page.evaluate("window.longest"),
    }
    page.evaluate("""() => {
      window.longest = 0;
      window.seen = [];
      new MutationObserver((all) => {
        const added = all.reduce((sum, one) => sum + one.addedNodes.length, 0);
        // On the screen it is when the frame that shows it has been drawn.
        if (added) requestAnimationFrame(() => setTimeout(() => { for (let n = 0; n < added; n++) window.seen.push(Date.now()); }));
      }).observe(document.getElementById("messages"), { childList: true });
      document.getElementById("messages").scrollTop = 1e9;
    }""")
    print(json.dumps(opened), flush=True)
    page.wait_for_function("wanted => window.seen.length >= wanted", arg=int(looked_for), timeout=60_000)
    print(json.dumps({"seen": page.evaluate("window.seen"), "longest task": page.evaluate("window.longest")}), flush=True)
    browser.close()
