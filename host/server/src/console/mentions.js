// Colleagues asked by name in a note: `@` brings who could read the conversation, and whoever stands in the note is told.
import { choosing } from "/console/choosing.js";

// What is being written behind an `@`, before the cursor: a name may have a space in it.
const NAMING = /(?:^|\s)@([\p{L}\p{M}\d'.-]*(?: [\p{L}\p{M}\d'.-]*)?)$/u;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function mentions({ part, make, ask, word }) {
  const field = part("passing-words").querySelector("textarea"), list = part("colleagues");
  let people = [], found = [];
  list.setAttribute("aria-label", word("mention"));
  const before = () => field.value.slice(0, field.selectionStart);
  const asking = () => (people.length ? NAMING.exec(before())?.[1] : undefined);
  const take = (n) => {
    const start = field.selectionStart - asking().length;
    field.setRangeText(`${found[n].name} `, start, field.selectionStart, "end");
    shut();
  };
  const { show, shut } = choosing({ field, list, take });
  const look = () => {
    const asked = asking();
    if (asked === undefined) return shut();
    found = people.filter(({ name }) => ` ${plain(name)}`.includes(` ${plain(asked)}`)).slice(0, 8);
    show(found.map(({ name }) => make("li", { textContent: name })));
  };
  field.addEventListener("input", look);
  return {
    // A note is written on this conversation; elsewhere nobody is asked.
    begin: async (of) => {
      people = (await ask("GET", `/conversations/${of}/readers`)).people;
      // Somebody may have begun before it was known who there is.
      look();
    },
    forget: () => { people = []; shut(); },
    // Who is asked in what was written: «@Ana María» asks her, and no Ana.
    named: (text) => {
      const asked = [];
      for (const { name, person } of [...people].sort((one, other) => other.name.length - one.name.length)) {
        if (!text.includes(`@${name}`)) continue;
        text = text.replaceAll(`@${name}`, "");
        asked.push(person);
      }
      return asked;
    },
  };
}
