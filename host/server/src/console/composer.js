// What an agent writes with: quick replies on `/`, and templates where the window is closed. Whatever is called up is text that the
// agent still looks at: nothing is sent by choosing it.

import { choosing } from "/console/choosing.js";

// `page` knows which conversation is open, how to ask the host, and how to say what went wrong.
export function composer(page) {
  quickReplies(page);
  templates(page);
  return files(page);
}

// A file belongs to the conversation in which it was chosen. It goes to the host when its message is sent, and once: whoever sends it
// again names what came of it.
function files({ part, make, ask, open, word, say }) {
  const input = part("file"), shown = part("attached"), chosen = new Map();
  const show = (of) => {
    const mine = chosen.get(of);
    if (!mine) return shown.replaceChildren();
    const away = make("button", { type: "button", textContent: word("detach") });
    away.addEventListener("click", () => { drop(of); part("text").focus(); });
    shown.replaceChildren(`${mine.file.name} · ${Math.ceil(mine.file.size / 1024)} KiB `, away);
  };
  const drop = (of) => { chosen.delete(of); if (of === open()) show(of); };
  const choose = (file) => {
    input.value = "";
    if (!file) return;
    chosen.set(open(), { file });
    show(open());
    part("text").focus();
  };
  const kind = ({ type }) => (["image/jpeg", "image/png"].includes(type) ? "image" : ["video/mp4", "video/3gpp"].includes(type) ? "video" : type.startsWith("audio/") ? "audio" : "document");
  part("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => choose(input.files[0]));
  part("text").addEventListener("paste", (event) => {
    // What comes from a spreadsheet is words and a picture of them: the words are meant.
    const [file] = event.clipboardData.types.includes("text/plain") ? [] : event.clipboardData.files;
    if (file) { event.preventDefault(); choose(file); }
  });
  const carries = (event) => event.dataTransfer.types.includes("Files");
  // A file that misses is not opened in the page's place.
  for (const over of ["dragover", "drop"]) document.addEventListener(over, (event) => { if (carries(event)) event.preventDefault(); });
  part("composer").addEventListener("drop", (event) => { if (carries(event)) choose(event.dataTransfer.files[0]); });
  return {
    show,
    drop,
    // What a reply names; nothing if no file was chosen.
    handed: async (of) => {
      const mine = chosen.get(of);
      if (!mine) return null;
      if (!mine.id) {
        say(word("uploading"));
        mine.id = (await ask("POST", `/conversations/${of}/files?kind=${kind(mine.file)}`, mine.file)).id;
        say("");
      }
      return { id: mine.id, filename: mine.file.name };
    },
  };
}

function quickReplies({ part, make, ask, open, word, tried }) {
  const text = part("text"), list = part("replies");
  let of = null, known = [], found = [];
  list.setAttribute("aria-label", word("replies"));
  const asking = () => /^\/([\w-]*)$/.exec(text.value)?.[1].toLowerCase();
  const { show, shut } = choosing({
    field: text,
    list,
    take: (n) => {
      text.value = found[n].text;
      shut();
      text.dispatchEvent(new Event("input"));
      text.focus();
    },
  });
  const look = tried(async () => {
    if (asking() === undefined) return shut();
    // Another conversation has another customer in them.
    if (of !== open()) {
      const conversation = open();
      known = (await ask("GET", `/conversations/${conversation}/quick-replies`)).replies;
      of = conversation;
    }
    const asked = asking();
    if (asked === undefined || of !== open() || document.activeElement !== text) return shut();
    found = known.filter((reply) => reply.name.includes(asked)).sort((one, other) => other.name.startsWith(asked) - one.name.startsWith(asked));
    show(found.map((reply) => make("li", {}, make("strong", { textContent: `/${reply.name}` }), make("span", { textContent: reply.text }))));
    part("no-replies").textContent = found.length ? "" : word("no-replies");
  });
  text.addEventListener("input", (event) => { part("no-replies").textContent = ""; look(event); });
  text.addEventListener("keydown", (event) => {
    // What looks like a name is looked up and not sent: the answer may be on its way.
    if (list.hidden && !event.isComposing && event.key === "Enter" && !event.shiftKey && asking() !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      look();
    }
  });
}

const GAP = /\{\{\s*([^{}]*?)\s*\}\}/g;

function templates({ part, make, ask, open, word, tried, fresh, sent }) {
  const dialog = part("templating"), choice = part("template"), gaps = part("template-gaps"), shown = part("template-shown");
  let offered = [], of = null, key = null, last = "";
  const current = () => offered[choice.selectedIndex];
  const parts = (template) => [["header", template.header], ["body", template.body]].filter(([, text]) => text);
  const filled = (kind, text) => text.text.replace(GAP, (whole, gap) => gaps.querySelector(`[name="${kind}/${CSS.escape(gap)}"]`)?.value.trim() || whole);
  const preview = () => {
    const template = current();
    shown.replaceChildren();
    if (!template) return;
    for (const [kind, text] of parts(template)) shown.append(make(kind === "header" ? "strong" : "p", { textContent: filled(kind, text) }));
    if (template.footer) shown.append(make("small", { textContent: template.footer }));
    for (const label of template.buttons) shown.append(make("span", { className: "choice", textContent: label }));
  };
  const choose = () => {
    const template = current();
    gaps.replaceChildren(...(template ? parts(template) : []).flatMap(([kind, text]) => text.gaps.map((gap) =>
      make("label", {}, `${gap} `, make("input", { name: `${kind}/${gap}`, required: true, maxLength: 1024, autocomplete: "off" })))));
    preview();
  };
  choice.addEventListener("change", choose);
  gaps.addEventListener("input", preview);
  part("with-template").addEventListener("click", tried(async () => {
    of = open();
    const told = (await ask("GET", `/conversations/${of}/templates`)).templates;
    if (of !== open()) return;
    offered = told;
    choice.replaceChildren(...offered.map((one) => make("option", { textContent: `${one.name} · ${one.language} · ${one.category}` })));
    part("template-none").hidden = offered.length > 0;
    part("template-none").textContent = word("no-templates");
    part("template-now").disabled = !offered.length;
    choose();
    dialog.returnValue = "";
    dialog.showModal();
  }));
  dialog.addEventListener("close", tried(async () => {
    const template = current();
    if (dialog.returnValue !== "now" || !template) return;
    dialog.returnValue = "";
    const components = parts(template).filter(([, text]) => text.gaps.length).map(([kind, text]) => ({
      is: kind,
      parameters: text.gaps.map((gap) => ({
        ...(text.named ? { name: gap } : {}),
        value: { text: gaps.querySelector(`[name="${kind}/${CSS.escape(gap)}"]`).value.trim() },
      })),
    }));
    const body = { template: { name: template.name, language: template.language, components } };
    // The same for the same customer, tried again after a lost answer, is sent once.
    if (last !== JSON.stringify([of, body])) [last, key] = [JSON.stringify([of, body]), fresh()];
    const done = await ask("POST", `/conversations/${of}/templates`, body, { "Idempotency-Key": key });
    last = "";
    await sent(done);
  }));
}
