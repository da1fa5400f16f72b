// What the pages of the administration do beside what all pages do: files are handed in with their progress, and rules proposed.
import { filled, filling } from "/console/filling.js";
import { DOES, ask, content, list, put } from "/console/tower.js";

const part = (id) => document.getElementById(id);

// A component. Bytes on their way are counted; what the host does with them then, it says when it is done.
const upload = part("upload");
if (upload) {
  const file = part("component"), bar = part("uploaded"), state = part("upload-state"), refused = part("upload-refused");
  const hand = (component) => {
    const request = new XMLHttpRequest();
    const ended = (words) => {
      part("uploading").hidden = true;
      refused.hidden = false;
      refused.textContent = words;
      upload.querySelector("button").disabled = false;
    };
    refused.hidden = true;
    part("uploading").hidden = false;
    upload.querySelector("button").disabled = true;
    request.upload.addEventListener("progress", (sent) => {
      bar.value = sent.total ? (100 * sent.loaded) / sent.total : 0;
      state.textContent = `${upload.dataset.sending}: ${component.name}`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      state.textContent = upload.dataset.checking;
    });
    request.addEventListener("load", () => {
      if (request.status === 401) return location.assign("/sign-in");
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { told.detail = request.responseText; }
      if (request.status === 200) location.assign(`/console/plugins/${told.component}`);
      else ended(told.detail);
    });
    request.addEventListener("error", () => ended(document.body.dataset.offline));
    request.open("POST", "/api/v1/plugins");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(component);
  };
  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    if (file.files[0]) hand(file.files[0]);
  });
  for (const over of ["dragenter", "dragover"]) {
    upload.addEventListener(over, (event) => { event.preventDefault(); upload.classList.add("over"); });
  }
  // A file that misses is not opened in the page's place.
  for (const over of ["dragover", "drop"]) document.addEventListener(over, (event) => event.preventDefault());
  for (const over of ["dragleave", "drop"]) upload.addEventListener(over, () => upload.classList.remove("over"));
  upload.addEventListener("drop", (event) => {
    event.preventDefault();
    const [dropped] = event.dataTransfer.files;
    if (dropped) hand(dropped);
  });
}

// The settings that a form of a plugin says.
function settings(form) {
  const { whole, settings: fields } = content(form), told = whole ?? {};
  for (const [pointer, value] of Object.entries(fields ?? {})) put(told, pointer, value);
  return told;
}

DOES.propose = async (form) => {
  const { rule, set, mode, highest, languages, tags, requests, templates, reason } = content(form);
  const marked = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((one) => one.value);
  const wish = {
    rule, set, mode, settings: settings(form), plugin: form.dataset.plugin,
    scope: { numbers: marked("numbers"), queues: marked("queues"), languages: list(languages), tags: list(tags), kinds: marked("kinds") },
    envelope: { highest, guard: form.elements.guard.checked },
    ...(requests && { requests }),
    ...(templates && { templates: list(templates) }),
  };
  const told = await ask("POST", "/proposals", { kind: "rule", content: wish, reason });
  location.assign(`/console/approvals/${told.proposal}`);
};

const line = (text, name = "p") => Object.assign(document.createElement(name), { textContent: text });

// A plugin is asked about a conversation that never was, with the settings that would be proposed.
DOES["try-plugin"] = async (form) => {
  const { nothing, wants, log, calls, fuel, plugin } = form.dataset;
  const messages = form.elements.messages.value.split("\n").map((one) => one.trim()).filter(Boolean);
  const told = await ask("POST", `/plugins/${encodeURIComponent(plugin)}/tries`, { messages, settings: settings(part("propose")) });
  part("tried").replaceChildren(...told.said.flatMap((one) => [
    line(`«${one.message}»`, "h3"),
    line([one.outcome.is, one.place && JSON.stringify(one.place), one.reason].filter(Boolean).join(" · ")),
    ...(one.effects.length ? one.effects.map((effect) => line(`${wants}: ${JSON.stringify(effect)}`)) : [line(nothing)]),
    ...one.log.map(({ level, text }) => line(`${log} (${level}): ${text}`)),
    line(`${calls}: ${Object.entries(one.calls).map(([name, times]) => `${name} × ${times}`).join(", ") || "—"} · ${fuel}: ${one.fuel}`),
  ]));
};

// What lies in the company's files is proposed as it lies there; the proposal shows what would change.
DOES.files = async (form) => {
  const told = await ask("POST", "/proposals", { kind: "company", ...content(form) });
  location.assign(`/console/approvals/${told.proposal}`);
};

// A link that lets somebody in is shown once, to whoever asked for it.
DOES.invite = async (form) => {
  const told = await ask("POST", `/people/${encodeURIComponent(form.dataset.person)}/invitation`);
  const link = Object.assign(document.createElement("code"), { textContent: told.link });
  part("invitation").replaceChildren(link);
  part("standing").textContent = form.dataset.invited;
};

// What is there is edited in the form in which a new one is made. Meta lets nobody change its name and language.
const wanted = part("wanted");
if (wanted) {
  const fixed = ["name", "language"].map((name) => wanted.elements[name]);
  const title = (text) => { part("new-title").textContent = text; };
  const fill = (values) => {
    wanted.reset();
    for (const [name, value] of Object.entries(JSON.parse(values))) wanted.elements[name].value = value ?? "";
    for (const field of fixed) field.readOnly = wanted.elements.do.value === "edit";
    title(`${wanted.dataset.edits}: ${wanted.elements.name.value}`);
    wanted.elements.body.focus();
  };
  document.addEventListener("click", (event) => {
    const { fills, values } = event.target.closest("[data-fills]")?.dataset ?? {};
    if (fills !== "wanted") return;
    fill(values);
  });
  wanted.addEventListener("reset", () => {
    wanted.elements.do.value = "create";
    wanted.elements.edits.value = "";
    for (const field of fixed) field.readOnly = false;
    title(wanted.dataset.new);
  });
  if (wanted.dataset.again) fill(wanted.dataset.again);
}

