#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20 };

// A large block is kept for the next large message, as long as these come: fresh memory costs more than what is
// done with it. It is given back after so many uses without one.
enum { LARGEST_SPARE = 4 << 20, SPARE_USES = 64 };

typedef struct block {
  struct block *previous;
  size_t size;
} block;

struct weft_arena {
  uint8_t *cursor, *end;
  block *current, *spare;
  unsigned spare_uses;
  size_t used, cap;
};

static uint8_t *block_bytes(block *b) { return (uint8_t *)(b + 1); }

static bool push_block(weft_arena *arena, size_t size) {
  block *b = arena->spare;
  if (b && b->size >= size) {
    arena->spare = NULL;
  } else {
    b = malloc(sizeof(block) + size);
    if (!b) return false;
    b->size = size;
  }
  b->previous = arena->current;
  arena->current = b;
  arena->cursor = block_bytes(b);
  arena->end = arena->cursor + b->size;
  return true;
}

weft_arena *weft_arena_new(size_t cap) {
  weft_arena *arena = calloc(1, sizeof(weft_arena));
  if (!arena) return NULL;
  arena->cap = cap;
  if (!push_block(arena, FIRST_BLOCK)) {
    free(arena);
    return NULL;
  }
  return arena;
}

void weft_arena_free(weft_arena *arena) {
  if (!arena) return;
  for (block *b = arena->current; b;) {
    block *previous = b->previous;
    free(b);
    b = previous;
  }
  free(arena->spare);
  free(arena);
}

/// Keeps the larger of this block and the spare one, unless it is too large, and frees the other.
static void keep_or_free(weft_arena *arena, block *b) {
  arena->spare_uses = 0;
  if (b->size <= LARGEST_SPARE && (!arena->spare || b->size > arena->spare->size)) {
    free(arena->spare);
    arena->spare = b;
  } else {
    free(b);
  }
}

/// Back to the first block: what large calls needed is not kept for ever.
static void reset(weft_arena *arena) {
  if (!arena->current->previous && arena->spare && ++arena->spare_uses >= SPARE_USES) {
    free(arena->spare);
    arena->spare = NULL;
  }
  while (arena->current->previous) {
    block *b = arena->current;
    arena->current = b->previous;
    keep_or_free(arena, b);
  }
  arena->cursor = block_bytes(arena->current);
  arena->end = arena->cursor + arena->current->size;
  arena->used = 0;
}

static bool grow(weft_arena *arena, size_t size) {
  size_t next = arena->current->size * 2;
  if (next > LARGEST_BLOCK) next = LARGEST_BLOCK;
  return push_block(arena, next < size ? size : next);
}

void *weft_arena_alloc(weft_arena *arena, size_t size) {
  if (size > SIZE_MAX / 2) return NULL;
  size = (size + 7) & ~(size_t)7;
  if (size > arena->cap - arena->used) return NULL;
  if (size > (size_t)(arena->end - arena->cursor) && !grow(arena, size)) return NULL;
  void *result = arena->cursor;
  arena->cursor += size;
  arena->used += size;
  return result;
}

size_t weft_arena_used(const weft_arena *arena) { return arena->used; }

void *weft_array_reserve(weft_arena *arena, void *array, size_t count, size_t extra, size_t element) {
  array_header *header = array ? (array_header *)array - 1 : NULL;
  size_t capacity = header ? header->capacity : 0;
  if (extra > SIZE_MAX / 4 - count) return NULL;
  size_t needed = count + extra;
  if (needed <= capacity && header) return array;
  size_t wanted = capacity * 2 > needed ? capacity * 2 : needed;
  if (wanted < 4) wanted = 4;
  if (wanted > (SIZE_MAX / 2 - sizeof(array_header)) / element) return NULL;
  size_t bytes = (wanted * element + 7) & ~(size_t)7;
  size_t held = (capacity * element + 7) & ~(size_t)7;
  // The newest allocation grows where it is, so that one long array is never copied.
  if (header && (uint8_t *)array + held == arena->cursor
      && bytes - held <= (size_t)(arena->end - arena->cursor) && bytes - held <= arena->cap - arena->used) {
    arena->cursor += bytes - held;
    arena->used += bytes - held;
    header->capacity = wanted;
    return array;
  }
  array_header *grown = weft_arena_alloc(arena, sizeof(array_header) + bytes);
  if (!grown) return NULL;
  grown->capacity = wanted;
  grown->pending = header ? header->pending : 0;
  if (count) memcpy(grown + 1, array, count * element);
  return grown + 1;
}

ProtobufCMessage *weft_message_new(const ProtobufCMessageDescriptor *type, weft_arena *arena) {
  ProtobufCMessage *message = weft_arena_alloc(arena, type->sizeof_message);
  if (!message) return NULL;
  memset(message, 0, type->sizeof_message);
  message->descriptor = type;
  return message;
}

uint8_t *weft_arena_tail(weft_arena *arena, size_t size, size_t *available) {
  if (size > (size_t)(arena->end - arena->cursor) && !grow(arena, size)) return NULL;
  *available = (size_t)(arena->end - arena->cursor);
  return arena->cursor;
}

// One arena waits in each thread. It leaves the slot while in use, so nested use gets another, and it may be
// released in another thread than it was taken in.
static _Thread_local weft_arena *cached;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

static void free_at_exit(void *marker) {
  (void)marker;
  weft_arena_free(cached);
  cached = NULL;
}

static void make_exit_key(void) { pthread_key_create(&exit_key, free_at_exit); }

weft_arena *weft_arena_acquire(size_t cap) {
  weft_arena *arena = cached;
  if (!arena) return weft_arena_new(cap);
  cached = NULL;
  arena->cap = cap;
  return arena;
}

void weft_arena_release(weft_arena *arena) {
  if (!arena) return;
  if (cached) {
    weft_arena_free(arena);
    return;
  }
  reset(arena);
  cached = arena;
  // Any value makes the thread's exit call the key's destructor.
  static _Thread_local bool registered;
  if (registered) return;
  registered = true;
  pthread_once(&exit_once, make_exit_key);
  pthread_setspecific(exit_key, &exit_key);
}
