// libcurl's option functions are variadic, which Swift cannot call: one typed wrapper for each kind of argument.
// The names are in brackets to step around curl's type-checking macros, which want the option spelled at the call.
#ifndef QAREEB_CCURL_H
#define QAREEB_CCURL_H

#include <curl/curl.h>

static inline CURLcode qareeb_curl_set_long(CURL *easy, CURLoption option, long value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode qareeb_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode qareeb_curl_set_string(CURL *easy, CURLoption option, const char *value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode qareeb_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode qareeb_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return (curl_easy_setopt)(easy, option, value);
}
// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
typedef size_t (*qareeb_curl_data_callback)(char *data, size_t size, size_t count, void *context);
static inline CURLcode qareeb_curl_set_data_callback(CURL *easy, CURLoption option, qareeb_curl_data_callback value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode qareeb_curl_set_before_request(CURL *easy, curl_prereq_callback value) {
  return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLcode qareeb_curl_set_close_socket(CURL *easy, curl_closesocket_callback value) {
  return (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, value);
}
static inline CURLcode qareeb_curl_get_long(CURL *easy, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode qareeb_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode qareeb_curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
  return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode qareeb_curl_multi_set_socket_callback(CURLM *multi, curl_socket_callback value) {
  return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, value);
}
static inline CURLMcode qareeb_curl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback value) {
  return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, value);
}

#endif
