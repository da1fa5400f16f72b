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


class Rule(exports.Rule):
    def describe(self):
        return Description(
            name="words-router",
            version="0.1.0",
            summary="Places a case by the first word that it knows, and puts VIPs first.",
            example_settings=json.dumps(EXAMPLE, indent=2, ensure_ascii=False),
        )

    def prepare(self, settings):
        """Once for these settings: what is returned here is handed to every `route`.

        An `Err` is read by whoever wrote the settings.
        """
        try:
            read = json.loads(settings)
            words = [[word["word"], word["queue"]] for word in read["words"]]
            priority = int(read.get("vip-priority", 0))
        except (ValueError, KeyError, TypeError) as error:
            raise Err(f"the settings make no sense: {error!r}") from error
        if not words or not all(word and queue for word, queue in words):
            raise Err("`words`: at least one was expected, and each with a `word` and a `queue`")
        if not 0 <= priority <= 9:
            raise Err(f"`vip-priority` is {priority}, and 0 to 9 are possible")
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