// What is wanted of templates: where people are described it is a proposal, and else it is done.
DOES.template = async (form) => {
  const { do: does, account, name, language, category, heading, body, examples, footer, replies, link, url, reason, edits, ...more } = content(form);
  const parts = (text) => (text ?? "").split("|").map((one) => one.trim()).filter(Boolean);
  const filled = parts(examples), above = more["heading-example"], whole = more["url-example"];
  const gaps = new Set([...(body ?? "").matchAll(/\{\{\s*(\d+)\s*\}\}/g)].map(([, number]) => number)).size;
  if (gaps !== filled.length && form.dataset.examples) throw new Error(`${form.dataset.examples} ${gaps}, ${filled.length}`);
  const buttons = [
    ...parts(replies).map((text) => ({ type: "QUICK_REPLY", text })),
    ...(link ? [{ type: "URL", text: link, url: url ?? "", ...(whole && { example: [whole] }) }] : []),
  ];
  const components = [
    ...(heading ? [{ type: "HEADER", format: "TEXT", text: heading, ...(above && { example: { header_text: [above] } }) }] : []),
    { type: "BODY", text: body, ...(filled.length && { example: { body_text: [filled] } }) },
    ...(footer ? [{ type: "FOOTER", text: footer }] : []),
    ...(buttons.length ? [{ type: "BUTTONS", buttons }] : []),
  ];
  const wish = ["create", "edit"].includes(does)
    ? { do: does, account, form: { name, language, category, components }, reason }
    : { do: does, account, name, language, reason };
  if (edits) {
    const { reason: why, ...of } = wish;
    await ask("POST", "/proposals", { kind: "template", content: of, reason: why, edits });
    return location.assign(`/console/approvals/${edits}`);
  }
  const told = await ask("POST", "/templates", wish);
  location.assign(told.proposal ? `/console/approvals/${told.proposal.proposal}` : "/console/templates");
};

// Of the templates that could be sent, only what the chosen one needs is asked for.
for (const chooses of document.querySelectorAll("[data-shows]")) {
  const show = () => {
    for (const one of chooses.form.querySelectorAll(`fieldset[data-${chooses.dataset.shows}]`)) {
      one.hidden = one.disabled = one.dataset[chooses.dataset.shows] !== chooses.value;
    }
  };
  chooses.addEventListener("change", show);
  show();
}

// A draft that is changed begins as it is. What of it the form does not show stays.
const plan = part("plan"), planned = JSON.parse(plan?.dataset.again ?? "null");
if (planned) {
  const { name, number, template, audience: { query }, "per-hour": pace } = planned, fields = plan.elements;
  const begins = { name, number, template: `${template.name}/${template.language}`, "per-hour": pace, tags: query.tags?.join(", "), languages: query.languages?.join(", "), "opted-in": query["opted-in"] };
  for (const [field, value] of Object.entries(begins)) fields[field].value = value ?? "";
  // One that may not be sent any more is none of the choices.
  if (!fields.template.value) {
    fields.template.selectedIndex = 0;
    part("said").textContent = plan.dataset.gone;
  }
  fields.template.dispatchEvent(new Event("change"));
  const said = filled(template.components);
  for (const field of plan.querySelectorAll("fieldset:not([disabled]) input")) field.value = said[field.name] ?? "";
  fields.name.focus();
}

DOES.campaign = async (form) => {
  const { name, number, template, tags, languages, ...more } = content(form);
  const [called, language] = template.split("/");
  const components = filling(form.querySelectorAll("fieldset:not([disabled]) input"));
  const query = { ...planned?.audience.query, tags: list(tags), languages: list(languages), "opted-in": more["opted-in"] || undefined };
  const wanted = { name, number, template: { name: called, language, components }, audience: { query }, "per-hour": more["per-hour"] };
  const told = await ask("POST", "/campaigns", { ...wanted, ...(planned && { edits: planned.campaign, "not-before": planned["not-before"] }) });
  location.assign(`/console/campaigns/${told.campaign}`);
};

DOES.estimate = async (form) => {
  const { campaign, contacts, opted, cost, spent, cap, left, unpriced, nobody } = form.dataset;
  const told = await ask("POST", `/campaigns/${campaign}/estimate`);
  const money = (amount) => (told.currency ? `${amount} ${told.currency}` : unpriced);
  part("estimate").replaceChildren(line(`${contacts}: ${told.contacts}`), ...(told.contacts || told["left-out"].length ? [] : [line(nobody)]), line(`${opted}: ${told["opted-in"]}`), line(`${cost}: ${money(told.cost)}`),
    line(`${spent}: ${money(told.spent)}${told.cap ? ` · ${cap}: ${money(told.cap)}` : ""}`), ...told["left-out"].map((one) => line(`${left}: ${one.contacts} · ${one.words}`)));
};

DOES["campaign-proposal"] = async (form) => {
  const told = await ask("POST", `/campaigns/${form.dataset.campaign}/proposal`, content(form));
  location.assign(`/console/approvals/${told.proposal}`);
};
