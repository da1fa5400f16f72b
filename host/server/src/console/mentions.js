// Colleagues asked by name in a note: `@` brings who could read the conversation, and whoever stands in the note is told.
import { choosing } from "/console/choosing.js";

// What is being written behind an `@`, before the cursor: a name may have a space in it.
const NAMING = /(?:^|\s)@([\p{L}\p{M}\d'.-]*(?: [\p{L}\p{M}\d'.-]*)?)$/u;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export function mentions({ part, make, ask, word }) {
  const field = part("passing-words").querySelector("textarea"), list = part("colleagues"), told = part("asked-by-name");
  let people = [], found = [], known = null;
  list.setAttribute("aria-label", word("mention"));
  const before = () => field.value.slice(0, field.selectionStart);
  const asking = () => (people.length ? NAMING.exec(before())?.[1] : undefined);
  const take = (n) => {
    const asked = asking();
    shut();
    if (asked === undefined) return;
    field.setRangeText(`${found[n].label} `, field.selectionStart - asked.length, field.selectionStart, "end");
    tell();
  };
  const { show, shut } = choosing({ field, list, take });
  // Who is asked in what was written: «@Ana María» asks her, and no Ana; «@Anabel» asks none either.
  // Their first name will do where nobody else has it.
  const named = (text) => {
    const first = ({ label }) => label.split(" ")[0], firsts = people.map(first);
    const called = people.flatMap((one) => [[one.label, one], ...(firsts.indexOf(first(one)) === firsts.lastIndexOf(first(one)) ? [[first(one), one]] : [])]);
    const found = new Set();
    for (const [label, one] of called.sort(([one], [other]) => other.length - one.length)) {
      const rest = text.replace(new RegExp(`(?<![\\p{L}\\p{M}\\d])@${escaped(label)}(?![\\p{L}\\p{M}\\d])`, "giu"), "");
      if (rest !== text) found.add(one);
      text = rest;
    }
    return { found: [...found], rest: text };
  };
  // Whom it asks is said before it is sent, and that somebody was meant whom nobody knows.
  const tell = () => {
    const { found, rest } = named(field.value), asked = found.map(({ label }) => label);
    const stranger = people.length && /(?:^|\s)@\p{L}/u.test(rest) && list.hidden;
    told.textContent = [asked.length ? `${word("asks-by-name")}: ${asked.join(", ")}` : "", stranger ? word("nobody-named") : ""].filter(Boolean).join(" · ");
  };
  const look = () => {
    const asked = asking();
    if (asked === undefined) { shut(); return tell(); }
    found = people.filter(({ label }) => ` ${plain(label)}`.includes(` ${plain(asked)}`)).slice(0, 8);
    show(found.map(({ label }) => make("li", { textContent: label })));
    tell();
  };
  field.addEventListener("input", look);
  return {
    // A note is written on this conversation; elsewhere nobody is asked.
    begin: (of) => {
      known = ask("GET", `/conversations/${of}/readers`).then((answer) => {
        const names = answer.people.map(({ name }) => name), twice = (name) => names.indexOf(name) !== names.lastIndexOf(name);
        // Two of one name are told apart.
        people = answer.people.map(({ name, person }) => ({ person, label: twice(name) ? `${name} (${person})` : name }));
        // Somebody may have begun before it was known who there is.
        look();
      });
      return known;
    },
    forget: () => { people = []; known = null; told.textContent = ""; shut(); },
    // Their names for programs. Nobody's question is lost because it is not known yet who there is.
    named: async (text) => {
      if (text.includes("@")) await known;
      return named(text).found.map(({ person }) => person);
    },
  };
}
