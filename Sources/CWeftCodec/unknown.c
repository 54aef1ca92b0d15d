#include "internal.h"

#include <string.h>

weft_status weft_skip(
  const uint8_t **cursor, const uint8_t *end, uint32_t number, unsigned wire, unsigned depth) {
  const uint8_t *p = *cursor;
  uint64_t value;
  switch (wire) {
    case WIRE_VARINT:
      p = read_varint(p, end, &value);
      if (!p) return WEFT_BAD_VARINT;
      break;
    case WIRE_64:
      if (end - p < 8) return WEFT_TRUNCATED;
      p += 8;
      break;
    case WIRE_32:
      if (end - p < 4) return WEFT_TRUNCATED;
      p += 4;
      break;
    case WIRE_BYTES:
      p = read_varint(p, end, &value);
      if (!p) return WEFT_BAD_VARINT;
      if (value > (uint64_t)(end - p)) return WEFT_TRUNCATED;
      p += value;
      break;
    case WIRE_GROUP:
      if (depth == 0) return WEFT_TOO_DEEP;
      for (;;) {
        if (p == end) return WEFT_TRUNCATED;
        p = read_varint(p, end, &value);
        if (!p) return WEFT_BAD_VARINT;
        uint64_t inner = value >> 3;
        if (inner == 0 || value > UINT32_MAX) return WEFT_BAD_FIELD_NUMBER;
        if ((value & 7) == WIRE_END_GROUP) {
          if (inner != number) return WEFT_BAD_GROUP;
          break;
        }
        *cursor = p;
        weft_status status = weft_skip(cursor, end, (uint32_t)inner, value & 7, depth - 1);
        if (status) return status;
        p = *cursor;
      }
      break;
    case WIRE_END_GROUP:
      return WEFT_BAD_GROUP;
    default:
      return WEFT_BAD_WIRE_TYPE;
  }
  *cursor = p;
  return WEFT_OK;
}

weft_status weft_unknown_push(
  ProtobufCMessage *message, uint32_t number, unsigned wire, const uint8_t *data, size_t length,
  weft_arena *arena) {
  ProtobufCMessageUnknownField *all = weft_array_reserve(
    arena, message->unknown_fields, message->n_unknown_fields, 1, sizeof(ProtobufCMessageUnknownField));
  if (!all) return WEFT_ARENA_FULL;
  message->unknown_fields = all;
  ProtobufCMessageUnknownField *field = &all[message->n_unknown_fields++];
  field->tag = number;
  field->wire_type = (ProtobufCWireType)wire;
  field->len = length;
  field->data = (uint8_t *)data;
  return WEFT_OK;
}

weft_status weft_unknown_append(
  ProtobufCMessage *message, const uint8_t *data, size_t length, weft_arena *arena, unsigned max_depth) {
  const uint8_t *p = data, *end = data + length;
  while (p < end) {
    uint64_t tag;
    p = read_varint(p, end, &tag);
    if (!p) return WEFT_BAD_VARINT;
    if (tag > UINT32_MAX || tag >> 3 == 0) return WEFT_BAD_FIELD_NUMBER;
    const uint8_t *content = p;
    weft_status status = weft_skip(&p, end, (uint32_t)(tag >> 3), tag & 7, max_depth);
    if (status) return status;
    status = weft_unknown_push(
      message, (uint32_t)(tag >> 3), tag & 7, content, (size_t)(p - content), arena);
    if (status) return status;
  }
  return WEFT_OK;
}

size_t weft_unknown_size(const ProtobufCMessage *message) {
  size_t total = 0;
  for (unsigned i = 0; i < message->n_unknown_fields; i++) {
    const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
    total += varint_size((uint64_t)field->tag << 3) + field->len;
  }
  return total;
}

void weft_unknown_write(const ProtobufCMessage *message, uint8_t *out) {
  for (unsigned i = 0; i < message->n_unknown_fields; i++) {
    const ProtobufCMessageUnknownField *field = &message->unknown_fields[i];
    uint64_t tag = (uint64_t)field->tag << 3 | field->wire_type;
    for (; tag >= 0x80; tag >>= 7) *out++ = (uint8_t)(tag | 0x80);
    *out++ = (uint8_t)tag;
    if (field->len) memcpy(out, field->data, field->len);
    out += field->len;
  }
}
