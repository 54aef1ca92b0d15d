#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/// A key is mixed with a seed of this process, so that nobody can choose keys that collide.
static uint64_t process_seed(void) {
  static _Atomic uint64_t seed;
  uint64_t value = seed;
  if (value) return value;
  if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value) value = (uintptr_t)&seed;
  value |= 1;
  uint64_t unset = 0;
  return __atomic_compare_exchange_n((uint64_t *)&seed, &unset, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
    ? value
    : unset;
}

static uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// The bytes of an entry's key, wherever they lie.
static ProtobufCBinaryData key_of(const ProtobufCMessage *entry, const ProtobufCFieldDescriptor *key) {
  uint8_t *at = (uint8_t *)entry + key->offset;
  if (key->type == PROTOBUF_C_TYPE_BYTES) return *(ProtobufCBinaryData *)at;
  return (ProtobufCBinaryData){element_size(key->type), at};
}

static uint64_t hash(ProtobufCBinaryData key, uint64_t seed) {
  uint64_t state = seed ^ key.len;
  size_t left = key.len;
  const uint8_t *p = key.data;
  for (; left >= 8; left -= 8, p += 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    state = mix(state ^ word, seed ^ 0x9e3779b97f4a7c15u);
  }
  uint64_t word = 0;
  if (left) memcpy(&word, p, left);
  return mix(state ^ word, seed ^ 0xd6e8feb86659fd93u);
}

static bool equal(ProtobufCBinaryData a, ProtobufCBinaryData b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

enum { SMALL = 8 };

static size_t unique_small(
  ProtobufCMessage **entries, size_t count, const ProtobufCFieldDescriptor *key, ProtobufCMessage **replaced) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    size_t j = 0;
    ProtobufCBinaryData mine = key_of(entries[i], key);
    while (j < kept && !equal(key_of(entries[j], key), mine)) j++;
    if (j == kept) {
      kept++;
    } else {
      *replaced = entries[j];
    }
    entries[j] = entries[i];
  }
  return kept;
}

bool weft_entries_unique(
  ProtobufCMessage **entries, size_t *count, const ProtobufCFieldDescriptor *field,
  ProtobufCMessage **replaced) {
  *replaced = NULL;
  if (*count < 2) return true;
  const ProtobufCFieldDescriptor *key = ((const ProtobufCMessageDescriptor *)field->descriptor)->fields;
  if (*count <= SMALL) {
    *count = unique_small(entries, *count, key, replaced);
    return true;
  }
  size_t slots = 16;
  while (slots < *count * 2) slots *= 2;
  // Index + 1 of the entry that took the slot; 0 is free.
  uint32_t *table = *count < UINT32_MAX / 4 ? calloc(slots, sizeof(uint32_t)) : NULL;
  if (!table) return false;
  uint64_t seed = process_seed();
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++) {
    ProtobufCBinaryData mine = key_of(entries[i], key);
    size_t slot = hash(mine, seed) & (slots - 1);
    while (table[slot] && !equal(key_of(entries[table[slot] - 1], key), mine)) {
      slot = (slot + 1) & (slots - 1);
    }
    if (table[slot]) {
      *replaced = entries[table[slot] - 1];
      entries[table[slot] - 1] = entries[i];
    } else {
      entries[kept++] = entries[i];
      table[slot] = (uint32_t)kept;
    }
  }
  free(table);
  *count = kept;
  return true;
}

bool weft_map_unique(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  size_t *count = (size_t *)((uint8_t *)message + field->quantifier_offset);
  ProtobufCMessage *replaced;
  return weft_entries_unique(
    *(ProtobufCMessage ***)((uint8_t *)message + field->offset), count, field, &replaced);
}
