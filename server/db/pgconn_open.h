/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of pgconn.c that brings a connection from CLOSED to READY: the host's addresses, the
 * connection, the session's settings and who answers, the statements. Nobody else includes this but the test of those
 * settings.
 */
#pragma once

#include "server/db/pgconn.h"

/* From CLOSED: begins with the present host, or with its next address. */
void pgconn_open(struct pgconn *conn, int64_t mono_us);

/* Something came, in any state between CLOSED and READY. */
void pgconn_open_on(struct pgconn *conn, int64_t mono_us);

/* In pgconn.c: back to CLOSED, to begin anew when it is time; `what` is for the log. */
void pgconn_lose(struct pgconn *conn, int64_t mono_us, const char *what);

/*
 * In pgconn.c: keeps the poll handle on the socket libpq has at present: it may change while connecting. False
 * where that cannot be: nobody would hear of what comes.
 */
bool pgconn_watch(struct pgconn *conn, int events) must_check;

/* In pgconn.c: the addresses of the present host's name are to be asked for anew. */
void pgconn_forget_addresses(struct pgconn *conn);

/* What a connection of the lane says first: its settings, and a question who answers. */
const char *pgconn_greeting(enum lane lane);
