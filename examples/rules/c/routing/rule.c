// Places a case by the first word that it knows, and puts VIPs first.
//
// Names that begin with `plugin_`, `timonel_` and `exports_` are made of the contract: build/bindings/plugin.h has them all. What a
// call allocates is never given back, because its instance ends with it.
#include "json.h"
#include "plugin.h"

static const char EXAMPLE[] = "{\n"
                              "  \"words\": [\n"
                              "    { \"word\": \"factura\", \"queue\": \"pedidos\" },\n"
                              "    { \"word\": \"garantía\", \"queue\": \"postventa\" }\n"
                              "  ],\n"
                              "  \"vip-priority\": 5\n"
                              "}";

static const char SCHEMA[] = "{\n"
                             "  \"type\": \"object\",\n"
                             "  \"properties\": {\n"
                             "    \"words\": {\n"
                             "      \"type\": \"array\",\n"
                             "      \"minItems\": 1,\n"
                             "      \"items\": {\n"
                             "        \"type\": \"object\",\n"
                             "        \"properties\": { \"word\": { \"type\": \"string\", \"minLength\": 1 }, \"queue\": { \"type\": \"string\", \"minLength\": 1 } },\n"
                             "        \"required\": [\"word\", \"queue\"],\n"
                             "        \"additionalProperties\": false\n"
                             "      }\n"
                             "    },\n"
                             "    \"vip-priority\": { \"type\": \"integer\", \"minimum\": 0, \"maximum\": 9, \"default\": 0, \"description\": \"Of customers with the tag vip\" }\n"
                             "  },\n"
                             "  \"required\": [\"words\"],\n"
                             "  \"additionalProperties\": false\n"
                             "}";

enum { MOST = 64 };

typedef struct {
    json word, queue;
} entry;

typedef struct {
    entry words[MOST];
    size_t count;
    uint32_t vip_priority;
} settings;

static bool read_entry(json *in, entry *read) {
    *read = (entry){0};
    bool first = true;
    json name;
    if (!json_takes(in, '{')) return false;
    while (json_field(in, &first, &name)) {
        json *into = json_is(name, "word") ? &read->word : json_is(name, "queue") ? &read->queue : NULL;
        if (!into || !json_text(in, into)) return false;
    }
    return json_takes(in, '}') && read->word.at != read->word.end && read->queue.at != read->queue.end;
}

static bool read_words(json *in, settings *read) {
    if (!json_takes(in, '[')) return false;
    do {
        if (read->count == MOST || !read_entry(in, &read->words[read->count++])) return false;
    } while (json_takes(in, ','));
    return json_takes(in, ']');
}

static bool read_settings(json in, settings *read) {
    *read = (settings){0};
    bool first = true;
    json name;
    if (!json_takes(&in, '{')) return false;
    while (json_field(&in, &first, &name)) {
        bool known = json_is(name, "words")          ? read_words(&in, read)
                     : json_is(name, "vip-priority") ? json_number(&in, &read->vip_priority)
                                                     : false;
        if (!known) return false;
    }
    return json_takes(&in, '}') && read->count && read->vip_priority <= 9;
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

// Whatever a capability answers, the rule has to go on: without the tags nobody is a VIP.
static bool is_vip(void) {
    timonel_rules_profile_customer_t customer;
    timonel_rules_profile_failure_t failure;
    if (!timonel_rules_profile_get(&customer, &failure)) return false;
    for (size_t at = 0; at < customer.tags.len; at++)
        if (customer.tags.ptr[at].len == 3 && memcmp(customer.tags.ptr[at].ptr, "vip", 3) == 0) return true;
    return false;
}

static plugin_string_t text_of(json found) { return (plugin_string_t){(uint8_t *)found.at, found.end - found.at}; }

// «Palabra «factura»; VIP».
static plugin_string_t reason(json word, bool vip) {
    const char *parts[] = {"Palabra «", NULL, vip ? "»; VIP" : "»"};
    size_t length = word.end - word.at;
    char *text = malloc(strlen(parts[0]) + length + strlen(parts[2]));
    size_t at = 0;
    for (int part = 0; part < 3; part++) {
        const char *from = parts[part] ? parts[part] : word.at;
        size_t size = parts[part] ? strlen(from) : length;
        memcpy(text + at, from, size);
        at += size;
    }
    return (plugin_string_t){(uint8_t *)text, at};
}

void exports_timonel_rules_rule_describe(exports_timonel_rules_rule_description_t *ret) {
    plugin_string_set(&ret->name, "words-router");
    plugin_string_set(&ret->version, "0.1.0");
    plugin_string_set(&ret->summary, "Places a case by the first word that it knows, and puts VIPs first.");
    plugin_string_set(&ret->example_settings, EXAMPLE);
    plugin_string_set(&ret->settings_schema, SCHEMA);
    ret->attrs.len = 0;
}

// Once for these settings. What is returned is handed to every `route`: here the settings as they are, now that they make sense.
bool exports_timonel_rules_rule_prepare(plugin_string_t *text, plugin_list_u8_t *ret, plugin_string_t *err) {
    json in = {(const char *)text->ptr, (const char *)text->ptr + text->len};
    settings read;
    if (!read_settings(in, &read)) {
        plugin_string_set(err, "`words` (1 to 64, each with a `word` and a `queue`) and `vip-priority` (0 to 9) were expected");
        return false;
    }
    *ret = (plugin_list_u8_t){text->ptr, text->len};
    return true;
}

bool exports_timonel_rules_routing_route(plugin_list_u8_t *prepared, exports_timonel_rules_routing_input_t *input,
                                         exports_timonel_rules_routing_option_place_t *ret, plugin_string_t *err) {
    json in = {(const char *)prepared->ptr, (const char *)prepared->ptr + prepared->len};
    settings settings;
    if (!read_settings(in, &settings)) {
        plugin_string_set(err, "what was prepared cannot be read");
        return false;
    }
    *ret = (exports_timonel_rules_routing_option_place_t){0};
    for (size_t at = 0; input->message.is_some && at < settings.count; at++) {
        entry *known = &settings.words[at];
        if (!says(input->message.val.text, known->word)) continue;
        bool vip = is_vip();
        ret->is_some = true;
        ret->val.queue = text_of(known->queue);
        ret->val.priority = vip ? settings.vip_priority : 0;
        ret->val.reason = reason(known->word, vip);
        break;
    }
    return true;
}
