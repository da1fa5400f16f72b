// A template for the customer: chosen, filled in, looked at as the customer will read it, and sent. What somebody filled in stays there
// until it was sent.

import { filling } from "/console/filling.js";

const GAP = /\{\{\s*([^{}]*?)\s*\}\}/g;
const TAKES = { image: "image/jpeg,image/png", video: "video/mp4,video/3gpp", document: "" };

// `page` knows which conversation is open, how to ask the host, and how to say what went wrong.
export function templating({ part, make, ask, open, word, tried, fresh, sent }) {
  const dialog = part("templating"), choice = part("template"), gaps = part("template-gaps"), shown = part("template-shown"), failed = part("template-failed");
  let offered = [], of = null, key = null, last = "", handed = new Map();
  const current = () => offered[choice.selectedIndex];
  const field = (name) => gaps.querySelector(`[name="${CSS.escape(name)}"]`);
  const value = (name) => field(name)?.value.trim() ?? "";
  const parts = (template) => [["header", template.header], ["body", template.body]].filter(([, text]) => text);
  const filled = (text, name) => text.replace(GAP, (whole, gap) => value(name(gap)) || whole);
  const preview = () => {
    const template = current();
    shown.replaceChildren();
    if (!template) return;
    if (template.above) shown.append(make("p", { className: "foot", textContent: `[${field("above/file")?.files[0]?.name ?? (value("above/name") || word(`above-${template.above}`))}]` }));
    for (const [kind, text] of parts(template)) shown.append(make(kind === "header" ? "strong" : "p", { textContent: filled(text.text, (gap) => `${kind}/${gap}`) }));
    if (template.footer) shown.append(make("small", { textContent: template.footer }));
    template.buttons.forEach((label, index) => {
      const fill = template.fills.find((one) => one.index === index), leads = fill?.address && filled(fill.address, () => `button/${index}`);
      shown.append(make("span", { className: "choice", textContent: label }));
      if (leads || fill) shown.append(make("small", { textContent: leads || value(`button/${index}`) }));
    });
  };
  const input = (label, name, more, data = {}) => {
    const asked = make("input", { name, required: true, maxLength: 1024, autocomplete: "off", ...more });
    Object.assign(asked.dataset, data);
    return make("label", {}, `${label} `, asked);
  };
  const place = () => {
    const degrees = (name, most) => input(word(`above-${name}`), `above/${name}`, { type: "number", step: "any", min: -most, max: most });
    return [input(word("above-name"), "above/name"), input(word("above-address"), "above/address"), degrees("latitude", 90), degrees("longitude", 180)];
  };
  const above = ({ above }) => {
    if (!above) return [];
    return above === "location" ? place() : [input(word(`above-${above}`), "above/file", { type: "file", accept: TAKES[above] }, { kind: above })];
  };
  const choose = () => {
    const template = current();
    failed.textContent = "";
    gaps.replaceChildren(...(template ? [
      ...above(template),
      ...parts(template).flatMap(([kind, text]) => text.gaps.map((gap, n) => input(text.named ? gap : `${word("gap")} ${gap}`, `${kind}/${gap}`, { placeholder: text.examples[n] ?? "" }, text.named ? { gap } : {}))),
      ...template.fills.map(({ index, label, press }) => input(`${word(`fills-${press}`)} «${label}»`, `button/${index}`, press === "copy-code" ? { maxLength: 15 } : {}, { press })),
    ] : []));
    preview();
  };
  // A file goes to the host once, however often its template is tried.
  const handIn = async (kind, file) => {
    if (!handed.has(file)) handed.set(file, (await ask("POST", `/conversations/${of}/files?kind=${kind}`, file)).id);
    return handed.get(file);
  };
  const components = async ({ above }) => {
    const chosen = field("above/file")?.files[0], fields = [...gaps.querySelectorAll("input")];
    if (!chosen) return filling(fields);
    // The customer sees a document by its name.
    const named = above === "document" ? [{ name: "above/filename", value: chosen.name, dataset: {} }] : [];
    return filling([...fields, ...named], { id: await handIn(above, chosen) });
  };
  choice.addEventListener("change", choose);
  gaps.addEventListener("input", preview);
  part("with-template").addEventListener("click", tried(async () => {
    of = open();
    const told = (await ask("GET", `/conversations/${of}/templates`)).templates;
    if (of !== open()) return;
    [offered, handed] = [told, new Map()];
    choice.replaceChildren(...offered.map((one) => make("option", { textContent: `${one.name} · ${one.language} · ${word(one.category.toLowerCase())}` })));
    part("template-none").hidden = offered.length > 0;
    part("template-none").textContent = word("no-templates");
    part("template-now").disabled = !offered.length;
    choose();
    dialog.showModal();
  }));
  part("template-form").addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "now") return;
    event.preventDefault();
    const template = current(), button = part("template-now");
    if (!template || button.disabled) return;
    button.disabled = true;
    failed.textContent = field("above/file") ? word("uploading") : "";
    try {
      const body = { template: { name: template.name, language: template.language, components: await components(template) } };
      // The same for the same customer, tried again after a lost answer, is sent once.
      if (last !== JSON.stringify([of, body])) [last, key] = [JSON.stringify([of, body]), fresh()];
      const done = await ask("POST", `/conversations/${of}/templates`, body, { "Idempotency-Key": key });
      last = "";
      dialog.close();
      if (of === open()) await sent(done);
    } catch (error) {
      failed.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}
