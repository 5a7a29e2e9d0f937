#pragma once

#include <stdbool.h>
#include <stddef.h>

// libpq, opened when it is first needed: an agent without PostgreSQL neither needs the package nor pays for its memory.

typedef struct postgres_connection postgres_connection;
typedef struct postgres_result postgres_result;

/// NULL when the library is there, else why it is not. May be called again and from any thread.
const char *postgres_open(void);

// What follows are libpq's functions of the same names, to be called after postgres_open returned NULL.
// https://www.postgresql.org/docs/15/libpq.html

/// Never expands the database's name into a connection string.
postgres_connection *postgres_connect_start(const char *const *keywords, const char *const *values);
int postgres_connect_poll(postgres_connection *connection);
int postgres_socket(postgres_connection *connection);
const char *postgres_error_message(postgres_connection *connection);
int postgres_set_nonblocking(postgres_connection *connection);
/// What the server remarks goes nowhere; libpq would print it to standard error.
void postgres_silence_notices(postgres_connection *connection);
int postgres_send_query(postgres_connection *connection, const char *query, int count, const char *const *values);
int postgres_set_single_row_mode(postgres_connection *connection);
int postgres_flush(postgres_connection *connection);
int postgres_consume_input(postgres_connection *connection);
int postgres_is_busy(postgres_connection *connection);
postgres_result *postgres_get_result(postgres_connection *connection);
/// Asks the server to give up the running statement; true when it was asked.
bool postgres_cancel(postgres_connection *connection);
void postgres_finish(postgres_connection *connection);

int postgres_result_status(postgres_result *result);
const char *postgres_result_message(postgres_result *result);
/// The SQLSTATE, or NULL.
const char *postgres_result_code(postgres_result *result);
int postgres_row_count(postgres_result *result);
int postgres_column_count(postgres_result *result);
const char *postgres_column_name(postgres_result *result, int column);
bool postgres_is_null(postgres_result *result, int row, int column);
const char *postgres_value(postgres_result *result, int row, int column);
int postgres_length(postgres_result *result, int row, int column);
const char *postgres_affected(postgres_result *result);
void postgres_clear(postgres_result *result);
