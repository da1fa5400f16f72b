"""Answers by the first word that it knows, and brings a person who is asked for."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.responding import Answer, Outcome
from wit_world.exports.rule import Description
from wit_world.imports import reply

EXAMPLE = {
    "answers": [
        {"word": "horario", "text": "Abrimos de lunes a viernes de 8:00 a 18:00."},
        {"word": "dónde", "text": "Estamos en la Calle 13 # 27-41, Bogotá."},
    ],
    "person": "asesor",
}

# What a host holds settings to, before `prepare` sees them.
WORDS = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"word": WORDS, "text": WORDS},
                "required": ["word", "text"],
                "additionalProperties": False,
            },
        },
        "person": {**WORDS, "description": "The word that brings a person"},
    },
    "required": ["answers", "person"],
    "additionalProperties": False,
}


class Rule(exports.Rule):
    def describe(self):
        return Description(
            name="word-answers",
            version="0.1.0",
            summary="Answers by the first word that it knows, and brings a person who is asked for.",
            example_settings=json.dumps(EXAMPLE, indent=2, ensure_ascii=False),
            settings_schema=json.dumps(SCHEMA),
            attrs=[],
        )

    def prepare(self, settings):
        """Once for these settings, which are as the schema says: what is returned here is handed to every `respond`.

        An `Err` is read by whoever wrote the settings.
        """
        try:
            read = json.loads(settings)
            answers = [[answer["word"], answer["text"]] for answer in read["answers"]]
            person = read["person"]
        except (ValueError, KeyError, TypeError) as error:
            raise Err(f"the settings make no sense: {error!r}") from error
        return json.dumps({"answers": answers, "person": person}).encode()


class Responding(exports.Responding):
    def respond(self, prepared, input):
        settings = json.loads(prepared)
        text = input.message.text.lower() if input.message else ""
        if settings["person"].lower() in text:
            return answer(Outcome.HAND_OVER, "Pidió una persona")
        known = next(((word, words) for word, words in settings["answers"] if word.lower() in text), None)
        if known is None:
            return answer(Outcome.ABSTAIN, "")
        word, words = known
        try:
            reply.text(words)
        except Err as error:
            # What a capability refuses has not happened: then a person should take it.
            return answer(Outcome.HAND_OVER, error.value.text)
        return answer(Outcome.ANSWERED, f"Palabra «{word}»")


def answer(outcome, reason):
    return Answer(outcome=outcome, reason=reason, attrs=[])
