"""An agent at work in a browser, from the customer's first words to the end of the case; see `console` beside this."""

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from pages import nothing_wrong, send, signed_in
from pages import write as say

browser_path, host, phones, kept = sys.argv[1:]
Path(kept).mkdir(parents=True, exist_ok=True)
# A phone of whoever tries the demo.
PHONE, NUMBER, NAME = "573105550199", "106540352242922", "Usted, en Bogotá"

# What a list told before it was looked at whole: near the rest, and far beyond it.
THREAD = """async () => {
  const { thread } = await import("/console/thread.js");
  const box = document.createElement("ol");
  const item = (one) => Object.assign(document.createElement("li"), { textContent: one.version });
  const line = (version) => ({ version, message: `m${version}`, at: "2026-11-27T12:00:00Z" });
  const lines = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => line(from + n));
  const shown = () => [...box.children].map((one) => Number(one.textContent));
  const said = thread({ box, message: item, remark: item });
  said.latest({ messages: lines(51, 100), remarks: [], more: true });
  said.coming(line(103));
  said.latest({ messages: lines(54, 103), remarks: [], more: true });
  const near = shown();
  said.coming(line(300));
  said.latest({ messages: lines(251, 300), remarks: [], more: true });
  return [near, shown(), said.first()];
}"""


def write(text):
    say(phones, PHONE, NUMBER, text)


