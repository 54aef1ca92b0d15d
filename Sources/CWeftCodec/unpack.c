#include "internal.h"

#include <string.h>

/// A map field whose duplicates are removed once everything is read: doing it at the end of each sub-message
/// would cost quadratic time when one message comes in many pieces.
typedef struct pending_map {
  struct pending_map *next;
  ProtobufCMessage *message;
  const ProtobufCFieldDescriptor *field;
} pending_map;

typedef struct reader {
  const uint8_t *start;
  weft_arena *arena;
  weft_error *error;
  pending_map *maps;
} reader;

static weft_status merge_fields(
  reader *r, ProtobufCMessage *message, const uint8_t *p, const uint8_t *end, unsigned depth);

static weft_status fail(reader *r, weft_status status, const uint8_t *at, const ProtobufCMessage *message) {
  r->error->status = status;
  r->error->offset = (size_t)(at - r->start);
  r->error->type = message->descriptor;
  return status;
}

static void *member(ProtobufCMessage *message, unsigned offset) { return (uint8_t *)message + offset; }

static void store_varint(ProtobufCType type, void *to, uint64_t value) {
  switch (type) {
    case PROTOBUF_C_TYPE_SINT32: {
      uint32_t word = (uint32_t)value;
      *(uint32_t *)to = (word >> 1) ^ (0 - (word & 1));
      break;
    }
    case PROTOBUF_C_TYPE_SINT64:
      *(uint64_t *)to = (value >> 1) ^ (0 - (value & 1));
      break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      *(uint64_t *)to = value;
      break;
    case PROTOBUF_C_TYPE_BOOL:
      *(protobuf_c_boolean *)to = value != 0;
      break;
    default:
      *(uint32_t *)to = (uint32_t)value;
  }
}

/// Notes that a singular field is set. A oneof that held another member is emptied first.
static void mark_present(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  if (field->label == PROTOBUF_C_LABEL_REPEATED || !field->quantifier_offset) return;
  uint32_t *word = member(message, field->quantifier_offset);
  if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
    if (*word != field->id) {
      memset(member(message, field->offset), 0, element_size(field->type));
      *word = field->id;
    }
  } else {
    *word = 1;
  }
}

/// Where the next value of a field goes: a new last element, or the member. NULL when the arena is full.
static void *place(reader *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  if (field->label != PROTOBUF_C_LABEL_REPEATED) {
    mark_present(message, field);
    return member(message, field->offset);
  }
  size_t *count = member(message, field->quantifier_offset);
  void **array = member(message, field->offset);
  size_t size = element_size(field->type);
  void *grown = weft_array_reserve(r->arena, *array, *count, 1, size);
  if (!grown) return NULL;
  *array = grown;
  return (uint8_t *)grown + size * (*count)++;
}

static weft_status read_packed(
  reader *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const uint8_t *p,
  const uint8_t *end, const uint8_t *tag_end) {
  size_t *count = member(message, field->quantifier_offset);
  void **array = member(message, field->offset);
  size_t size = element_size(field->type), added = 0;
  bool fixed = wire_type(field->type) != WIRE_VARINT;
  if (fixed) {
    if ((size_t)(end - p) % size) return fail(r, WEFT_TRUNCATED, end, message);
    added = (size_t)(end - p) / size;
  } else {
    for (const uint8_t *q = p; q < end; q++) added += *q < 0x80;
  }
  if (p == end) return WEFT_OK;
  void *grown = weft_array_reserve(r->arena, *array, *count, added, size);
  if (!grown) return fail(r, WEFT_ARENA_FULL, p, message);
  *array = grown;
  uint8_t *to = (uint8_t *)grown + size * *count;
  if (fixed) {
    memcpy(to, p, (size_t)(end - p));
    *count += added;
    return WEFT_OK;
  }
  bool closed = field->reserved_flags & WEFT_FIELD_CLOSED_ENUM;
  while (p < end) {
    uint64_t value;
    const uint8_t *next = read_varint(p, end, &value);
    if (!next) return fail(r, WEFT_BAD_VARINT, p, message);
    if (closed && !weft_enum_declares(field->descriptor, (int32_t)value)) {
      weft_status status =
        weft_unknown_push(message, field->id, WIRE_VARINT, p, (size_t)(next - p), r->arena);
      if (status) return fail(r, status, tag_end, message);
    } else {
      store_varint(field->type, to, value);
      to += size;
      ++*count;
    }
    p = next;
  }
  return WEFT_OK;
}

