// What was said in the conversation that is open, as far as somebody has gone back in it. Only what changed is drawn anew, so a thread of
// thousands of messages costs no more than a short one, and whoever reads what was said a year ago is not thrown back by what is said now.

export function thread({ box, message, remark }) {
  // What a list told meanwhile lies apart: between it and what was looked at there may be more.
  let messages = new Map(), coming = new Map(), remarks = [], more = false, drawn = new Map();

  // Messages stay in the order in which they were taken in: the customer's moments are by another clock, and to the second.
  const all = () => {
    const known = [...messages.values(), ...coming.values()];
    if (!remarks.length) return known;
    const first = more && known.length ? new Date(known[0].at) : 0;
    const rest = remarks.filter((one) => new Date(one.at) >= first);
    const lines = known.flatMap((one) => {
      const before = rest.findIndex((note) => new Date(note.at) >= new Date(one.at));
      return [...rest.splice(0, before < 0 ? rest.length : before), one];
    });
    return [...lines, ...rest];
  };

  function draw() {
    const byMessage = new Map();
    for (const one of [...messages.values(), ...coming.values()]) byMessage.set(one.message, one);
    const before = drawn;
    drawn = new Map();
    let next = box.firstChild;
    for (const one of all()) {
      const answered = one.answers && byMessage.get(one.answers);
      const key = one.message ?? `${one.at} ${one.is}`, was = before.get(key), text = answered?.text;
      // What was not told anew is as it was.
      const same = was && was.text === text && (was.one === one || JSON.stringify(was.one) === JSON.stringify(one));
      const element = same ? was.element : one.message ? message(one, answered) : remark(one);
      drawn.set(key, { one, text, element });
      if (element === next) next = next.nextSibling;
      else box.insertBefore(element, next);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  }

  return {
    // Another conversation.
    clear: () => { messages = new Map(); coming = new Map(); remarks = []; more = false; draw(); },
    // Its latest messages, as they are now.
    latest: (told) => {
      const [first] = told.messages, newest = [...messages.keys()].at(-1);
      // So much was said meanwhile that what lies between is not known.
      const torn = told.more && newest !== undefined && first && first.version > newest;
      if (torn || !messages.size || !told.more) { messages = new Map(); more = told.more; }
      for (const one of told.messages) messages.set(one.version, one);
      const last = told.messages.at(-1)?.version ?? 0;
      for (const version of [...coming.keys()]) if (version <= last) coming.delete(version);
      remarks = told.remarks;
      draw();
    },
    // One more, that a list told: it is looked at whole a moment later.
    coming: (one) => {
      const newest = [...messages.keys(), ...coming.keys()].at(-1);
      if (newest === undefined || one.version <= newest) return;
      coming.set(one.version, one);
      draw();
    },
    // Those before them.
    earlier: (told) => {
      messages = new Map([...told.messages.map((one) => [one.version, one]), ...messages]);
      more = told.more;
      const height = box.scrollHeight;
      draw();
      box.scrollTop += box.scrollHeight - height;
    },
    // The version of the first that is known, if there are some before it.
    first: () => (more ? messages.keys().next().value : undefined),
  };
}
