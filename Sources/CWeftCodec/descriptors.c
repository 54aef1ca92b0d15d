#include "internal.h"

// Both tables are sorted runs of consecutive numbers, ended by one entry that only holds the total count.

const ProtobufCFieldDescriptor *weft_field_by_number(
  const ProtobufCMessageDescriptor *type, uint32_t number) {
  unsigned low = 0, high = type->n_field_ranges;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    const ProtobufCIntRange *range = &type->field_ranges[middle];
    unsigned length = range[1].orig_index - range->orig_index;
    if (number < (uint32_t)range->start_value) {
      high = middle;
    } else if (number - (uint32_t)range->start_value >= length) {
      low = middle + 1;
    } else {
      return &type->fields[range->orig_index + number - (uint32_t)range->start_value];
    }
  }
  return NULL;
}

bool weft_enum_declares(const ProtobufCEnumDescriptor *type, int32_t number) {
  unsigned low = 0, high = type->n_value_ranges;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    const ProtobufCIntRange *range = &type->value_ranges[middle];
    unsigned length = range[1].orig_index - range->orig_index;
    if (number < range->start_value) {
      high = middle;
    } else if ((int64_t)number - range->start_value >= (int64_t)length) {
      low = middle + 1;
    } else {
      return true;
    }
  }
  return false;
}
