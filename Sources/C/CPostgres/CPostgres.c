#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define FUNCTIONS(f) \
    f(postgres_connection *, PQconnectStartParams, (const char *const *, const char *const *, int)) \
    f(int, PQconnectPoll, (postgres_connection *)) \
    f(int, PQsocket, (postgres_connection *)) \
    f(char *, PQerrorMessage, (postgres_connection *)) \
    f(int, PQsetnonblocking, (postgres_connection *, int)) \
    f(void *, PQsetNoticeReceiver, (postgres_connection *, void (*)(void *, const postgres_result *), void *)) \
    f(int, PQsendQueryParams, (postgres_connection *, const char *, int, const unsigned *, const char *const *, \
                               const int *, const int *, int)) \
    f(int, PQsetSingleRowMode, (postgres_connection *)) \
    f(int, PQflush, (postgres_connection *)) \
    f(int, PQconsumeInput, (postgres_connection *)) \
    f(int, PQisBusy, (postgres_connection *)) \
    f(postgres_result *, PQgetResult, (postgres_connection *)) \
    f(void *, PQgetCancel, (postgres_connection *)) \
    f(int, PQcancel, (void *, char *, int)) \
    f(void, PQfreeCancel, (void *)) \
    f(void, PQfinish, (postgres_connection *)) \
    f(int, PQresultStatus, (postgres_result *)) \
    f(char *, PQresultErrorMessage, (postgres_result *)) \
    f(char *, PQresultErrorField, (postgres_result *, int)) \
    f(int, PQntuples, (postgres_result *)) \
    f(int, PQnfields, (postgres_result *)) \
    f(char *, PQfname, (postgres_result *, int)) \
    f(int, PQgetisnull, (postgres_result *, int, int)) \
    f(char *, PQgetvalue, (postgres_result *, int, int)) \
    f(int, PQgetlength, (postgres_result *, int, int)) \
    f(char *, PQcmdTuples, (postgres_result *)) \
    f(void, PQclear, (postgres_result *))

#define DECLARE(type, name, arguments) static type(*name) arguments;
FUNCTIONS(DECLARE)

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static bool is_open;
static char failure[512];

const char *postgres_open(void) {
    pthread_mutex_lock(&gate);
    if (!is_open) {
        failure[0] = 0;
        void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
        if (!library) snprintf(failure, sizeof failure, "%s", dlerror());
#define LOAD(type, name, arguments) \
        if (!failure[0] && !(*(void **)&name = dlsym(library, #name))) \
            snprintf(failure, sizeof failure, "libpq.so.5 lacks %s", #name);
        FUNCTIONS(LOAD)
        is_open = failure[0] == 0;
    }
    pthread_mutex_unlock(&gate);
    return is_open ? NULL : failure;
}

static void ignore(void *context, const postgres_result *result) { (void)context, (void)result; }

postgres_connection *postgres_connect_start(const char *const *keywords, const char *const *values) {
    return PQconnectStartParams(keywords, values, 0);
}
int postgres_connect_poll(postgres_connection *connection) { return PQconnectPoll(connection); }
int postgres_socket(postgres_connection *connection) { return PQsocket(connection); }
const char *postgres_error_message(postgres_connection *connection) { return PQerrorMessage(connection); }
int postgres_set_nonblocking(postgres_connection *connection) { return PQsetnonblocking(connection, 1); }
void postgres_silence_notices(postgres_connection *connection) { PQsetNoticeReceiver(connection, ignore, NULL); }
int postgres_send_query(postgres_connection *connection, const char *query, int count, const char *const *values) {
    return PQsendQueryParams(connection, query, count, NULL, values, NULL, NULL, 0);
}
int postgres_set_single_row_mode(postgres_connection *connection) { return PQsetSingleRowMode(connection); }
int postgres_flush(postgres_connection *connection) { return PQflush(connection); }
int postgres_consume_input(postgres_connection *connection) { return PQconsumeInput(connection); }
int postgres_is_busy(postgres_connection *connection) { return PQisBusy(connection); }
postgres_result *postgres_get_result(postgres_connection *connection) { return PQgetResult(connection); }
bool postgres_cancel(postgres_connection *connection) {
    char reason[256];
    void *cancel = PQgetCancel(connection);
    bool asked = cancel && PQcancel(cancel, reason, sizeof reason);
    if (cancel) PQfreeCancel(cancel);
    return asked;
}
void postgres_finish(postgres_connection *connection) { PQfinish(connection); }

int postgres_result_status(postgres_result *result) { return PQresultStatus(result); }
const char *postgres_result_message(postgres_result *result) { return PQresultErrorMessage(result); }
const char *postgres_result_code(postgres_result *result) { return PQresultErrorField(result, 'C'); }
int postgres_row_count(postgres_result *result) { return PQntuples(result); }
int postgres_column_count(postgres_result *result) { return PQnfields(result); }
const char *postgres_column_name(postgres_result *result, int column) { return PQfname(result, column); }
bool postgres_is_null(postgres_result *result, int row, int column) { return PQgetisnull(result, row, column) != 0; }
const char *postgres_value(postgres_result *result, int row, int column) { return PQgetvalue(result, row, column); }
int postgres_length(postgres_result *result, int row, int column) { return PQgetlength(result, row, column); }
const char *postgres_affected(postgres_result *result) { return PQcmdTuples(result); }
void postgres_clear(postgres_result *result) { PQclear(result); }
