// llhttp: the HTTP/1.1 parser of Node.js. Its sources are downloaded by tools/setup into ../upstream.
#include "../upstream/include/llhttp.h"
