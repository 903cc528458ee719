#include <uv.h>

// uv_loop_configure takes variable arguments, which Swift cannot call.
static inline int qareeb_uv_measure_idle_time(uv_loop_t *loop) {
  return uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
}
