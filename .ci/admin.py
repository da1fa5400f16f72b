"""Whoever holds the keys, and a partner, at work in a browser: a plugin handed in by dropping it, its sheet, people, the company; see `console` beside this."""

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from pages import nothing_wrong, signed_in

browser_path, host, phones, kept = sys.argv[1:]
Path(kept).mkdir(parents=True, exist_ok=True)
ROOT = Path(__file__).parent.parent
COMPONENT = ROOT / "plugins/components/skills-router.wasm"

# What a browser does when a file is dropped on a page.
DROP = """async ([bytes, name]) => {
    const into = new DataTransfer();
    into.items.add(new File([new Uint8Array(bytes)], name, { type: "application/wasm" }));
    const zone = document.getElementById("upload");
    for (const what of ["dragenter", "dragover", "drop"]) zone.dispatchEvent(new DragEvent(what, { dataTransfer: into, bubbles: true, cancelable: true }));
}"""

expect.set_options(timeout=30_000)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
    wrong = []

    # The tower leads to the administration, and that to each of its rooms.
    ricardo = signed_in(browser, host, "ricardo", wrong)
    ricardo.goto(f"{host}/console/tower")
    ricardo.get_by_role("link", name="Administración").click()
    expect(ricardo.get_by_role("heading", name="Subir un plugin")).to_be_visible()
    nothing_wrong(ricardo, "the plugins", kept)

    # What is no component is refused in words, where it was dropped.
    ricardo.evaluate(DROP, [list(b"no component"), "notes.txt"])
    expect(ricardo.locator("#upload-refused")).to_contain_text("not WebAssembly")
    nothing_wrong(ricardo, "a refused plugin", kept)

    # A partner drops one, and reads what it asks for and who would sign it.
    norte = signed_in(browser, host, "agencia-norte", wrong)
    norte.goto(f"{host}/console/plugins")
    expect(norte.get_by_role("heading", name="Sus plugins")).to_be_visible()
    expect(norte.locator("nav.rooms")).to_have_count(0)
    nothing_wrong(norte, "a partner's plugins", kept)
    norte.evaluate(DROP, [list(COMPONENT.read_bytes()), "skills-router.wasm"])
    expect(norte.get_by_role("heading", name="Quién tiene que firmar")).to_be_visible()
    expect(norte.locator("main")).to_contain_text("Patricia Gómez")
    nothing_wrong(norte, "the sheet of a plugin", kept)

    # They try it on a conversation that never was, and read what it says of each message.
    norte.get_by_label("Lo que escribe el cliente").fill("Quiero devolver un taladro\nNecesito factura")
    norte.get_by_role("button", name="Probar", exact=True).click()
    expect(norte.locator("#tried")).to_contain_text("«Necesito factura»")
    expect(norte.locator("#tried")).to_contain_text("Combustible")
    nothing_wrong(norte, "a plugin that is tried", kept)

    # They propose a rule with the form that the plugin's example gave.
    norte.get_by_label("Nombre de la regla").fill("tabla-norte")
    norte.get_by_label("Conjunto").fill("agencia")
    norte.locator("main").get_by_label("Por qué").fill("La agencia enruta lo suyo")
    norte.get_by_role("button", name="Proponer").press("Enter")
    norte.wait_for_url("**/console/approvals/*")
    expect(norte.locator("main")).to_contain_text("La agencia enruta lo suyo")
    expect(norte.get_by_role("button", name="Firmar")).to_have_count(0)
    patricia = signed_in(browser, host, "patricia", wrong)
    patricia.goto(norte.url)
    patricia.get_by_role("button", name="Firmar").press("Enter")
    expect(patricia.get_by_role("button", name="Firmar")).to_have_count(0)
    expect(patricia.locator("#approval-facts")).to_contain_text("Firmas")

    # Direct links of a partner say which row refuses.
    norte.goto(f"{host}/console/people")
    expect(norte.get_by_role("heading", name="Esta página no es suya")).to_be_visible()

    # People: one is invited, and the link is there once.
    ricardo.goto(f"{host}/console/people")
    expect(ricardo.get_by_role("link", name="Andrea Rincón")).to_be_visible()
    nothing_wrong(ricardo, "the people", kept)
    ricardo.get_by_role("link", name="Andrea Rincón").click()
    ricardo.get_by_role("button", name="Invitar").press("Enter")
    expect(ricardo.locator("#invitation")).to_contain_text("/invitation#")
    nothing_wrong(ricardo, "a person", kept)
    ricardo.get_by_role("button", name="Ya no trabaja aquí").click()
    nothing_wrong(ricardo, "somebody leaves")
    ricardo.get_by_role("dialog").get_by_role("button", name="Cancelar").click()

    # The rest of the administration, each page with what the company is.
    for room, holds, state in [
        ("Matriz RACI", "Atender conversaciones", "the matrix"),
        ("Números y colas", "Colombia y Chile", "the company"),
        ("Plantillas", "Estado en Meta", "the templates"),
        ("Campañas", "Campañas", "the campaigns"),
        ("Gasto", "Por número", "the spending"),
        ("Integraciones", "pedidos", "the integrations"),
        ("Auditoría", "Ricardo Salazar", "the record"),
        ("Salud", "Recibe a Meta", "the health"),
    ]:
        ricardo.get_by_role("navigation", name="Administración").get_by_role("link", name=room).click()
        expect(ricardo.locator("main")).to_contain_text(holds)
        nothing_wrong(ricardo, state, kept)

    # A queue promises more, somebody is new, a day is closed: each is proposed, and in force when whoever answers for it has signed.
    def wanted(path, link, fill, of="main"):
        ricardo.goto(f"{host}{path}")
        ricardo.locator(of).get_by_role("link", name=link, exact=True).first.click()
        form = ricardo.locator("form[data-now]")
        fill(form)
        nothing_wrong(ricardo, f"{link} of {path.split('/')[-1]}", kept)
        form.get_by_label("Por qué").fill("Así lo pidió la gerencia")
        form.get_by_role("button", name="Proponer el cambio").click()
        ricardo.wait_for_url("**/console/approvals/*")
        expect(ricardo.get_by_role("button", name="Firmar")).to_have_count(0)
        patricia.goto(ricardo.url)
        patricia.get_by_role("button", name="Firmar").click()
        expect(patricia.locator("#approval-stage")).to_have_text("en vigor")

    wanted("/console/company", "pedidos", lambda form: form.get_by_label("Primera respuesta en").fill("8"))
    ricardo.goto(f"{host}/console/company")
    expect(ricardo.locator("tr", has_text="Nicolás Duarte").first).to_contain_text("Primera respuesta en 8 min")

    def somebody(form):
        form.get_by_label("Nombre corto").fill("gloria")
        form.get_by_label("Nombre", exact=True).fill("Gloria Pardo")
        form.get_by_role("checkbox", name="agente").check()

    wanted("/console/people", "Agregar", somebody)
    ricardo.goto(f"{host}/console/people")
    expect(ricardo.get_by_role("link", name="Gloria Pardo")).to_be_visible()

    def christmas(form):
        days = form.get_by_label("Días especiales")
        days.fill(days.input_value() + "\n24/12/2031 cerrado")

    wanted("/console/company", "Cambiar", christmas, "section:has(h2:text('Horario: bogota'))")
    # Who signs reads that it is closed.
    expect(patricia.locator("main")).to_contain_text("2031-12-24")
    expect(patricia.locator("pre.is")).to_have_text("cerrado")
    wanted("/console/matrix", "Acompañar y evaluar agentes", lambda form: form.get_by_label("admin").fill("C"))

    # A campaign: what its template needs is asked for, and what it would come to is told before others are asked.
    ricardo.goto(f"{host}/console/campaigns")
    form = ricardo.locator("form.stack")
    form.get_by_label("Nombre", exact=True).fill("Pedidos en camino")
    form.get_by_label("Plantilla").select_option("guia_de_envio/es_CO")
    expect(form.get_by_text("va en camino")).to_be_visible()
    asked = form.locator("fieldset:visible")
    asked.get_by_label("Dirección de la imagen de arriba").fill("https://ferreteria.example/camion.png")
    asked.get_by_label("Hueco 1").fill("{name|cliente}")
    asked.get_by_label("Hueco 2").fill("de diciembre")
    asked.get_by_label("Fin del enlace de «Ver la guía»").fill("diciembre")
    nothing_wrong(ricardo, "a campaign that is drafted", kept)
    form.get_by_role("button", name="Guardar el borrador").click()
    ricardo.wait_for_url("**/console/campaigns/*")
    expect(ricardo.locator("main")).to_contain_text("camion.png")
    nothing_wrong(ricardo, "a draft of a campaign", kept)
    # It is changed as it was written, and let be.
    ricardo.get_by_role("link", name="Cambiar el borrador").click()
    form = ricardo.locator("form.stack")
    expect(form.locator("fieldset:visible").get_by_label("Hueco 2")).to_have_value("de diciembre")
    form.get_by_label("Nombre", exact=True).fill("Guías de diciembre")
    form.get_by_label("Etiqueta").fill("nadie-la-tiene")
    form.get_by_role("button", name="Guardar el borrador").click()
    ricardo.wait_for_url("**/console/campaigns/*")
    expect(ricardo.get_by_role("heading", name="Guías de diciembre")).to_be_visible()
    ricardo.get_by_role("button", name="Ver a quién llegaría").click()
    expect(ricardo.locator("#estimate")).to_contain_text("Nadie cumple lo que se pide")
    ricardo.get_by_role("button", name="Descartar el borrador").click()
    ricardo.get_by_role("dialog").get_by_label("Por qué").fill("La hace otra empresa")
    nothing_wrong(ricardo, "a draft that is let be", kept)
    ricardo.get_by_role("dialog").get_by_role("button", name="Descartar el borrador").click()
    expect(ricardo.locator("#campaign-head")).to_contain_text("descartada")

    # A template, from a draft to Meta's approval: another person signs, and Meta's word is there when it comes.
    def draft(name, reason):
        ricardo.goto(f"{host}/console/templates")
        form = ricardo.locator("form.stack")
        form.get_by_label("Nombre").fill(name)
        form.get_by_label("Idioma").fill("es_CO")
        form.locator("select[name=category]").select_option("UTILITY")
        form.locator("textarea[name=body]").fill("Su garantía {{1}} está lista.")
        form.locator("input[name=examples]").fill("GA-12")
        form.get_by_label("Pie (si lleva)").fill("Ferretería El Tornillo")
        form.get_by_label("Botones para responder").fill("Gracias | Hablar con alguien")
        form.locator("input[name=reason]").fill(reason)
        form.get_by_role("button", name="Proponer").click()
        ricardo.wait_for_url("**/console/approvals/*")
        return ricardo.url

    def approved(name):
        ricardo.goto(f"{host}/console/templates")
        row = ricardo.locator("tr", has_text=name)
        for _ in range(20):
            if row.count() and "aprobada" in row.inner_text():
                return
            ricardo.wait_for_timeout(1000)
            ricardo.reload()
        raise AssertionError(f"{name}: {row.all_inner_texts()}")

    proposal = draft("garantia_lista", "La preguntan a diario")
    expect(ricardo.get_by_role("button", name="Firmar")).to_have_count(0)
    patricia.goto(proposal)
    patricia.get_by_role("button", name="Firmar").press("Enter")
    approved("garantia_lista")
    # What is there is edited with all that it has.
    ricardo.locator("tr", has_text="garantia_lista").get_by_role("button", name="Editar").click()
    expect(ricardo.get_by_role("heading", name="Editar: garantia_lista")).to_be_visible()
    expect(ricardo.get_by_label("Pie (si lleva)")).to_have_value("Ferretería El Tornillo")
    expect(ricardo.get_by_label("Botones para responder")).to_have_value("Gracias | Hablar con alguien")
    nothing_wrong(ricardo, "a template that is edited", kept)
    ricardo.locator("form.stack").get_by_role("button", name="Cancelar").click()
    expect(ricardo.get_by_role("heading", name="Proponer una plantilla")).to_be_visible()

    # Who says no says why, and nobody types the words again.
    refused = draft("garantia_tarde", "La piden los sábados")
    patricia.goto(refused)
    patricia.get_by_label("En palabras").fill("Falta decir dónde se recoge")
    patricia.get_by_role("button", name="Rechazar").click()
    expect(patricia.locator("#approval-stage")).to_have_text("rechazada")
    ricardo.goto(refused)
    expect(ricardo.locator("#approval-facts")).to_contain_text("Patricia Gómez")
    expect(ricardo.locator("#approval-facts")).to_contain_text("«Falta decir dónde se recoge»")
    ricardo.get_by_role("link", name="Cambiar las palabras").click()
    expect(ricardo.locator("textarea[name=body]")).to_have_value("Su garantía {{1}} está lista.")
    ricardo.locator("textarea[name=body]").fill("Su garantía {{1}} está lista en la tienda.")
    ricardo.locator("form.stack input[name=reason]").fill("Ahora dice dónde")
    ricardo.locator("form.stack").get_by_role("button", name="Proponer").click()
    ricardo.wait_for_url("**/console/approvals/*")
    expect(ricardo.locator("#approval-stage")).to_have_text("abierta")
    nothing_wrong(ricardo, "a template that is worded anew", kept)

    # Past the others, in an emergency: loudly, and somebody else looks at it afterwards.
    proposal = draft("retiro_urgente", "Hay que avisar hoy de un retiro")
    ricardo.locator("textarea[name=words], input[name=words]").first.fill("El proveedor retira el lote hoy; nadie más está")
    ricardo.get_by_role("button", name="Pasar por encima").click()
    approved("retiro_urgente")
    patricia.goto(proposal)
    expect(patricia.locator("main")).to_contain_text("El proveedor retira el lote hoy; nadie más está")
    nothing_wrong(patricia, "what was done past the others", kept)
    patricia.locator("textarea[name=words], input[name=words]").first.fill("Revisado: correcto")
    patricia.get_by_role("button", name="Revisar").click()
    expect(patricia.locator("main")).to_contain_text("Revisado: correcto")

    # What pages are made of.
    ricardo.goto(f"{host}/console/components")
    expect(ricardo.get_by_role("heading", name="Componentes")).to_be_visible()
    nothing_wrong(ricardo, "the components", kept)
    ricardo.get_by_role("button", name="dialog").click()
    nothing_wrong(ricardo, "a dialog")
    ricardo.keyboard.press("Escape")

    # The record by filter.
    ricardo.goto(f"{host}/console/audit")
    ricardo.locator("input[name=who]").fill("agencia-norte")
    ricardo.get_by_role("button", name="Ver", exact=True).click()
    expect(ricardo.locator("tbody tr").first).to_contain_text("Agencia Norte")
    expect(ricardo.locator("tbody")).not_to_contain_text("Ricardo Salazar")

    # In the three languages.
    rafaela = signed_in(browser, host, "rafaela", wrong, "pt-BR")
    rafaela.goto(f"{host}/console/plugins")
    expect(rafaela.get_by_role("heading", name="Enviar um plugin")).to_be_visible()
    nothing_wrong(rafaela, "the plugins of somebody with a scope", kept)

    assert not wrong, wrong
    browser.close()
print("the keys were held and a partner's plugin handed in, in a browser; axe found nothing")