/// A map value that the wire leaves out is the empty message. An entry whose closed enum holds an undeclared
/// number is an unknown field of the message that holds the map: then `*drop` is set.
static weft_status finish_entry(
  reader *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, ProtobufCMessage *entry,
  bool *drop) {
  const ProtobufCFieldDescriptor *value = &entry->descriptor->fields[1];
  if (value->type == PROTOBUF_C_TYPE_MESSAGE) {
    ProtobufCMessage **slot = member(entry, value->offset);
    if (!*slot && !(*slot = weft_message_new(value->descriptor, r->arena))) return WEFT_ARENA_FULL;
  }
  if (value->reserved_flags & WEFT_FIELD_CLOSED_ENUM) {
    for (unsigned i = 0; i < entry->n_unknown_fields; i++) *drop |= entry->unknown_fields[i].tag == value->id;
  }
  entry->n_unknown_fields = 0;
  array_header *header = *(array_header **)member(message, field->offset);
  if (header[-1].pending) return WEFT_OK;
  pending_map *node = weft_arena_alloc(r->arena, sizeof(pending_map));
  if (!node) return WEFT_ARENA_FULL;
  header[-1].pending = 1;
  *node = (pending_map){r->maps, message, field};
  r->maps = node;
  return WEFT_OK;
}

static weft_status read_message(
  reader *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const uint8_t *p,
  const uint8_t *end, unsigned depth, bool *drop) {
  if (depth == 0) return fail(r, WEFT_TOO_DEEP, p, message);
  ProtobufCMessage **slot = place(r, message, field);
  if (!slot) return fail(r, WEFT_ARENA_FULL, p, message);
  bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
  // A singular message that comes again is merged into the one that is there.
  if (repeated || !*slot) {
    *slot = weft_message_new(field->descriptor, r->arena);
    if (!*slot) {
      if (repeated) --*(size_t *)member(message, field->quantifier_offset);
      return fail(r, WEFT_ARENA_FULL, p, message);
    }
  }
  ProtobufCMessage *child = *slot;
  weft_status status = merge_fields(r, child, p, end, depth - 1);
  if (status) {
    weft_error *error = r->error;
    if (error->path_length < WEFT_ERROR_PATH) error->path[error->path_length++] = field;
    return status;
  }
  if (!(field->reserved_flags & WEFT_FIELD_MAP)) return WEFT_OK;
  status = finish_entry(r, message, field, child, drop);
  if (*drop) --*(size_t *)member(message, field->quantifier_offset);
  return status ? fail(r, status, p, message) : WEFT_OK;
}

