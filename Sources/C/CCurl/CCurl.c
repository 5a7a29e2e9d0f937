#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

// The functions by their names in the library.
static struct {
    CURLcode (*global_init)(long flags);
    char *(*version)(void);
    const char *(*easy_strerror)(CURLcode code);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *easy);
    void (*easy_reset)(CURL *easy);
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_cleanup)(CURLM *multi);
    CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_socket_action)(CURLM *multi, curl_socket_t descriptor, int events, int *running);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
} curl;

// Of the library that it does TLS with; NULL where that is not OpenSSL.
static const char *(*ssl_version)(const void *session);

static const char *reason;

static void open_library(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        reason = dlerror();
        return;
    }
    struct {
        void **place;
        const char *name;
    } names[] = {
        {(void **)&curl.global_init, "curl_global_init"},
        {(void **)&curl.version, "curl_version"},
        {(void **)&curl.easy_strerror, "curl_easy_strerror"},
        {(void **)&curl.easy_init, "curl_easy_init"},
        {(void **)&curl.easy_cleanup, "curl_easy_cleanup"},
        {(void **)&curl.easy_reset, "curl_easy_reset"},
        {(void **)&curl.easy_setopt, "curl_easy_setopt"},
        {(void **)&curl.easy_getinfo, "curl_easy_getinfo"},
        {(void **)&curl.slist_append, "curl_slist_append"},
        {(void **)&curl.slist_free_all, "curl_slist_free_all"},
        {(void **)&curl.multi_init, "curl_multi_init"},
        {(void **)&curl.multi_cleanup, "curl_multi_cleanup"},
        {(void **)&curl.multi_setopt, "curl_multi_setopt"},
        {(void **)&curl.multi_add_handle, "curl_multi_add_handle"},
        {(void **)&curl.multi_remove_handle, "curl_multi_remove_handle"},
        {(void **)&curl.multi_socket_action, "curl_multi_socket_action"},
        {(void **)&curl.multi_info_read, "curl_multi_info_read"},
    };
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index += 1) {
        *names[index].place = dlsym(library, names[index].name);
        if (*names[index].place == NULL) {
            reason = dlerror();
            return;
        }
    }
    // The linker looks among the libraries that this one needs too.
    ssl_version = (const char *(*)(const void *))dlsym(library, "SSL_get_version");
    if (curl.global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        reason = "curl_global_init failed";
    }
}

const char *medic_curl_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return reason;
}

const char *medic_curl_version(void) { return curl.version(); }

const char *medic_curl_error(CURLcode code) { return curl.easy_strerror(code); }

CURL *medic_curl_easy(void) { return curl.easy_init(); }

void medic_curl_easy_free(CURL *easy) { curl.easy_cleanup(easy); }

void medic_curl_easy_reset(CURL *easy) { curl.easy_reset(easy); }

CURLcode medic_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode medic_curl_set_size(CURL *easy, CURLoption option, int64_t value) {
    return curl.easy_setopt(easy, option, (curl_off_t)value);
}

CURLcode medic_curl_set_text(CURL *easy, CURLoption option, const char *text) {
    return curl.easy_setopt(easy, option, text);
}

CURLcode medic_curl_set_pointer(CURL *easy, CURLoption option, void *pointer) {
    return curl.easy_setopt(easy, option, pointer);
}

CURLcode medic_curl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return curl.easy_setopt(easy, option, &blob);
}

CURLcode medic_curl_set_bytes(CURL *easy, CURLoption option, medic_curl_bytes function) {
    return curl.easy_setopt(easy, option, function);
}

CURLcode medic_curl_set_connected(CURL *easy, medic_curl_connected function, void *context) {
    curl.easy_setopt(easy, CURLOPT_PREREQDATA, context);
    return curl.easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}

const char *medic_curl_tls_version(CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    if (ssl_version == NULL || curl.easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK) {
        return NULL;
    }
    bool is_known = session != NULL && session->backend == CURLSSLBACKEND_OPENSSL && session->internals != NULL;
    return is_known ? ssl_version(session->internals) : NULL;
}

long medic_curl_number(CURL *easy, CURLINFO info) {
    long value = 0;
    curl.easy_getinfo(easy, info, &value);
    return value;
}

int64_t medic_curl_size(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    curl.easy_getinfo(easy, info, &value);
    return value;
}

const char *medic_curl_text(CURL *easy, CURLINFO info) {
    char *value = NULL;
    curl.easy_getinfo(easy, info, &value);
    return value;
}

const struct curl_certinfo *medic_curl_certificates(CURL *easy) {
    struct curl_certinfo *value = NULL;
    curl.easy_getinfo(easy, CURLINFO_CERTINFO, &value);
    return value;
}

struct curl_slist *medic_curl_list_append(struct curl_slist *list, const char *text) {
    return curl.slist_append(list, text);
}

void medic_curl_list_free(struct curl_slist *list) { curl.slist_free_all(list); }

CURLM *medic_curl_multi(void) { return curl.multi_init(); }

void medic_curl_multi_free(CURLM *multi) { curl.multi_cleanup(multi); }

CURLMcode medic_curl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl.multi_setopt(multi, option, value);
}

CURLMcode medic_curl_multi_set_socket(CURLM *multi, medic_curl_socket function, void *context) {
    curl.multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    return curl.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}

CURLMcode medic_curl_multi_set_timer(CURLM *multi, medic_curl_timer function, void *context) {
    curl.multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return curl.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}

CURLMcode medic_curl_multi_add(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }

CURLMcode medic_curl_multi_remove(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }

CURLMcode medic_curl_multi_act(CURLM *multi, curl_socket_t descriptor, int events) {
    int running = 0;
    return curl.multi_socket_action(multi, descriptor, events, &running);
}

CURL *medic_curl_multi_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl.multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
