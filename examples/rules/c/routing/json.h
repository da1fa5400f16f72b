// As much of JSON as settings of a rule want. Nothing is copied: what is found lies in the text that was read.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *at, *end;
} json;

static inline void json_space(json *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t')) in->at++;
}

// Whether the next character is this one; then it is behind us.
static inline bool json_takes(json *in, char wanted) {
    json_space(in);
    if (in->at == in->end || *in->at != wanted) return false;
    in->at++;
    return true;
}

// A text between quotation marks. One with an escape (`\`) is refused: settings hardly have any.
static inline bool json_text(json *in, json *text) {
    if (!json_takes(in, '"')) return false;
    text->at = in->at;
    while (in->at < in->end && *in->at != '"' && *in->at != '\\') in->at++;
    text->end = in->at;
    return json_takes(in, '"');
}

// A whole number of at most four digits.
static inline bool json_number(json *in, uint32_t *number) {
    json_space(in);
    const char *begin = in->at;
    for (*number = 0; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) *number = *number * 10 + (*in->at - '0');
    return in->at > begin && in->at - begin <= 4;
}

// The name of the next field of a table, until it ends.
static inline bool json_field(json *in, bool *first, json *name) {
    if (!*first && !json_takes(in, ',')) return false;
    *first = false;
    return json_text(in, name) && json_takes(in, ':');
}

static inline bool json_is(json text, const char *word) {
    size_t length = strlen(word);
    return (size_t)(text.end - text.at) == length && memcmp(text.at, word, length) == 0;
}
