// yyjson: a strict and fast JSON reader. Its sources are downloaded by tools/setup into ../upstream.
#include "../upstream/yyjson.h"
