// A program's own malloc comes before the C library's for everything it loads (the Swift runtime, libuv, libpq), so these see
// every allocation. They count and hand on to glibc's own, which it exports under the names __libc_….
#include "CAllocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static _Atomic uint64_t process_count;
static __thread uint64_t thread_count;

static void count(void) {
  atomic_fetch_add_explicit(&process_count, 1, memory_order_relaxed);
  thread_count++;
}

uint64_t qareeb_allocations(void) { return atomic_load_explicit(&process_count, memory_order_relaxed); }
uint64_t qareeb_thread_allocations(void) { return thread_count; }

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t elements, size_t size) {
  count();
  return __libc_calloc(elements, size);
}

void *realloc(void *old, size_t size) {
  count();
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  count();
  void *taken = __libc_memalign(alignment, size);
  if (!taken) return ENOMEM;
  *memory = taken;
  return 0;
}

void free(void *memory) { __libc_free(memory); }
