// yyjson: a strict and fast JSON reader. Its sources are downloaded by tools/setup into ../upstream.
#include "../upstream/yyjson.h"

// Writes the shortest decimal form that reads back as `value` into `room` (at least 40 bytes) and returns its length, 0 for
// NaN and infinities. It exists because yyjson 0.10 only writes whole values through an allocator, and the allocator is a
// table of C functions: this one hands out the caller's own memory, so that nothing is allocated.
size_t qareeb_json_write_double(double value, char *room, size_t room_bytes);
