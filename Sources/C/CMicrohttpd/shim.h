#pragma once

#include <microhttpd.h>
#include <gnutls/gnutls.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>

// MHD_start_daemon takes a list of options of any type and number, which Swift cannot call: here they have names.
struct medic_http_options {
    int listening_socket;
    unsigned int threads;
    unsigned int idle_seconds;
    unsigned int connections;
    size_t connection_memory;
    // What every callback is given.
    void *context;
    MHD_AcceptPolicyCallback accept;
    MHD_AccessHandlerCallback answer;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
    // Gives each handshake the certificates and the key; without it the server speaks plain HTTP.
    gnutls_certificate_retrieve_function2 *identify;
    // A PEM text.
    const char *client_authorities;
};

static inline struct MHD_Daemon *medic_http_start(const struct medic_http_options *options) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem items[20];
    int count = 0;
#define MEDIC_OPTION(name, number, pointer)                                                                          \
    items[count++] = (struct MHD_OptionItem) { (name), (intptr_t)(number), (void *)(pointer) }
    MEDIC_OPTION(MHD_OPTION_LISTEN_SOCKET, options->listening_socket, NULL);
    MEDIC_OPTION(MHD_OPTION_CONNECTION_LIMIT, options->connections, NULL);
    MEDIC_OPTION(MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds, NULL);
    MEDIC_OPTION(MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory, NULL);
    MEDIC_OPTION(MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
    MEDIC_OPTION(MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context);
    MEDIC_OPTION(MHD_OPTION_NOTIFY_CONNECTION, options->connection, options->context);
    MEDIC_OPTION(MHD_OPTION_URI_LOG_CALLBACK, options->target, options->context);
    MEDIC_OPTION(MHD_OPTION_UNESCAPE_CALLBACK, options->unescape, options->context);
    // A pool of one is refused: that is a daemon without a pool.
    if (options->threads > 1)
        MEDIC_OPTION(MHD_OPTION_THREAD_POOL_SIZE, options->threads, NULL);
    if (options->identify != NULL) {
        flags |= MHD_USE_TLS;
        MEDIC_OPTION(MHD_OPTION_HTTPS_CERT_CALLBACK, 0, options->identify);
        if (options->client_authorities != NULL)
            MEDIC_OPTION(MHD_OPTION_HTTPS_MEM_TRUST, 0, options->client_authorities);
    }
    MEDIC_OPTION(MHD_OPTION_END, 0, NULL);
#undef MEDIC_OPTION
    return MHD_start_daemon(
        flags, 0, options->accept, options->context, options->answer, options->context,
        MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

// MHD_get_connection_info takes further arguments of any kind, and its kinds are flags that Swift cannot name.
static inline int medic_http_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static inline const struct sockaddr *medic_http_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

static inline void *medic_http_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

// Of a handshake that has just begun: what medic_http_context says of its connection.
static inline void *medic_http_handshake_context(gnutls_session_t session) {
    struct MHD_Connection *connection = (struct MHD_Connection *)gnutls_session_get_ptr(session);
    return connection == NULL ? NULL : medic_http_context(connection);
}

static inline size_t medic_http_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

static inline gnutls_session_t medic_http_session(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info == NULL ? NULL : (gnutls_session_t)info->tls_session;
}

static inline void medic_http_headers(
    struct MHD_Connection *connection,
    MHD_KeyValueIterator iterator,
    void *context
) {
    MHD_get_connection_values(connection, MHD_HEADER_KIND, iterator, context);
}

// Whether the notice is of a connection's begin; otherwise it is of its end.
static inline int medic_http_begins(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

static inline struct MHD_Response *medic_http_copied_body(size_t count, const void *bytes) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

// The two values by which a reader of a body says that there is no more of it.
static inline ssize_t medic_http_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t medic_http_end_with_error(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }
static inline uint64_t medic_http_size_unknown(void) { return MHD_SIZE_UNKNOWN; }
