#include "internal.h"

#include <string.h>

enum {
  /// Deeper messages than any decoder accepts are not encoded: the stack is finite.
  DEEPEST = 1000,
  FIRST_ROOM = 512,
};

/// Protobuf's own limit on one message.
static const size_t largest = INT32_MAX;

/// `at` moves down from `end` to `start`.
typedef struct writer {
  uint8_t *start, *at, *end;
  weft_arena *arena;
  weft_status status;
} writer;

static bool make_room(writer *w, size_t size) {
  size_t written = (size_t)(w->end - w->at);
  if (w->status) return false;
  if (size > largest || written + size > largest) {
    w->status = WEFT_TOO_LARGE;
    return false;
  }
  size_t available, wanted = (written + size) * 2;
  // More than the whole old room, so this is another block: what is written moves to its end.
  uint8_t *room = weft_arena_tail(w->arena, wanted, &available);
  if (!room) {
    w->status = WEFT_ARENA_FULL;
    return false;
  }
  uint8_t *end = room + available;
  if (written) memcpy(end - written, w->at, written);
  w->start = room;
  w->end = end;
  w->at = end - written;
  return true;
}

static inline bool ensure(writer *w, size_t size) {
  return (size_t)(w->at - w->start) >= size || make_room(w, size);
}

// Functions that end in _unchecked write without asking for room: `ensure` was called for all of it.

enum {
  /// The longest varint.
  VARINT = 10,
  /// A tag, a length or a scalar, and another tag.
  SCALAR = 3 * VARINT,
};

static inline void put_bytes_unchecked(writer *w, const void *bytes, size_t size) {
  w->at -= size;
  if (size) memcpy(w->at, bytes, size);
}

static inline void put_varint_unchecked(writer *w, uint64_t value) {
  if (value < 0x80) {
    *--w->at = (uint8_t)value;
    return;
  }
  uint8_t *p = w->at -= varint_size(value);
  for (; value >= 0x80; value >>= 7) *p++ = (uint8_t)(value | 0x80);
  *p = (uint8_t)value;
}

static inline void put_tag_unchecked(writer *w, uint32_t number, unsigned wire) {
  put_varint_unchecked(w, (uint64_t)number << 3 | wire);
}

static void put_message(writer *w, const ProtobufCMessage *message, unsigned depth);

static inline uint64_t varint_of(ProtobufCType type, const void *value) {
  switch (type) {
    case PROTOBUF_C_TYPE_SINT32: {
      int32_t number = *(const int32_t *)value;
      return ((uint32_t)number << 1) ^ (uint32_t)(number >> 31);
    }
    case PROTOBUF_C_TYPE_SINT64: {
      int64_t number = *(const int64_t *)value;
      return ((uint64_t)number << 1) ^ (uint64_t)(number >> 63);
    }
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      return *(const uint64_t *)value;
    case PROTOBUF_C_TYPE_UINT32:
      return *(const uint32_t *)value;
    case PROTOBUF_C_TYPE_BOOL:
      return *(const protobuf_c_boolean *)value != 0;
    default:
      // int32 and enum: negative numbers take ten bytes, as if they had 64 bits.
      return (uint64_t)(int64_t) * (const int32_t *)value;
  }
}

/// Writes length-delimited bytes, their length and the tag.
static inline void put_data(writer *w, uint32_t number, const void *bytes, size_t length) {
  if (length > largest || !ensure(w, length + SCALAR)) {
    if (!w->status) w->status = WEFT_TOO_LARGE;
    return;
  }
  put_bytes_unchecked(w, bytes, length);
  put_varint_unchecked(w, length);
  put_tag_unchecked(w, number, WIRE_BYTES);
}

