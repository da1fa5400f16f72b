// Answers by the first word that it knows, and brings a person who is asked for.

import { text as reply } from "timonel:rules/reply@0.1.0";

const example = {
  answers: [
    { word: "horario", text: "Abrimos de lunes a viernes de 8:00 a 18:00." },
    { word: "dónde", text: "Estamos en la Calle 13 # 27-41, Bogotá." },
  ],
  person: "asesor",
};

// What a host holds settings to, before `prepare` sees them.
const words = { type: "string", minLength: 1 };
const schema = {
  type: "object",
  properties: {
    answers: {
      type: "array",
      items: {
        type: "object",
        properties: { word: words, text: words },
        required: ["word", "text"],
        additionalProperties: false,
      },
    },
    person: { ...words, description: "The word that brings a person" },
  },
  required: ["answers", "person"],
  additionalProperties: false,
};

export const rule = {
  describe: () => ({
    name: "word-answers",
    version: "0.1.0",
    summary: "Answers by the first word that it knows, and brings a person who is asked for.",
    exampleSettings: JSON.stringify(example, null, 2),
    settingsSchema: JSON.stringify(schema),
    attrs: [],
  }),

  // Once for these settings, which are as the schema says: what is returned here is handed to every `respond`. What is thrown, as a
  // text, is read by whoever wrote the settings.
  prepare(text) {
    const { answers, person } = parsed(text);
    return new TextEncoder().encode(JSON.stringify({ answers, person }));
  },
};

export const responding = {
  respond(prepared, { message }) {
    const { answers, person } = JSON.parse(new TextDecoder().decode(prepared));
    const text = message?.text.toLowerCase() ?? "";
    const says = (word) => text.includes(word.toLowerCase());
    if (says(person)) return answer("hand-over", "Pidió una persona");
    const known = answers.find(({ word }) => says(word));
    if (!known) return answer("abstain", "");
    try {
      reply(known.text);
    } catch ({ payload }) {
      // What a capability refuses has not happened: then a person should take it.
      return answer("hand-over", payload?.text ?? "");
    }
    return answer("answered", `Palabra «${known.word}»`);
  },
};

const answer = (outcome, reason) => ({ outcome, reason, attrs: [] });

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw error.message;
  }
}
