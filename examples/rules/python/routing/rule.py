"""Places a case by the first word that it knows, and puts VIPs first."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.routing import Place
from wit_world.exports.rule import Description
from wit_world.imports import profile

EXAMPLE = {
    "words": [
        {"word": "factura", "queue": "pedidos"},
        {"word": "garantía", "queue": "postventa"},
    ],
    "vip-priority": 5,
}

# What a host holds settings to, before `prepare` sees them.
WORDS = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "properties": {
        "words": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"word": WORDS, "queue": WORDS},
                "required": ["word", "queue"],
                "additionalProperties": False,
            },
        },
        "vip-priority": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9,
            "default": 0,
            "description": "Of customers with the tag vip",
        },
    },
    "required": ["words"],
    "additionalProperties": False,
}


class Rule(exports.Rule):
    def describe(self):
        return Description(
            name="words-router",
            version="0.1.0",
            summary="Places a case by the first word that it knows, and puts VIPs first.",
            example_settings=json.dumps(EXAMPLE, indent=2, ensure_ascii=False),
            settings_schema=json.dumps(SCHEMA),
            attrs=[],
        )

    def prepare(self, settings):
        """Once for these settings, which are as the schema says: what is returned here is handed to every `route`.

        An `Err` is read by whoever wrote the settings.
        """
        try:
            read = json.loads(settings)
            words = [[word["word"], word["queue"]] for word in read["words"]]
            priority = int(read.get("vip-priority", 0))
        except (ValueError, KeyError, TypeError) as error:
            raise Err(f"the settings make no sense: {error!r}") from error
        return json.dumps({"words": words, "priority": priority}).encode()


class Routing(exports.Routing):
    def route(self, prepared, input):
        settings = json.loads(prepared)
        text = input.message.text.lower() if input.message else ""
        known = next(((word, queue) for word, queue in settings["words"] if word.lower() in text), None)
        if known is None:
            return None
        word, queue = known
        vip = is_vip()
        return Place(
            queue=queue,
            skills=[],
            priority=settings["priority"] if vip else 0,
            prefer=None,
            overflow_after=None,
            reason=f"Palabra «{word}»" + ("; VIP" if vip else ""),
            attrs=[],
        )


def is_vip():
    """Whatever a capability answers, the rule has to go on: without the tags nobody is a VIP."""
    try:
        return "vip" in profile.get().tags
    except Err:
        return False
