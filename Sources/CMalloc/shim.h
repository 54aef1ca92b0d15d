// The parts of glibc's allocator that Swift's Glibc module leaves out.
#include <malloc.h>