/// A value with its tag. Unless it is `wanted` in any case, nothing is written for the default of its type. Floats
/// are compared by their bits: -0.0 is not the default.
static inline void put_value(
  writer *w, const ProtobufCFieldDescriptor *field, const void *value, bool wanted, unsigned depth) {
  switch (field->type) {
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      if ((!wanted && !*(const uint64_t *)value) || !ensure(w, SCALAR)) return;
      put_bytes_unchecked(w, value, 8);
      put_tag_unchecked(w, field->id, WIRE_64);
      return;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
      if ((!wanted && !*(const uint32_t *)value) || !ensure(w, SCALAR)) return;
      put_bytes_unchecked(w, value, 4);
      put_tag_unchecked(w, field->id, WIRE_32);
      return;
    case PROTOBUF_C_TYPE_STRING: {
      const char *text = *(char *const *)value;
      size_t length = text ? strlen(text) : 0;
      if (wanted || length) put_data(w, field->id, text, length);
      return;
    }
    case PROTOBUF_C_TYPE_BYTES: {
      const ProtobufCBinaryData *bytes = value;
      if (wanted || bytes->len) put_data(w, field->id, bytes->data, bytes->len);
      return;
    }
    case PROTOBUF_C_TYPE_MESSAGE: {
      const ProtobufCMessage *child = *(ProtobufCMessage *const *)value;
      if (!wanted && !child) return;
      ptrdiff_t before = w->end - w->at;
      // A wanted member without a message is the empty message.
      if (child) put_message(w, child, depth);
      if (!ensure(w, SCALAR)) return;
      put_varint_unchecked(w, (uint64_t)((w->end - w->at) - before));
      put_tag_unchecked(w, field->id, WIRE_BYTES);
      return;
    }
    default: {
      uint64_t number = varint_of(field->type, value);
      if ((!wanted && !number) || !ensure(w, SCALAR)) return;
      put_varint_unchecked(w, number);
      put_tag_unchecked(w, field->id, WIRE_VARINT);
    }
  }
}

static void put_repeated(
  writer *w, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, unsigned depth) {
  size_t count = *(const size_t *)((const uint8_t *)message + field->quantifier_offset);
  if (!count) return;
  const uint8_t *array = *(uint8_t *const *)((const uint8_t *)message + field->offset);
  size_t size = element_size(field->type);
  if (!(field->flags & PROTOBUF_C_FIELD_FLAG_PACKED)) {
    for (size_t i = count; i-- > 0 && !w->status;) put_value(w, field, array + i * size, true, depth);
    return;
  }
  if (wire_type(field->type) != WIRE_VARINT) {
    put_data(w, field->id, array, count * size);
    return;
  }
  ptrdiff_t before = w->end - w->at;
  for (size_t i = count; i-- > 0 && ensure(w, VARINT);) {
    put_varint_unchecked(w, varint_of(field->type, array + i * size));
  }
  if (!ensure(w, SCALAR)) return;
  put_varint_unchecked(w, (uint64_t)((w->end - w->at) - before));
  put_tag_unchecked(w, field->id, WIRE_BYTES);
}

static void put_message(writer *w, const ProtobufCMessage *message, unsigned depth) {
  if (depth == 0) {
    if (!w->status) w->status = WEFT_TOO_DEEP;
    return;
  }
  size_t unknown = message->n_unknown_fields ? weft_unknown_size(message) : 0;
  if (unknown && ensure(w, unknown)) {
    w->at -= unknown;
    weft_unknown_write(message, w->at);
  }
  const uint8_t *base = (const uint8_t *)message;
  const ProtobufCMessageDescriptor *type = message->descriptor;
  for (unsigned i = type->n_fields; i-- > 0 && !w->status;) {
    const ProtobufCFieldDescriptor *field = &type->fields[i];
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      put_repeated(w, message, field, depth - 1);
      continue;
    }
    bool wanted = field->label == PROTOBUF_C_LABEL_REQUIRED || (field->reserved_flags & WEFT_FIELD_ALWAYS);
    if (!wanted && field->quantifier_offset) {
      // The case word of a oneof holds the number of its member; a `has` word is not zero.
      uint32_t word = *(const uint32_t *)(base + field->quantifier_offset);
      wanted = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF ? word == field->id : word != 0;
      if (!wanted) continue;
    }
    put_value(w, field, base + field->offset, wanted, depth - 1);
  }
}

weft_status weft_pack(
  const ProtobufCMessage *message, weft_arena *arena, const uint8_t **data, size_t *length) {
  writer w = {.arena = arena};
  if (!make_room(&w, FIRST_ROOM)) return w.status;
  put_message(&w, message, DEEPEST);
  *data = w.at;
  *length = (size_t)(w.end - w.at);
  return w.status;
}
