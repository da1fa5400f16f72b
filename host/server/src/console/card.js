// Whom an agent has in front of them. It is asked for when somebody opens it: each look at it is of record.

import { coded } from "/console/words.js";

export function card({ part, make, ask, word, tried, at }) {
  const box = part("card"), shown = part("card-shown");
  let of = null, stale = true;
  const line = (...words) => make("li", {}, words.filter(Boolean).join(" · "));
  const section = (title, lines) => (lines.length ? [make("h3", { textContent: word(title) }), make("ul", {}, ...lines)] : []);
  // Tags are put on and taken off one by one, so that two who do it lose nothing of each other's.
  const retag = async (of, change) => {
    await ask("POST", `/conversations/${of}/tags`, change);
    stale = true;
    await look();
  };
  const chip = (of, tag) => {
    const off = make("button", { type: "button", className: "why", textContent: "×", ariaLabel: `${word("untag")} ${tag}` });
    off.addEventListener("click", tried(async () => { await retag(of, { remove: [tag] }); shown.querySelector("#tag")?.focus(); }));
    return make("span", { className: "choice" }, tag, off);
  };
  const tagger = (of) => {
    const field = make("input", { id: "tag", maxLength: 40, autocomplete: "off", ariaLabel: word("new-tag"), placeholder: word("new-tag") });
    const form = make("form", { className: "tagger" }, field, make("button", { textContent: word("add-tag") }));
    form.addEventListener("submit", tried(async (event) => {
      event.preventDefault();
      const tag = field.value.trim();
      if (!tag) return;
      await retag(of, { add: [tag] });
      shown.querySelector("#tag")?.focus();
    }));
    return form;
  };
  const look = async () => {
    if (!box.open || !of || !stale) return;
    stale = false;
    const asked = of;
    let told;
    try {
      told = await ask("GET", `/conversations/${asked}/customer`);
    } catch (error) {
      // Folded and unfolded, it is asked for once more.
      stale = true;
      throw error;
    }
    if (asked !== of) return;
    const { customer } = told;
    const consents = told.consents.map((one) => line(word(one.category), word(one.consent), at(one.at), word(`by-${one.source}`)));
    shown.replaceChildren(
      make("p", { textContent: [customer?.phone, customer?.language, told.since ? `${word("since-when")} ${at(told.since)}` : ""].filter(Boolean).join(" · ") }),
      ...(told.hold ? [make("p", { textContent: `${word("on-hold")}: ${told.hold}` })] : []),
      ...section("tags", told.case ? [make("li", {}, ...told.tags.map((tag) => chip(asked, tag)), tagger(asked))] : []),
      ...section("consents", consents.length ? consents : [line(word("no-consents"))]),
      ...section("attended-by", told.attended.map((one) => line(one.name, at(one.at)))),
      ...section("cases-before", told.earlier.length
        ? told.earlier.map((one) => line(at(one.at), coded(one.code), one.by.name ?? word(one.by.is), one.number, one.score ? `${word("said-it-was")} ${one.score}/5` : ""))
        : [line(word("no-cases-before"))]),
    );
  };
  box.addEventListener("toggle", tried(look));
  return {
    // A conversation is open that somebody may read, or none; what is known of its customer may have changed.
    show: (id) => {
      box.hidden = !id;
      if (id !== of) shown.replaceChildren();
      of = id;
      stale = true;
      return look();
    },
  };
}
