// Answers by the first word that it knows, and brings a person who is asked for.
//
// Names that begin with `plugin_`, `timonel_` and `exports_` are made of the contract: build/bindings/plugin.h has them all. What a
// call allocates is never given back, because its instance ends with it.
#include "json.h"
#include "plugin.h"

static const char EXAMPLE[] = "{\n"
                              "  \"answers\": [\n"
                              "    { \"word\": \"horario\", \"text\": \"Abrimos de lunes a viernes de 8:00 a 18:00.\" },\n"
                              "    { \"word\": \"dónde\", \"text\": \"Estamos en la Calle 13 # 27-41, Bogotá.\" }\n"
                              "  ],\n"
                              "  \"person\": \"asesor\"\n"
                              "}";

static const char SCHEMA[] = "{\n"
                             "  \"type\": \"object\",\n"
                             "  \"properties\": {\n"
                             "    \"answers\": {\n"
                             "      \"type\": \"array\",\n"
                             "      \"items\": {\n"
                             "        \"type\": \"object\",\n"
                             "        \"properties\": { \"word\": { \"type\": \"string\", \"minLength\": 1 }, \"text\": { \"type\": \"string\", \"minLength\": 1 } },\n"
                             "        \"required\": [\"word\", \"text\"],\n"
                             "        \"additionalProperties\": false\n"
                             "      }\n"
                             "    },\n"
                             "    \"person\": { \"type\": \"string\", \"minLength\": 1, \"description\": \"The word that brings a person\" }\n"
                             "  },\n"
                             "  \"required\": [\"answers\", \"person\"],\n"
                             "  \"additionalProperties\": false\n"
                             "}";

enum { MOST = 64 };

typedef struct {
    json word, text;
} entry;

typedef struct {
    entry answers[MOST];
    size_t count;
    json person;
} settings;

static bool read_entry(json *in, entry *read) {
    *read = (entry){0};
    bool first = true;
    json name;
    if (!json_takes(in, '{')) return false;
    while (json_field(in, &first, &name)) {
        json *into = json_is(name, "word") ? &read->word : json_is(name, "text") ? &read->text : NULL;
        if (!into || !json_text(in, into)) return false;
    }
    return json_takes(in, '}') && read->word.at != read->word.end && read->text.at != read->text.end;
}

static bool read_answers(json *in, settings *read) {
    if (!json_takes(in, '[')) return false;
    if (json_takes(in, ']')) return true;
    do {
        if (read->count == MOST || !read_entry(in, &read->answers[read->count++])) return false;
    } while (json_takes(in, ','));
    return json_takes(in, ']');
}

static bool read_settings(json in, settings *read) {
    *read = (settings){0};
    bool first = true;
    json name;
    if (!json_takes(&in, '{')) return false;
    while (json_field(&in, &first, &name)) {
        bool known = json_is(name, "answers")  ? read_answers(&in, read)
                     : json_is(name, "person") ? json_text(&in, &read->person)
                                               : false;
        if (!known) return false;
    }
    return json_takes(&in, '}') && read->person.at != read->person.end;
}

static uint8_t small(uint8_t letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter; }

static bool says(plugin_string_t text, json word) {
    size_t length = word.end - word.at;
    for (size_t at = 0; at + length <= text.len; at++) {
        size_t same = 0;
        while (same < length && small(text.ptr[at + same]) == small(word.at[same])) same++;
        if (same == length) return true;
    }
    return false;
}

static plugin_string_t text_of(json found) { return (plugin_string_t){(uint8_t *)found.at, found.end - found.at}; }

// «Palabra «horario»».
static plugin_string_t reason(json word) {
    static const char before[] = "Palabra «", behind[] = "»";
    size_t length = word.end - word.at, begins = sizeof before - 1, ends = sizeof behind - 1;
    char *text = malloc(begins + length + ends);
    memcpy(text, before, begins);
    memcpy(text + begins, word.at, length);
    memcpy(text + begins + length, behind, ends);
    return (plugin_string_t){(uint8_t *)text, begins + length + ends};
}

void exports_timonel_rules_rule_describe(exports_timonel_rules_rule_description_t *ret) {
    plugin_string_set(&ret->name, "word-answers");
    plugin_string_set(&ret->version, "0.1.0");
    plugin_string_set(&ret->summary, "Answers by the first word that it knows, and brings a person who is asked for.");
    plugin_string_set(&ret->example_settings, EXAMPLE);
    plugin_string_set(&ret->settings_schema, SCHEMA);
    ret->attrs.len = 0;
}

// Once for these settings. What is returned is handed to every `respond`: here the settings as they are, now that they make sense.
bool exports_timonel_rules_rule_prepare(plugin_string_t *text, plugin_list_u8_t *ret, plugin_string_t *err) {
    json in = {(const char *)text->ptr, (const char *)text->ptr + text->len};
    settings read;
    if (!read_settings(in, &read)) {
        plugin_string_set(err, "`person` and `answers` (at most 64, each with a `word` and a `text`) were expected");
        return false;
    }
    *ret = (plugin_list_u8_t){text->ptr, text->len};
    return true;
}

bool exports_timonel_rules_responding_respond(plugin_list_u8_t *prepared, exports_timonel_rules_responding_input_t *input,
                                              exports_timonel_rules_responding_answer_t *ret, plugin_string_t *err) {
    json in = {(const char *)prepared->ptr, (const char *)prepared->ptr + prepared->len};
    settings settings;
    if (!read_settings(in, &settings)) {
        plugin_string_set(err, "what was prepared cannot be read");
        return false;
    }
    *ret = (exports_timonel_rules_responding_answer_t){.outcome = EXPORTS_TIMONEL_RULES_RESPONDING_OUTCOME_ABSTAIN};
    if (!input->message.is_some) return true;
    plugin_string_t text = input->message.val.text;
    if (says(text, settings.person)) {
        ret->outcome = EXPORTS_TIMONEL_RULES_RESPONDING_OUTCOME_HAND_OVER;
        plugin_string_set(&ret->reason, "Pidió una persona");
        return true;
    }
    for (size_t at = 0; at < settings.count; at++) {
        if (!says(text, settings.answers[at].word)) continue;
        plugin_string_t words = text_of(settings.answers[at].text);
        timonel_rules_reply_failure_t failure;
        if (timonel_rules_reply_text(&words, &failure)) {
            ret->outcome = EXPORTS_TIMONEL_RULES_RESPONDING_OUTCOME_ANSWERED;
            ret->reason = reason(settings.answers[at].word);
        } else {
            // What a capability refuses has not happened: then a person should take it.
            ret->outcome = EXPORTS_TIMONEL_RULES_RESPONDING_OUTCOME_HAND_OVER;
            ret->reason = failure.text;
        }
        break;
    }
    return true;
}
