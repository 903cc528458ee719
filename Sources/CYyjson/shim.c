#include "CYyjson.h"
#include <string.h>

typedef struct {
  char bytes[64];
  int taken;
} room;

static void *room_take(void *context, size_t size) {
  room *r = context;
  if (r->taken || size > sizeof(r->bytes)) return NULL;
  r->taken = 1;
  return r->bytes;
}

static void *room_grow(void *context, void *memory, size_t old_size, size_t size) {
  (void)context, (void)memory, (void)old_size, (void)size;
  return NULL;
}

static void room_release(void *context, void *memory) { (void)context, (void)memory; }

size_t qareeb_json_write_double(double value, char *out, size_t out_bytes) {
  room r = {.taken = 0};
  yyjson_alc allocator = {room_take, room_grow, room_release, &r};
  yyjson_val number = {.tag = YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL, .uni = {.f64 = value}};
  size_t length = 0;
  char *text = yyjson_val_write_opts(&number, YYJSON_WRITE_NOFLAG, &allocator, &length, NULL);
  if (!text || length > out_bytes) return 0;
  memcpy(out, text, length);
  return length;
}