expect.set_options(timeout=20_000)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
    context = browser.new_context(locale="es-CO")
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)

    page.goto(f"{host}/console")
    page.wait_for_url("**/sign-in")
    expect(page.get_by_label("Persona")).to_be_visible()
    nothing_wrong(page, "signing in")

    page.evaluate("fetch('/demo/sign-in/andrea', { method: 'POST' })")
    page.wait_for_timeout(500)
    page.goto(f"{host}/console")
    expect(page.get_by_role("tab", name="Míos")).to_be_visible()
    page.get_by_label("Estado").select_option("available")
    expect(page.locator("#load")).to_have_text("0 / 3")
    nothing_wrong(page, "an empty list")

    write("Quiero hablar con una persona")
    row = page.get_by_role("button", name=NAME)
    expect(row).to_be_visible()
    # All of it by keyboard.
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=NAME)).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("Quiero hablar con una persona")
    expect(page.locator("#text")).to_be_hidden()
    nothing_wrong(page, "a case that was given")
    page.get_by_role("button", name="Aceptar").press("Enter")
    text = page.get_by_label("Mensaje al cliente")
    expect(text).to_be_focused()

    # What is being written survives a reload and a lost connection.
    text.fill("Buenos días, soy")
    page.reload()
    page.get_by_role("button", name=NAME).press("Enter")
    expect(text).to_be_focused()
    expect(text).to_have_value("Buenos días, soy")
    text.press_sequentially(" Andrea")
    context.set_offline(True)
    text.press("Enter")
    expect(page.locator("#said")).to_contain_text("Sin conexión")
    expect(text).to_have_value("Buenos días, soy Andrea")
    context.set_offline(False)
    text.press("Enter")
    ours = page.locator("#messages li.ours", has_text="Buenos días, soy Andrea")
    expect(ours).to_have_count(1)
    expect(text).to_have_value("")
    expect(ours).to_contain_text("leído")

    # What was said is found again, without its accent.
    page.get_by_role("searchbox").fill("buenos dias")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#found")).to_contain_text("Buenos días, soy Andrea")
    nothing_wrong(page, "what was found", kept)
    page.locator("#found button").first.click()
    expect(text).to_be_focused()
    page.get_by_role("searchbox").press("Escape")
    expect(page.locator("#list")).to_be_visible()
    text.focus()

    # A quick reply, called up by its name and sent by Enter.
    text.press_sequentially("/desp")
    expect(page.locator("#replies")).to_contain_text("/despedida")
    nothing_wrong(page, "quick replies", kept)
    text.press("Escape")
    expect(page.locator("#replies")).to_be_hidden()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    text.press_sequentially("e")
    text.press("Enter")
    expect(text).to_have_value(f"Con mucho gusto, {NAME}. Cualquier cosa, aquí estamos.")
    text.press("Enter")
    expect(page.locator("#messages li.ours", has_text="Cualquier cosa, aquí estamos.")).to_contain_text("leído")

    # A file, with words under it.
    page.locator("#file").set_input_files({"name": "precios.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"0" * 400})
    expect(page.locator("#attached")).to_contain_text("precios.pdf")
    nothing_wrong(page, "a file")
    text.fill("Nuestros precios")
    text.press("Enter")
    expect(page.locator("#messages li.ours", has_text="Nuestros precios")).to_contain_text("leído")
    expect(page.locator("#attached")).to_be_empty()

    # A template, seen as its reader will before it leaves.
    page.get_by_role("button", name="Plantilla").click()
    expect(page.locator("#template option").first).to_be_attached()
    # What she never agreed to hear of is not offered.
    expect(page.locator("#template option")).to_have_count(2)
    page.locator("#template").select_option(label="pedido_listo · es_CO · avisos")
    for gap in page.locator("#template-gaps input").all():
        gap.fill("ET-2041")
    expect(page.locator("#template-shown")).to_contain_text("su pedido ET-2041 está listo")
    nothing_wrong(page, "a template that is filled in", kept)
    page.locator("#template-now").click()
    # In the words in which it was read, and not by the name that only Meta knows.
    expect(page.locator("#messages li.ours", has_text="su pedido ET-2041 está listo")).to_contain_text("leído")

    # One with a picture above and a link of her own. What cannot leave stays as it was filled in.
    page.get_by_role("button", name="Plantilla").click()
    page.locator("#template").select_option(label="guia_de_envio · es_CO · avisos")
    page.get_by_label("Imagen de arriba").set_input_files({"name": "caja.png", "mimeType": "image/png", "buffer": b"no picture"})
    for gap in page.locator("#template-gaps input:not([type=file])").all():
        gap.fill("ET-5120")
    expect(page.locator("#template-shown")).to_contain_text("su pedido ET-5120 va en camino")
    expect(page.locator("#template-shown")).to_contain_text("https://guias.example/ET-5120")
    nothing_wrong(page, "a template with a picture", kept)
    page.locator("#template-now").click()
    expect(page.locator("#template-failed")).not_to_be_empty()
    nothing_wrong(page, "a template that did not leave")
    box = {"name": "caja.png", "mimeType": "image/png", "buffer": Path("examples/simulator/page/photo.png").read_bytes()}
    page.get_by_label("Imagen de arriba").set_input_files(box)
    page.locator("#template-now").click()
    ours = page.locator("#messages li.ours", has_text="su pedido ET-5120 va en camino")
    expect(ours).to_contain_text("leído")
    expect(ours).to_contain_text("Ver la guía")
    expect(ours.locator("img")).to_have_js_property("complete", True)
    assert ours.locator("img").evaluate("one => one.naturalWidth") > 0, "she sees what she sent"

    # Whom she attends: asked for when she opens it.
    page.get_by_text("Ficha del cliente").click()
    expect(page.locator("#card-shown")).to_contain_text("Ninguno que usted pueda ver.")
    expect(page.locator("#card-shown")).to_contain_text("Andrea")
    nothing_wrong(page, "whom she attends", kept)
    page.get_by_text("Ficha del cliente").click()

    # A picture is a picture, and a place is a place.
    send(phones, PHONE, NUMBER, "photo")
    picture = page.locator("#messages li.theirs img")
    # It is fetched from Meta because she wants to see it.
    page.locator("#messages").get_by_role("button", name="Ver", exact=True).click()
    expect(picture).to_have_count(1)
    page.locator("#messages").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 0, "the picture is shown"
    send(phones, PHONE, NUMBER, "location")
    expect(page.locator("#messages li.theirs").last).to_contain_text("Plaza de Bolívar")

    # What the customer writes comes by itself, with the words of a stranger in it.
    write("<img src=x onerror=alert(1)> gracias")
    expect(page.locator("#messages")).to_contain_text("<img src=x onerror=alert(1)> gracias")
    # So do letters that run the other way, pile up, or are nothing but pictures: the page stays as wide as it is.
    write("\u202eתיבה \u202dנגמר\u2066 " + "Z\u0351\u036b\u0343\u036a\u0302" * 60)
    write("🔨" * 4096)
    write("a" * 3000)
    expect(page.locator("#messages")).to_contain_text("aaaaaaaaaa")
    nothing_wrong(page, "a conversation", kept)

    # Why the case is with her: the rule that routed it, and its reason.
    page.get_by_role("button", name="¿Por qué aquí?").click()
    expect(page.locator("#asked")).to_contain_text("rutas · dijo adónde va")
    nothing_wrong(page, "why a case is where it is", kept)
    page.keyboard.press("Escape")

    # Why a rule said what it said, and that it would say it again.
    page.locator("#messages").get_by_role("button", name="Por qué").first.click()
    expect(page.locator("#asked")).to_contain_text("otra vez: lo mismo")
    expect(page.locator("#asked")).to_contain_text("está en los archivos de la empresa")
    nothing_wrong(page, "why")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()

    # Between colleagues: a note, a sleep, a case that goes to a colleague and comes back, and the end of the shift.
    page.get_by_role("button", name="Nota").press("Enter")
    expect(page.get_by_label("Nota para colegas")).to_be_focused()
    note = page.get_by_label("Nota para colegas")
    note.press_sequentially("@cam")
    expect(page.locator("#colleagues li")).to_have_text(["Camilo Vargas"])
    nothing_wrong(page, "a colleague who is named", kept)
    note.press("Enter")
    note.press_sequentially("Prefiere que le escriban por la tarde")
    expect(note).to_have_value("@Camilo Vargas Prefiere que le escriban por la tarde")
    nothing_wrong(page, "a note")
    page.locator("#pass-now").press("Enter")
    remark = page.locator("#messages li.remark", has_text="Prefiere que le escriban por la tarde")
    expect(remark).to_have_count(1)
    # What there is nothing to do with is not offered.
    for act in ("Retomar", "Ya no ceder"):
        expect(page.get_by_role("button", name=act)).to_be_hidden()
    page.get_by_role("button", name="Posponer").click()
    page.locator("#passing select").select_option("hour")
    page.locator("#pass-now").click()
    expect(page.locator("#about")).to_contain_text("pospuesto")
    page.get_by_role("button", name="Retomar").click()
    expect(page.locator("#about")).not_to_contain_text("pospuesto")

    camilo = browser.new_context(locale="es-CO").new_page()
    camilo.goto(f"{host}/sign-in")
    camilo.evaluate("fetch('/demo/sign-in/camilo', { method: 'POST' })")
    camilo.wait_for_timeout(500)
    camilo.goto(f"{host}/console")
    # Who was named is told, reads what was said, and sees who is writing: there is nothing to write to the customer with.
    camilo.get_by_role("link", name="Avisos").click()
    nothing_wrong(camilo, "what somebody was told", kept)
    camilo.get_by_role("link", name="le pregunta en una nota").click()
    expect(camilo.locator("#messages")).to_contain_text("Prefiere que le escriban por la tarde")
    expect(camilo.get_by_label("Mensaje al cliente")).to_be_hidden()
    text.press_sequentially("Un momento")
    expect(camilo.locator("#writing")).to_contain_text("Andrea Rincón está escribiendo…")
    nothing_wrong(camilo, "a colleague's case", kept)
    text.fill("")
    # His answer is there at once for who asked.
    camilo.get_by_role("button", name="Nota", exact=True).click()
    camilo.locator("#passing textarea").fill("@Andrea Rincón yo la llamo a las cuatro")
    expect(camilo.locator("#asked-by-name")).to_have_text("Se le pregunta a: Andrea Rincón")
    camilo.locator("#pass-now").click()
    expect(page.locator("#messages li.remark", has_text="yo la llamo a las cuatro")).to_have_count(1)

    # Who cannot go on alone asks whoever watches, and is helped.
    page.get_by_role("button", name="Pedir ayuda").click()
    page.locator("#passing textarea").fill("Pide un descuento que no conozco")
    nothing_wrong(page, "asking for help")
    page.locator("#pass-now").click()
    expect(page.locator("#helping")).to_contain_text("PIDE AYUDA: Pide un descuento que no conozco")
    marta = signed_in(browser, host, "marta", wrong)
    marta.goto(f"{host}/console/tower")
    nothing_wrong(marta, "somebody asks for help", kept)
    marta.get_by_role("link", name="pide ayuda").click()
    expect(marta.locator("#helping")).to_contain_text("Pide un descuento que no conozco")
    marta.get_by_role("button", name="Nota").click()
    marta.locator("#passing textarea").fill("El de diciembre: 10 %")
    marta.locator("#pass-now").click()
    expect(page.locator("#messages")).to_contain_text("El de diciembre: 10 %")
    expect(page.locator("#helping")).to_be_empty()

    # Tags, put on and taken off.
    page.get_by_text("Ficha del cliente").click()
    tag = page.get_by_label("Etiqueta nueva")
    tag.fill("descuento")
    tag.press("Enter")
    expect(page.locator("#card .choice")).to_contain_text(["descuento"])
    nothing_wrong(page, "tags")
    page.get_by_role("button", name="Quitar la etiqueta descuento").click()
    expect(page.locator("#card .choice", has_text="descuento")).to_have_count(0)
    page.get_by_text("Ficha del cliente").click()

    camilo.get_by_label("Estado").select_option("break:almuerzo")
    expect(camilo.get_by_label("Estado")).to_have_value("break:almuerzo")
    camilo.get_by_label("Estado").select_option("available")

    page.get_by_role("button", name="Ceder", exact=True).click()
    page.locator("#passing select").select_option("camilo")
    page.locator("#passing textarea").fill("Sabe más de pinturas")
    nothing_wrong(page, "handing over")
    page.locator("#pass-now").click()
    expect(page.locator("#offered")).to_contain_text("Espera respuesta de Camilo Vargas")
    nothing_wrong(page, "a case that is offered")
    asked = camilo.locator("#list button").first
    expect(asked).to_contain_text("le pide que lo tome")
    asked.click()
    expect(camilo.locator("#offered")).to_contain_text("Sabe más de pinturas")
    nothing_wrong(camilo, "being asked")
    camilo.get_by_role("button", name="Tomar el caso").click()
    expect(camilo.locator("#messages")).to_contain_text("Prefiere que le escriban por la tarde")
    expect(camilo.locator("#load")).to_have_text("1 / 2")
    expect(page.locator("#load")).to_have_text("0 / 3")
    camilo.get_by_role("button", name="Terminar turno").click()
    camilo.locator("#passing select").select_option("andrea")
    camilo.locator("#passing-notes input").fill("Se queda esperando una foto")
    nothing_wrong(camilo, "the end of a shift")
    camilo.locator("#pass-now").click()
    expect(camilo.get_by_label("Estado")).to_have_value("away")
    page.get_by_role("tab", name="Míos").click()
    page.get_by_role("button", name=NAME).click()
    page.get_by_role("button", name="Aceptar").click()
    expect(page.locator("#messages")).to_contain_text("Se queda esperando una foto")

    page.get_by_label("Cómo terminó").select_option("answered")
    page.get_by_role("button", name="Cerrar").click()
    expect(page.get_by_text("No hay conversaciones aquí.")).to_be_visible()
    # Whoever would leave while cases come to them is asked first.
    page.get_by_role("button", name="Salir", exact=True).click()
    expect(page.locator("#leaving-says")).to_contain_text("Tiene en sus manos: 0")
    nothing_wrong(page, "leaving", kept)
    page.get_by_role("button", name="Salir así").click()
    page.wait_for_url("**/sign-in")

    # Whoever may stop all sending does it from here, and everybody sees it.
    steers = browser.new_context(locale="es-CO").new_page()
    steers.goto(f"{host}/sign-in")
    steers.evaluate("fetch('/demo/sign-in/ricardo', { method: 'POST' })")
    steers.wait_for_timeout(500)
    steers.goto(f"{host}/console")
    expect(steers.get_by_role("tab", name="Todos")).to_be_visible()
    expect(steers.get_by_label("Estado")).to_be_hidden()
    steers.get_by_role("button", name="Detener envíos").click()
    nothing_wrong(steers, "stopping everything")
    steers.locator("#why").fill("Prueba de parada")
    steers.locator("#halt-now").click()
    expect(steers.get_by_role("alert")).to_contain_text("ENVÍOS DETENIDOS · Prueba de parada · Ricardo Salazar")
    nothing_wrong(steers, "stopped")
    steers.get_by_role("button", name="Reanudar envíos").click()
    steers.get_by_role("dialog").get_by_role("button", name="Reanudar envíos").click()
    expect(steers.locator("#stopped")).to_be_hidden()

    # However what was said comes to the page, it stands in its order, and what is not known is not passed over.
    told = steers.evaluate(THREAD)
    assert told == [list(range(51, 104)), [*range(251, 301)], 251], told

    other = browser.new_context(locale="pt-BR").new_page()
    other.goto(f"{host}/sign-in")
    expect(other.get_by_label("Pessoa")).to_be_visible()
    assert not wrong, wrong
    browser.close()
print("an agent attended a customer in a browser; axe found nothing")
