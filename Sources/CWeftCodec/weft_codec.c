#include "weft_codec.h"
