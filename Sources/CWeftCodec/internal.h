/// Shared by the codec's C files only.
#ifndef WEFT_CODEC_INTERNAL_H
#define WEFT_CODEC_INTERNAL_H

#include "weft_codec.h"

/// Lies in front of every array that `weft_array_reserve` makes.
typedef struct array_header {
  size_t capacity;
  /// The map field of this array already waits for its duplicates to be removed.
  size_t pending;
} array_header;

/// The free end of the current block, at least `size` bytes of it, without taking it: for the encoder, which
/// writes backwards and does not know its size. It belongs to nobody until the next allocation.
uint8_t *weft_arena_tail(weft_arena *arena, size_t size, size_t *available);

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_GROUP = 3, WIRE_END_GROUP = 4, WIRE_32 = 5 };

/// Reads a varint of at most ten bytes. NULL when it is cut off or too long.
static inline const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint64_t *value) {
  if (p < end && *p < 0x80) {
    *value = *p;
    return p + 1;
  }
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (p == end) return NULL;
    uint8_t byte = *p++;
    result |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      // The tenth byte has room for one bit.
      if (shift == 63 && byte > 1) return NULL;
      *value = result;
      return p;
    }
  }
  return NULL;
}

/// The size of one element of a repeated field, or of a singular one, inside the struct.
static inline size_t element_size(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING:
      return 8;
    case PROTOBUF_C_TYPE_BYTES:
      return sizeof(ProtobufCBinaryData);
    default:
      return 4;
  }
}

static inline unsigned wire_type(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return WIRE_64;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
      return WIRE_32;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
      return WIRE_BYTES;
    default:
      return WIRE_VARINT;
  }
}

static inline size_t varint_size(uint64_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    size++;
  }
  return size;
}

bool weft_enum_declares(const ProtobufCEnumDescriptor *type, int32_t number);

/// Reads the group or scalar that follows `tag` without keeping it.
weft_status weft_skip(
  const uint8_t **cursor, const uint8_t *end, uint32_t number, unsigned wire, unsigned depth);

weft_status weft_unknown_push(
  ProtobufCMessage *message, uint32_t number, unsigned wire, const uint8_t *data, size_t length,
  weft_arena *arena);

#endif
