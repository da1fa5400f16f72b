// What an agent writes with: quick replies on `/`, and files. Whatever is called up is text that the agent still looks at: nothing is
// sent by choosing it.

import { choosing } from "/console/choosing.js";

// `page` knows which conversation is open, how to ask the host, and how to say what went wrong.
export function composer(page) {
  quickReplies(page);
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
  text.addEventListener("click", look);
  text.addEventListener("keydown", (event) => {
    // What looks like a name is looked up and not sent: the answer may be on its way.
    if (list.hidden && !event.isComposing && event.key === "Enter" && !event.shiftKey && asking() !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      look();
    }
  });
}
