// Answers by the first word that it knows, and brings a person who is asked for.

import { text as reply } from "timonel:rules/reply@0.1.0";

const example = {
  answers: [
    { word: "horario", text: "Abrimos de lunes a viernes de 8:00 a 18:00." },
    { word: "dónde", text: "Estamos en la Calle 13 # 27-41, Bogotá." },
  ],
  person: "asesor",
};

export const rule = {
  describe: () => ({
    name: "word-answers",
    version: "0.1.0",
    summary: "Answers by the first word that it knows, and brings a person who is asked for.",
    exampleSettings: JSON.stringify(example, null, 2),
  }),

  // Once for these settings: what is returned here is handed to every `respond`. What is thrown, as a text, is read by whoever
  // wrote the settings.
  prepare(text) {
    const { answers = [], person } = parsed(text);
    if (!person || !answers.every(({ word, text }) => word && text)) {
      throw "`person` and each `word` and `text` in `answers`: words were expected";
    }
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
