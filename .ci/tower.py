"""A supervisor at work in a browser: a board that moves, a case moved, a rule tried and toggled, figures, a signature; see `console` beside this."""

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from pages import nothing_wrong, signed_in, write

browser_path, host, phones, kept = sys.argv[1:]
Path(kept).mkdir(parents=True, exist_ok=True)
# Phones of whoever tries the demo.
FIRST, SECOND, NUMBER = "573105550199", "573105550100", "106540352242922"

expect.set_options(timeout=20_000)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
    wrong = []

    # Nobody is let in without a session, and whoever is let in finds the way.
    stranger = browser.new_context(locale="es-CO").new_page()
    stranger.goto(f"{host}/console/tower")
    stranger.wait_for_url("**/sign-in")
    marta = signed_in(browser, host, "marta", wrong)
    marta.goto(f"{host}/console")
    marta.get_by_role("link", name="Torre de control").click()
    expect(marta.get_by_role("heading", name="Colas")).to_be_visible()
    waits = lambda queue: marta.locator(f"[data-waiting={queue}]")
    before = int(waits("ventas").inner_text())
    nothing_wrong(marta, "the board", kept)

    # The board moves by itself.
    write(phones, FIRST, NUMBER, "Quiero hablar con una persona")
    expect(waits("ventas")).to_have_text(str(before + 1))

    # A case that was marked, and a reason: looked at, and moved.
    rows = marta.locator("#cases tbody tr", has_text="0199")
    expect(rows).to_have_count(1)
    rows.get_by_role("checkbox").press("Space")
    marta.wait_for_timeout(2_500)
    expect(rows.get_by_role("checkbox")).to_be_checked()
    marta.get_by_label("A dónde").select_option("queue/pedidos")
    marta.get_by_label("Por qué (lo lee").fill("Pregunta por su pedido")
    marta.get_by_role("button", name="Ver qué pasaría").press("Enter")
    expect(marta.locator("#preview")).to_contain_text("Casos que se moverían: 1 → pedidos")
    nothing_wrong(marta, "a move that is looked at", kept)
    marta.get_by_role("button", name="Mover", exact=True).press("Enter")
    expect(waits("pedidos")).to_have_text("1")
    expect(waits("ventas")).to_have_text(str(before))
    expect(marta.locator("#moves")).to_contain_text("Pregunta por su pedido")
    expect(marta.locator("#moves")).to_contain_text("1 / 1")

    # A rule goes into the shadow, and what it would have done is counted.
    marta.get_by_role("link", name="Reglas", exact=True).click()
    rule = marta.locator("[data-rule='campaña-diciembre']")
    expect(rule).to_contain_text("apagada")
    nothing_wrong(marta, "the rules", kept)
    rule.get_by_role("link").click()
    marta.get_by_label("en sombra").check()
    marta.locator("main").get_by_label("Por qué").fill("Antes de diciembre, a ver qué diría")
    nothing_wrong(marta, "a rule", kept)
    marta.get_by_role("button", name="Aplicar").click()
    expect(marta.locator("#rule-mode")).to_have_text("en sombra")
    expect(marta.locator("#rule-head")).to_contain_text("La movió Marta Díaz")
    write(phones, SECOND, NUMBER, "¿Tienen algún descuento?")
    expect(marta.locator("#rule-facts")).to_contain_text("preguntada 1")

    # What it would have done with the past.
    marta.get_by_label("Como si estuviera").select_option("live")
    marta.get_by_role("button", name="Probar").click()
    expect(marta.locator("#trial")).to_contain_text("terminada")
    expect(marta.locator("#trial")).to_contain_text("Decisiones")
    nothing_wrong(marta, "a trial", kept)

    # One click and a reason, and it is as it was signed.
    marta.locator("#rule-head").get_by_role("button", name="Volver a lo firmado").click()
    nothing_wrong(marta, "a return")
    marta.get_by_role("dialog").get_by_label("Por qué").fill("Ya vimos")
    marta.get_by_role("dialog").get_by_role("button", name="Volver a lo firmado").click()
    expect(marta.locator("#rule-mode")).to_have_text("apagada")

    # What protects customers is not switched off by whoever may merely move rules; she reads by whom.
    marta.get_by_role("link", name="Reglas", exact=True).click()
    expect(marta.get_by_text("lo apaga solo Ricardo Salazar")).to_be_visible()
    expect(marta.get_by_role("switch", name="atención")).to_have_count(0)
    expect(marta.get_by_role("switch", name="enrutamiento")).to_be_checked()

    # Figures: what one means is a click away, and so is the file.
    marta.get_by_role("link", name="Indicadores", exact=True).click()
    expect(marta.get_by_role("link", name="Tiempo de primera respuesta (FRT)")).to_be_visible()
    nothing_wrong(marta, "the figures", kept)
    marta.get_by_role("link", name="Casos que esperaron a una persona").click()
    marta.get_by_text("Cómo se cuenta").click()
    expect(marta.get_by_text("Fórmula")).to_be_visible()
    expect(marta.locator("svg.chart")).to_be_visible()
    marta.locator("select[name=by]").select_option("queue")
    marta.get_by_role("button", name="Ver", exact=True).click()
    expect(marta.get_by_role("cell", name="ventas").first).to_be_visible()
    nothing_wrong(marta, "a figure", kept)
    with marta.expect_download() as file:
        marta.get_by_role("link", name="Descargar CSV").click()
    assert "cases-queued" in Path(file.value.path()).read_text(), "the file of a figure"

    # What somebody proposes is there at once, and she signs it for the row of which she has the last word.
    marta.get_by_role("link", name="Aprobaciones", exact=True).click()
    expect(marta.get_by_role("link", name="pedido_en_camino")).to_be_visible()
    ricardo = signed_in(browser, host, "ricardo", wrong)
    ricardo.goto(f"{host}/console/approvals")
    answers = [{"words": ["cupón"], "text": {"es": "Los cupones se usan en caja."}}]
    content = {"rule": "cupones", "set": "atención", "plugin": "quick-answers", "settings": {"answers": answers}, "mode": "live"}
    told = ricardo.evaluate(
        """asked => fetch("/api/v1/proposals", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) })
            .then(told => told.status)""",
        {"kind": "rule", "content": content, "reason": "Cada día preguntan por los cupones"},
    )
    assert told == 202, told
    row = marta.locator("tbody tr", has_text="cupones")
    expect(row).to_contain_text("le toca a usted")
    nothing_wrong(marta, "the approvals", kept)
    row.get_by_role("link").click()
    expect(marta.locator("main")).to_contain_text("Los cupones se usan en caja.")
    nothing_wrong(marta, "a proposal", kept)
    marta.get_by_role("button", name="Firmar").press("Enter")
    expect(marta.locator("#approval-facts")).to_contain_text("Firmas")
    expect(marta.get_by_role("button", name="Firmar")).to_have_count(0)

    # Who wrote it does not sign it, and reads that she did.
    ricardo.goto(marta.url)
    expect(ricardo.get_by_role("button", name="Firmar")).to_have_count(0)
    expect(ricardo.locator("#approval-facts")).to_contain_text("Marta Díaz")

    # Whoever steers stops everything, and everybody sees it at once.
    marta.get_by_role("button", name="Detener envíos").click()
    nothing_wrong(marta, "a stop")
    marta.get_by_role("dialog").get_by_label("Por qué").fill("Prueba de parada")
    marta.get_by_role("dialog").get_by_role("button", name="Detener envíos").click()
    expect(marta.get_by_role("alert")).to_contain_text("ENVÍOS DETENIDOS")
    expect(ricardo.get_by_role("alert")).to_contain_text("Prueba de parada · Marta Díaz")
    nothing_wrong(ricardo, "stopped", kept)
    ricardo.get_by_role("button", name="Reanudar envíos").click()
    ricardo.get_by_role("dialog").get_by_role("button", name="Reanudar envíos").click()
    expect(marta.get_by_role("alert")).to_have_count(0)

    # Whom no row names is told which one refuses, and which roles could; somebody of another company not who that is.
    norte = signed_in(browser, host, "agencia-norte", wrong)
    norte.goto(f"{host}/console/rules")
    expect(norte.get_by_role("heading", name="Esta página no es suya")).to_be_visible()
    expect(norte.get_by_text("supervisor").first).to_be_visible()
    expect(norte.get_by_text("Ricardo Salazar")).to_have_count(0)
    nothing_wrong(norte, "refused", kept)

    # In the language of whoever reads.
    rafaela = signed_in(browser, host, "rafaela", wrong, "pt-BR")
    rafaela.goto(f"{host}/console/tower")
    expect(rafaela.get_by_role("heading", name="Filas")).to_be_visible()
    expect(rafaela.locator("[data-waiting=ventas]")).to_have_count(0)
    nothing_wrong(rafaela, "the board of somebody with a scope", kept)

    assert not wrong, wrong
    browser.close()
print("a supervisor steered the company in a browser; axe found nothing")
