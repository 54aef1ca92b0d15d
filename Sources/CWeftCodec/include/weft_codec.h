/// Decoding and encoding of protobuf-c structs for bytes that come from a network.
///
/// protobuf-c's structs and descriptors are the data model; its own unpack and pack are not used (see
/// Sources/WeftProtobuf/DESIGN.md for the reasons). Descriptors given to these functions are made by
/// WeftProtobuf: strings are laid out as ProtobufCBinaryData, and the reserved words carry the marks below.
#ifndef WEFT_CODEC_H
#define WEFT_CODEC_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Marks in `ProtobufCFieldDescriptor.reserved_flags`.
enum {
  /// The bytes are a proto `string`: UTF-8 is checked while decoding.
  WEFT_FIELD_UTF8 = 1 << 0,
  /// The field is a map: of entries with equal keys the last one wins.
  WEFT_FIELD_MAP = 1 << 1,
  /// A proto2 enum: numbers it does not declare are unknown fields.
  WEFT_FIELD_CLOSED_ENUM = 1 << 2,
  /// Written even at its default: the key and the value of a map entry.
  WEFT_FIELD_ALWAYS = 1 << 3,
};

typedef enum weft_status {
  WEFT_OK = 0,
  WEFT_TRUNCATED,
  WEFT_BAD_VARINT,
  WEFT_BAD_FIELD_NUMBER,
  WEFT_BAD_WIRE_TYPE,
  WEFT_BAD_UTF8,
  WEFT_BAD_GROUP,
  WEFT_TOO_DEEP,
  WEFT_ARENA_FULL,
  WEFT_TOO_LARGE,
} weft_status;

// MARK: Arena

/// Memory for one call's messages: allocation moves a pointer, everything is freed at once, and no more
/// than `cap` bytes are ever handed out, however hostile the input is.
typedef struct weft_arena weft_arena;

weft_arena *weft_arena_new(size_t cap);
void weft_arena_free(weft_arena *arena);

/// This thread's cached arena, or a new one if that is in use. NULL when memory is exhausted.
weft_arena *weft_arena_acquire(size_t cap);
/// Empties the arena and keeps it for the thread's next call.
void weft_arena_release(weft_arena *arena);

/// Eight-byte aligned and not zeroed. NULL beyond the cap.
void *weft_arena_alloc(weft_arena *arena, size_t size);
size_t weft_arena_used(const weft_arena *arena);

/// Room for `extra` more elements behind the `count` that `array` (NULL, or made by this function) holds.
/// Capacity is kept in front of the elements and at least doubles. NULL beyond the cap.
void *weft_array_reserve(weft_arena *arena, void *array, size_t count, size_t extra, size_t element);

/// A zeroed message of the given type.
ProtobufCMessage *weft_message_new(const ProtobufCMessageDescriptor *type, weft_arena *arena);

// MARK: Decoding

enum { WEFT_ERROR_PATH = 16 };

typedef struct weft_error {
  weft_status status;
  /// Where in the input the trouble is.
  size_t offset;
  /// The message being read, and the fields that lead to the trouble, innermost first.
  const ProtobufCMessageDescriptor *type;
  const ProtobufCFieldDescriptor *path[WEFT_ERROR_PATH];
  unsigned path_length;
} weft_error;

/// Merges wire bytes into `message`. Strings, bytes and unknown fields point into `data`, which must outlive
/// the message. On failure the message is incomplete but sound: it can still be read or packed.
weft_status weft_merge(
  ProtobufCMessage *message, const uint8_t *data, size_t length, weft_arena *arena, unsigned max_depth,
  weft_error *error);

/// Adds already encoded fields to the message's unknown fields; the bytes must outlive the message.
weft_status weft_unknown_append(
  ProtobufCMessage *message, const uint8_t *data, size_t length, weft_arena *arena, unsigned max_depth);

/// Bytes that `weft_unknown_write` writes.
size_t weft_unknown_size(const ProtobufCMessage *message);
/// The unknown fields as they came, tags included.
void weft_unknown_write(const ProtobufCMessage *message, uint8_t *out);

/// Removes all but the last entry of every key of a map field. Entries keep the place of the first with their
/// key. False when memory is exhausted.
bool weft_map_unique(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
/// The same for a run of entries of the map. `*replaced` is one of the entries that had to go, or NULL.
bool weft_entries_unique(
  ProtobufCMessage **entries, size_t *count, const ProtobufCFieldDescriptor *field,
  ProtobufCMessage **replaced);

bool weft_utf8_valid(const uint8_t *data, size_t length);

const ProtobufCFieldDescriptor *weft_field_by_number(
  const ProtobufCMessageDescriptor *type, uint32_t number);

// MARK: Encoding

/// Encodes backwards, from the last field to the first, so that every length is known when it is written: one
/// pass, no sizes computed first. The bytes lie in the arena's free room: use them before it allocates again.
weft_status weft_pack(
  const ProtobufCMessage *message, weft_arena *arena, const uint8_t **data, size_t *length);

#endif
