/// protoc-gen-c's messages for the tests of WeftProtobuf, and what Swift cannot take from C headers.
#ifndef WEFT_TEST_MESSAGES_H
#define WEFT_TEST_MESSAGES_H

#include "codec_test2_layout.pb-c.h"
#include "codec_test2_stock.pb-c.h"
#include "codec_test_layout.pb-c.h"
#include "codec_test_stock.pb-c.h"

/// The descriptor that protoc-gen-c made of a message, by its full name; NULL when there is none.
const ProtobufCMessageDescriptor *weft_test_descriptor(const char *name);

/// Runs libprotobuf-c's own decoder in a child process, in a thread whose stack has `stack` bytes.
/// Returns 0 when it came back, otherwise the signal that ended it.
int weft_test_stock_unpack_in_child(
  const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t length, size_t stack);

#endif
