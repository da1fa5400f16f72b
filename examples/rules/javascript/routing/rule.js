// Places a case by the first word that it knows, and puts VIPs first.

import { get as profile } from "timonel:rules/profile@0.1.0";

const example = {
  words: [
    { word: "factura", queue: "pedidos" },
    { word: "garantía", queue: "postventa" },
  ],
  "vip-priority": 5,
};

// What a host holds settings to, before `prepare` sees them.
const words = { type: "string", minLength: 1 };
const schema = {
  type: "object",
  properties: {
    words: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: { word: words, queue: words },
        required: ["word", "queue"],
        additionalProperties: false,
      },
    },
    "vip-priority": {
      type: "integer",
      minimum: 0,
      maximum: 9,
      default: 0,
      description: "Of customers with the tag vip",
    },
  },
  required: ["words"],
  additionalProperties: false,
};

export const rule = {
  describe: () => ({
    name: "words-router",
    version: "0.1.0",
    summary: "Places a case by the first word that it knows, and puts VIPs first.",
    exampleSettings: JSON.stringify(example, null, 2),
    settingsSchema: JSON.stringify(schema),
    attrs: [],
  }),

  // Once for these settings, which are as the schema says: what is returned here is handed to every `route`. What is thrown, as a
  // text, is read by whoever wrote the settings.
  prepare(text) {
    const { words, "vip-priority": priority = 0 } = parsed(text);
    return new TextEncoder().encode(JSON.stringify({ words, priority }));
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