/// One value of a declared field whose wire type fits. `*unknown` is set when it is to be kept as unknown.
static weft_status read_field(
  reader *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, unsigned wire,
  const uint8_t **cursor, const uint8_t *end, unsigned depth, bool *unknown) {
  const uint8_t *p = *cursor;
  uint64_t value;
  if (wire == WIRE_32 || wire == WIRE_64) {
    size_t size = wire == WIRE_32 ? 4 : 8;
    if ((size_t)(end - p) < size) return fail(r, WEFT_TRUNCATED, p, message);
    void *to = place(r, message, field);
    if (!to) return fail(r, WEFT_ARENA_FULL, p, message);
    memcpy(to, p, size);
    *cursor = p + size;
    return WEFT_OK;
  }
  const uint8_t *content = read_varint(p, end, &value);
  if (!content) return fail(r, WEFT_BAD_VARINT, p, message);
  if (wire == WIRE_VARINT) {
    *cursor = content;
    bool closed = field->reserved_flags & WEFT_FIELD_CLOSED_ENUM;
    if (closed && !weft_enum_declares(field->descriptor, (int32_t)value)) {
      *unknown = true;
      return WEFT_OK;
    }
    void *to = place(r, message, field);
    if (!to) return fail(r, WEFT_ARENA_FULL, p, message);
    store_varint(field->type, to, value);
    return WEFT_OK;
  }
  if (value > (uint64_t)(end - content)) return fail(r, WEFT_TRUNCATED, p, message);
  const uint8_t *stop = content + value;
  *cursor = stop;
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
    return read_message(r, message, field, content, stop, depth, unknown);
  }
  if (field->type != PROTOBUF_C_TYPE_BYTES) return read_packed(r, message, field, content, stop, p);
  if ((field->reserved_flags & WEFT_FIELD_UTF8) && !weft_utf8_valid(content, value)) {
    return fail(r, WEFT_BAD_UTF8, content, message);
  }
  ProtobufCBinaryData *to = place(r, message, field);
  if (!to) return fail(r, WEFT_ARENA_FULL, p, message);
  *to = (ProtobufCBinaryData){value, (uint8_t *)content};
  return WEFT_OK;
}

/// Whether a value of this wire type can be one of the field: its own type, or packed.
static bool fits(const ProtobufCFieldDescriptor *field, unsigned wire) {
  unsigned own = wire_type(field->type);
  return wire == own || (wire == WIRE_BYTES && field->label == PROTOBUF_C_LABEL_REPEATED);
}

static weft_status merge_fields(
  reader *r, ProtobufCMessage *message, const uint8_t *p, const uint8_t *end, unsigned depth) {
  const ProtobufCMessageDescriptor *type = message->descriptor;
  // Fields mostly come in order, or repeat.
  unsigned next = 0;
  while (p < end) {
    const uint8_t *tag_start = p;
    uint64_t tag;
    p = read_varint(p, end, &tag);
    if (!p) return fail(r, WEFT_BAD_VARINT, tag_start, message);
    if (tag > UINT32_MAX || tag >> 3 == 0) return fail(r, WEFT_BAD_FIELD_NUMBER, tag_start, message);
    uint32_t number = (uint32_t)(tag >> 3);
    unsigned wire = tag & 7;
    const ProtobufCFieldDescriptor *field = NULL;
    if (next < type->n_fields && type->fields[next].id == number) {
      field = &type->fields[next];
    } else {
      field = weft_field_by_number(type, number);
    }
    const uint8_t *content = p;
    bool unknown = !field || !fits(field, wire);
    weft_status status;
    if (!unknown) {
      next = (unsigned)(field - type->fields) + (field->label != PROTOBUF_C_LABEL_REPEATED);
      status = read_field(r, message, field, wire, &p, end, depth, &unknown);
      if (status) {
        weft_error *error = r->error;
        if (error->type == type && error->path_length == 0) error->path[error->path_length++] = field;
        return status;
      }
      if (!unknown) continue;
    } else {
      status = weft_skip(&p, end, number, wire, depth);
      if (status) return fail(r, status, content, message);
    }
    status = weft_unknown_push(message, number, wire, content, (size_t)(p - content), r->arena);
    if (status) return fail(r, status, content, message);
  }
  return WEFT_OK;
}

weft_status weft_merge(
  ProtobufCMessage *message, const uint8_t *data, size_t length, weft_arena *arena, unsigned max_depth,
  weft_error *error) {
  *error = (weft_error){0};
  reader r = {.start = data, .arena = arena, .error = error};
  weft_status status = merge_fields(&r, message, data, data + length, max_depth);
  for (pending_map *map = r.maps; map; map = map->next) {
    bool unique = weft_map_unique(map->message, map->field);
    array_header *header = *(array_header **)member(map->message, map->field->offset);
    header[-1].pending = 0;
    if (!unique && !status) status = fail(&r, WEFT_ARENA_FULL, data, message);
  }
  return status;
}
