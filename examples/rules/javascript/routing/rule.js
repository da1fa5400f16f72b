// Places a case by the first word that it knows, and puts VIPs first.

import { get as profile } from "timonel:rules/profile@0.1.0";

const example = {
  words: [
    { word: "factura", queue: "pedidos" },
    { word: "garantía", queue: "postventa" },
  ],
  "vip-priority": 5,
};

export const rule = {
  describe: () => ({
    name: "words-router",
    version: "0.1.0",
    summary: "Places a case by the first word that it knows, and puts VIPs first.",
    exampleSettings: JSON.stringify(example, null, 2),
  }),

  // Once for these settings: what is returned here is handed to every `route`. What is thrown, as a text, is read by whoever
  // wrote the settings.
  prepare(text) {
    const settings = parsed(text);
    const priority = settings["vip-priority"] ?? 0;
    if (!settings.words?.length || !settings.words.every(({ word, queue }) => word && queue)) {
      throw "`words`: at least one was expected, and each with a `word` and a `queue`";
    }
    if (!(Number.isInteger(priority) && priority >= 0 && priority <= 9)) {
      throw `\`vip-priority\` is ${priority}, and 0 to 9 are possible`;
    }
    return new TextEncoder().encode(JSON.stringify({ words: settings.words, priority }));
  },
};

export const routing = {
  route(prepared, { message }) {
    const { words, priority } = JSON.parse(new TextDecoder().decode(prepared));
    const text = message?.text.toLowerCase() ?? "";
    const known = words.find(({ word }) => text.includes(word.toLowerCase()));
    if (!known) return undefined;

    const vip = isVip();
    return {
      queue: known.queue,
      skills: [],
      priority: vip ? priority : 0,
      reason: `Palabra «${known.word}»${vip ? "; VIP" : ""}`,
      attrs: [],
    };
  },
};

// Whatever a capability answers, the rule has to go on: without the tags nobody is a VIP.
function isVip() {
  try {
    return profile().tags.includes("vip");
  } catch {
    return false;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw error.message;
  }
}
