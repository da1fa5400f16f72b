// What the bindings and a small rule want of the C library. An instance lives for one call, so nothing is ever given back.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern unsigned char __heap_base;
static uintptr_t next;

static const size_t PAGE = 65536;

void *aligned_alloc(size_t align, size_t size) {
    if (!next) next = (uintptr_t)&__heap_base;
    uintptr_t start = (next + align - 1) & -align;
    uintptr_t end = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
    if (size > UINTPTR_MAX - start) abort();
    if (start + size > end) {
        size_t pages = (start + size - end + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) abort();
    }
    next = start + size;
    return (void *)start;
}

void *malloc(size_t size) { return aligned_alloc(16, size); }

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) abort();
    return malloc(bytes); // Memory is new, and so it is zero.
}

// How large a block was is not kept. Behind the new place lies nothing that was handed out, so copying too much does no harm.
void *realloc(void *block, size_t size) {
    void *fresh = malloc(size);
    if (block) memmove(fresh, block, size);
    return fresh;
}

void free(void *block) { (void)block; }

_Noreturn void abort(void) { __builtin_trap(); }

void *memcpy(void *to, const void *from, size_t size) { return __builtin_memcpy(to, from, size); }
void *memmove(void *to, const void *from, size_t size) { return __builtin_memmove(to, from, size); }
void *memset(void *to, int byte, size_t size) { return __builtin_memset(to, byte, size); }

int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *a = one, *b = other;
    for (; size; size--, a++, b++)
        if (*a != *b) return *a - *b;
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

int strcmp(const char *one, const char *other) {
    while (*one && *one == *other) one++, other++;
    return (unsigned char)*one - (unsigned char)*other;
}
