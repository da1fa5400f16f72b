// Finding a customer, or what was said: in what one may read. The host looks for a moment and says how far it came.

export function search({ part, make, ask, word, tried, at, name, read }) {
  const form = part("search"), field = part("words"), list = part("found"), panel = part("panel");
  let sought = "";
  const by = ({ by }) => by?.name ?? word(by?.is ?? "host");
  const hit = ({ conversation, said }) => {
    const lines = said.map((one) => make("span", { textContent: `${at(one.at)} · ${by(one)}: ${one.excerpt}` }));
    const button = make("button", { type: "button" }, make("strong", { textContent: name(conversation) }), make("small", { textContent: [conversation.customer?.phone, conversation.number].filter(Boolean).join(" · ") }), ...lines);
    button.addEventListener("click", tried(() => read(conversation.conversation, true)));
    return make("li", {}, button);
  };
  const look = async (words, after) => {
    const told = await ask("POST", "/search", { words, ...(after ? { after } : {}) });
    // Something else is looked for by now.
    if (words !== sought) return;
    if (!after) list.replaceChildren();
    list.querySelector(".none")?.remove();
    list.append(...told.hits.map(hit));
    if (told.next) {
      const on = make("button", { type: "button", textContent: word("look-on") });
      const item = make("li", { className: "none" }, on);
      on.addEventListener("click", tried(async () => { await look(words, told.next); field.focus(); }));
      list.append(item);
    }
    const hits = list.querySelectorAll("strong").length;
    const back = make("button", { type: "button", className: "why", textContent: word("hide-found") });
    back.addEventListener("click", () => { shut(); panel.focus(); });
    part("search-said").replaceChildren(hits ? `${word("found")}: ${hits}` : word(told.next ? "none-yet" : "not-found"), " ", back);
  };
  const shut = () => { field.value = ""; sought = ""; list.replaceChildren(); part("search-said").textContent = ""; list.hidden = true; panel.hidden = false; };
  form.addEventListener("submit", tried(async (event) => {
    event.preventDefault();
    sought = field.value.trim();
    if (!sought) return shut();
    list.hidden = false;
    panel.hidden = true;
    await look(sought);
  }));
  field.addEventListener("input", () => { if (!field.value) shut(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    shut();
  });
  return { shut };
}
