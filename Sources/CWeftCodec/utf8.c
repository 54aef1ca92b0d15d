#include "weft_codec.h"

#include <string.h>

/// The length of the character at `p`, or 0 when it is not UTF-8 (RFC 3629: no overlong forms, no surrogates,
/// nothing past U+10FFFF).
static size_t multibyte(const uint8_t *p, size_t left) {
  uint8_t lead = p[0];
  if (lead >= 0xc2 && lead <= 0xdf) return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
  if ((lead & 0xf0) == 0xe0) {
    if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80) return 0;
    if (lead == 0xe0 && p[1] < 0xa0) return 0;
    if (lead == 0xed && p[1] > 0x9f) return 0;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80) return 0;
    if (lead == 0xf0 && p[1] < 0x90) return 0;
    if (lead == 0xf4 && p[1] > 0x8f) return 0;
    return 4;
  }
  return 0;
}

bool weft_utf8_valid(const uint8_t *p, size_t length) {
  const uint8_t *end = p + length;
  while (p < end) {
    if (end - p >= 8) {
      uint64_t word;
      memcpy(&word, p, 8);
      if (!(word & 0x8080808080808080u)) {
        p += 8;
        continue;
      }
    }
    if (*p < 0x80) {
      p++;
      continue;
    }
    size_t size = multibyte(p, (size_t)(end - p));
    if (!size) return false;
    p += size;
  }
  return true;
}
