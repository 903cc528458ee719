// Counts what a process takes from the heap: a program that links this has malloc and its relatives replaced by counting ones.
#ifndef QAREEB_C_ALLOCATIONS_H
#define QAREEB_C_ALLOCATIONS_H

#include <stdint.h>

// Allocations since the process started, by every thread and by the calling one. A realloc counts as one.
uint64_t qareeb_allocations(void);
uint64_t qareeb_thread_allocations(void);

#endif
