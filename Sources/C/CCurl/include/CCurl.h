// libcurl for Swift: opened when it is first needed, so that a process that never sends a request does not carry it; and its
// variadic functions with fixed types.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>

// Opens the library, once for the process. NULL when it is there, otherwise why not, in the words of the dynamic linker.
const char *medic_curl_open(void);

typedef size_t (*medic_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
typedef int (*medic_curl_socket)(CURL *easy, curl_socket_t descriptor, int what, void *context, void *socket_context);
// A connection stands and is about to be used: 0 to go on.
typedef int (*medic_curl_connected)(void *context, char *theirs, char *ours, int their_port, int our_port);
typedef int (*medic_curl_timer)(CURLM *multi, long milliseconds, void *context);

// Everything below may be called only after medic_curl_open has returned NULL.

const char *medic_curl_version(void);
const char *medic_curl_error(CURLcode code);

CURL *medic_curl_easy(void);
void medic_curl_easy_free(CURL *easy);
// All options as they were in the beginning; connections stay.
void medic_curl_easy_reset(CURL *easy);
CURLcode medic_curl_set_number(CURL *easy, CURLoption option, long value);
CURLcode medic_curl_set_size(CURL *easy, CURLoption option, int64_t value);
// Texts are copied by the library.
CURLcode medic_curl_set_text(CURL *easy, CURLoption option, const char *text);
CURLcode medic_curl_set_pointer(CURL *easy, CURLoption option, void *pointer);
// Copies the bytes.
CURLcode medic_curl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count);
CURLcode medic_curl_set_bytes(CURL *easy, CURLoption option, medic_curl_bytes function);
CURLcode medic_curl_set_connected(CURL *easy, medic_curl_connected function, void *context);
// The version of TLS that was agreed on, as OpenSSL names it; NULL without TLS, or where the library stands on another one. Only while
// there is a connection: when medic_curl_connected is called.
const char *medic_curl_tls_version(CURL *easy);

long medic_curl_number(CURL *easy, CURLINFO info);
int64_t medic_curl_size(CURL *easy, CURLINFO info);
const char *medic_curl_text(CURL *easy, CURLINFO info);
const struct curl_certinfo *medic_curl_certificates(CURL *easy);

struct curl_slist *medic_curl_list_append(struct curl_slist *list, const char *text);
void medic_curl_list_free(struct curl_slist *list);

CURLM *medic_curl_multi(void);
void medic_curl_multi_free(CURLM *multi);
CURLMcode medic_curl_multi_set_number(CURLM *multi, CURLMoption option, long value);
CURLMcode medic_curl_multi_set_socket(CURLM *multi, medic_curl_socket function, void *context);
CURLMcode medic_curl_multi_set_timer(CURLM *multi, medic_curl_timer function, void *context);
CURLMcode medic_curl_multi_add(CURLM *multi, CURL *easy);
CURLMcode medic_curl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode medic_curl_multi_act(CURLM *multi, curl_socket_t descriptor, int events);
// The next transfer that has ended, with its result; NULL when there is none.
CURL *medic_curl_multi_ended(CURLM *multi, CURLcode *result);
