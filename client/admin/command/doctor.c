/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor: everything between here and the server, one check after another, each with its verdict
 * and what to do.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/codec.h"
#include "promise.pb-c.h"
#include "server.pb-c.h"
#include "staff.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/holiday_state.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/probe.h"
#include "client/admin/table.h"
#include "client/admin/when.h"

#define STEP_MS 10000
#define DAYS_WARN 30
#define CLOCK_WARN_MS 2000
#define FEED_WARN_MS 5000
#define BACKUP_WARN_HOURS 26 /* one a day, and time for it */
#define PAPERS_MAX 200       /* one page */

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL, VERDICT_SKIP };

static const char *const verdict_names[] = {"ok", "warn", "fail", "skip"};

/* What one check found. */
struct finding {
	enum verdict verdict;
	char detail[256];
	char advice[320];
};

struct doctor {
	struct app *app;
	struct probe probe;
	struct client_result *status; /* reply of server.status, after check_session */
};

struct check_row {
	const char *name;
	const char *words;
	enum err (*run)(struct doctor *doctor, struct finding *out);
};

/* Fills a finding; returns its err, for `return found(…)`. */
static enum err found(struct finding *out, enum verdict verdict, enum err err, const char *advice,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

static enum err found(struct finding *out, enum verdict verdict, enum err err, const char *advice,
	const char *format, ...)
{
	va_list arguments;

	assert((verdict == VERDICT_FAIL) == (err != ERR_OK));
	out->verdict = verdict;
	va_start(arguments, format);
	(void)vsnprintf(out->detail, sizeof(out->detail), format, arguments);
	va_end(arguments);
	(void)snprintf(out->advice, sizeof(out->advice), "%s", advice == NULL ? "" : advice);
	return err;
}

/* The run's fault as a finding. */
static enum err found_fault(struct doctor *doctor, struct finding *out)
{
	const struct fault *fault = &doctor->app->fault;

	return found(out, VERDICT_FAIL, fault->err, fault->hint, "%s%s%s", fault_sentence(fault->err),
		fault->detail[0] == '\0' ? "" : ": ", fault->detail);
}

static enum err check_profile(struct doctor *doctor, struct finding *out)
{
	struct app *app = doctor->app;

	if (app_profile(app) != ERR_OK) {
		return found_fault(doctor, out);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, "%s: %s, %s:%u", app->profile.name,
		app->profile.login, app->profile.host, (unsigned)app->profile.port);
}

static enum err check_lookup(struct doctor *doctor, struct finding *out)
{
	const struct profile *profile = &doctor->app->profile;
	const char *reason = probe_lookup(&doctor->probe, profile->host, profile->port);

	if (reason != NULL) {
		return found(out, VERDICT_FAIL, ERR_CONNECT,
			_("check the name in the profile, and this machine's DNS"), "%s: %s", profile->host,
			reason);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, "%s", profile->host);
}

static enum err check_tcp(struct doctor *doctor, struct finding *out)
{
	int64_t begun_us = clock_now().mono_us;
	const char *reason = probe_connect(&doctor->probe, STEP_MS);

	if (reason != NULL) {
		return found(out, VERDICT_FAIL, ERR_CONNECT,
			_("check that the server runs, its port, and the firewalls between"), "%s port %u: %s",
			doctor->probe.address, (unsigned)doctor->app->profile.port, reason);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, _("%s port %u, %lld ms"), doctor->probe.address,
		(unsigned)doctor->app->profile.port,
		(long long)((clock_now().mono_us - begun_us) / US_PER_MS));
}

/* A server that speaks another protocol says so by an alert; that is for the next check but one. */
static bool is_about_alpn(const struct probe *probe)
{
	return probe->tls.reason != NULL && (strstr(probe->tls.reason, "protocol") != NULL ||
											strstr(probe->tls.reason, "ALPN") != NULL);
}

static enum err check_tls(struct doctor *doctor, struct finding *out)
{
	const struct profile *profile = &doctor->app->profile;
	struct probe *probe = &doctor->probe;
	const char *reason = probe_handshake(probe, profile->ca_path, profile->host, STEP_MS);

	if (reason != NULL) {
		return found(out, VERDICT_FAIL, ERR_TLS,
			_("check the --ca file of the profile, and that a guanjia server listens there"), "%s",
			reason);
	}
	if (probe->tls.state == TLS_FAILED && !is_about_alpn(probe)) {
		return found(out, VERDICT_FAIL, ERR_TLS,
			_("take the server's CA file and one of its names: guanjia profile add NAME --ca FILE "
			  "--server HOST:PORT"),
			"%s", probe->tls.reason);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, _("certificate of %s, by %s"), profile->host,
		profile->ca_path);
}

static enum err check_expiry(struct doctor *doctor, struct finding *out)
{
	int days;

	if (!probe_days_left(&doctor->probe, &days)) {
		return found(out, VERDICT_WARN, ERR_OK, NULL, _("not shown"));
	}
	return found(out, days < DAYS_WARN ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		days < DAYS_WARN ? _("renew the server's certificate, then send the server SIGHUP") : NULL,
		ngettext("%d day left", "%d days left", (unsigned long)(days < 0 ? 0 : days)), days);
}

static enum err check_alpn(struct doctor *doctor, struct finding *out)
{
	if (doctor->probe.tls.state == TLS_FAILED) {
		return found(out, VERDICT_FAIL, ERR_TLS,
			_("check the port: another program listens there, or a proxy is between"), "%s",
			doctor->probe.tls.reason);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, TLS_ALPN);
}

static enum err check_hello(struct doctor *doctor, struct finding *out)
{
	const struct client_server *server = &doctor->app->loop.transport.client.server;

	if (link_open(doctor->app) != ERR_OK) {
		return found_fault(doctor, out);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, _("%s, protocol %u; here %s, protocol %u"),
		server->agent, (unsigned)server->version, "guanjia/" GUANJIA_VERSION,
		CLIENT_PROTOCOL_VERSION);
}

static enum err check_clock(struct doctor *doctor, struct finding *out)
{
	const struct client_server *server = &doctor->app->loop.transport.client.server;
	int64_t ahead_ms = (clock_now().utc_us - server->utc_us) / US_PER_MS;
	bool is_wrong = ahead_ms > CLOCK_WARN_MS || ahead_ms < -CLOCK_WARN_MS;

	if (server->utc_us == 0) {
		return found(out, VERDICT_WARN, ERR_OK, NULL, _("the server did not say its time"));
	}
	return found(out, is_wrong ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		is_wrong ? _("set this machine's clock by NTP, or the server's") : NULL,
		_("%lld ms from the server's"), (long long)ahead_ms);
}

static enum err check_session(struct doctor *doctor, struct finding *out)
{
	Pb__ServerStatus request = PB__SERVER_STATUS__INIT;

	link_close(doctor->app);
	if (link_resume(doctor->app) != ERR_OK) {
		return found_fault(doctor, out);
	}
	doctor->status = link_call(doctor->app, METHOD_server_status, &request.base);
	if (doctor->status == NULL) {
		return found_fault(doctor, out);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, "%s", doctor->app->profile.login);
}

static const Pb__ServerStatusReply *status_of(const struct doctor *doctor)
{
	assert(doctor->status != NULL && doctor->status->message != NULL);
	return (const void *)doctor->status->message;
}

static enum err check_database(struct doctor *doctor, struct finding *out)
{
	const Pb__ServerStatusReply *status = status_of(doctor);

	if (!status->is_database_up) {
		return found(out, VERDICT_FAIL, ERR_TRY_LATER,
			_("look at PostgreSQL on the server, and at the server's log"), "%s",
			_("does not answer"));
	}
	return found(out, VERDICT_OK, ERR_OK, NULL, _("schema %u"), (unsigned)status->schema);
}

static enum err check_standby(struct doctor *doctor, struct finding *out)
{
	const Pb__ServerStatusReply *status = status_of(doctor);
	const char *advice = NULL;
	char room[16];

	if (!status->has_standby) {
		return found(out, VERDICT_WARN, ERR_OK, NULL, _("not shown"));
	}
	if (status->standby == PB__SERVER_STATUS_REPLY__STANDBY__MISSING) {
		advice = _("bring the standby back, or decide to do without: docs/operations.md");
	} else if (status->standby == PB__SERVER_STATUS_REPLY__STANDBY__HIDDEN) {
		advice = _("as a superuser of the database: GRANT pg_read_all_stats TO guanjia_owner");
	}
	return found(out, advice == NULL ? VERDICT_OK : VERDICT_WARN, ERR_OK, advice, "%s",
		label_of(&pb__server_status_reply__standby__descriptor, (int)status->standby, room));
}

/* The last good one that the server knows of; whoever may not see measurements is not told. */
static enum err check_backup(struct doctor *doctor, struct finding *out)
{
	Pb__ServerMetrics request = PB__SERVER_METRICS__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_server_metrics], .request = &request.base};
	struct client_result *result = client_loop_call(&doctor->app->loop, &ask);
	const char *advice = _("on the server's machine: guanjia backup TARGET, every day");
	const Pb__ServerMetricsReply *reply;
	int64_t taken_us = -1;
	int64_t hours;

	if (result != NULL && result->err == ERR_OK) {
		reply = (const void *)result->message;
		for (size_t i = 0; i < reply->n_metrics; i++) {
			if (str_equal(codec_str(reply->metrics[i]->name), STR("backup.time.seconds"))) {
				taken_us = (int64_t)reply->metrics[i]->value;
			}
		}
	}
	client_result_free(result);
	if (taken_us < 0) {
		return found(out, VERDICT_OK, ERR_OK, NULL, "%s", _("not shown"));
	}
	if (taken_us == 0) {
		return found(out, VERDICT_WARN, ERR_OK, advice, "%s", _("none is known"));
	}
	hours = (clock_now().utc_us - taken_us) / (3600 * US_PER_S);
	return found(out, hours > BACKUP_WARN_HOURS ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		hours > BACKUP_WARN_HOURS ? advice : NULL,
		ngettext("%lld hour old", "%lld hours old", (unsigned long)hours), (long long)hours);
}

static enum err check_feed(struct doctor *doctor, struct finding *out)
{
	uint32_t lag_ms = status_of(doctor)->feed_lag_ms;

	return found(out, lag_ms > FEED_WARN_MS ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		lag_ms > FEED_WARN_MS ? _("a long transaction in the database holds events back") : NULL,
		_("%u ms behind"), (unsigned)lag_ms);
}

/* A counter by its name; 0 for one that an older server does not have. */
static uint64_t counter_of(const Pb__ServerStatusReply *status, const char *name)
{
	for (size_t i = 0; i < status->n_counters; i++) {
		if (status->counters[i]->name != NULL && strcmp(status->counters[i]->name, name) == 0) {
			return status->counters[i]->value;
		}
	}
	return 0;
}

static enum err check_outgoing(struct doctor *doctor, struct finding *out)
{
	uint64_t waiting = counter_of(status_of(doctor), "outgoing.waiting");
	uint64_t late = counter_of(status_of(doctor), "outgoing.late");

	return found(out, late > 0 ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		late > 0 ? _("look at the server's setting outgoing, and for outgoing.failed in its log")
				 : NULL,
		_("%llu waiting, %llu for more than ten minutes"), (unsigned long long)waiting,
		(unsigned long long)late);
}

static enum err check_record(struct doctor *doctor, struct finding *out)
{
	const Pb__ServerStatusReply *status = status_of(doctor);
	uint64_t alarms = counter_of(status, "reading.alarms");

	if (counter_of(status, "record.behind") != 0) {
		return found(out, VERDICT_FAIL, ERR_RECORD_BROKEN,
			_("keep the database and every copy of the seals as they are, and find out who was "
		      "there"),
			_("the database has not the seals that the file has"));
	}
	if (counter_of(status, "record.forged") != 0) {
		return found(out, VERDICT_FAIL, ERR_RECORD_BROKEN,
			_("keep the database and every copy of the seals as they are; docs/record.md says how "
		      "to go on"),
			_("a seal in the database is none of the server's: nothing is sealed behind it"));
	}
	if (counter_of(status, "record.copy.failed") != 0) {
		return found(out, VERDICT_WARN, ERR_OK,
			_("look at the disk of the server's setting seal_file, and for record.seal_file in its "
		      "log"),
			_("seals could not be copied"));
	}
	return found(out, alarms > 0 ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		alarms > 0 ? _("as auditor or director: guanjia audit reads") : NULL,
		_("%llu made here; read or taken away more than usual today: %llu"),
		(unsigned long long)counter_of(status, "record.seals"), (unsigned long long)alarms);
}

/* Whoever may not see them is not told, and that is no fault. */
static enum err check_papers(struct doctor *doctor, struct finding *out)
{
	Pb__QualificationList request = PB__QUALIFICATION_LIST__INIT;
	struct client_ask ask = {
		.method = &method_rows[METHOD_qualification_list], .request = &request.base};
	struct client_result *result;
	const Pb__QualificationListReply *reply;
	size_t count;
	bool is_more;

	request.has_within_days = request.has_limit = true;
	request.within_days = DAYS_WARN;
	request.limit = PAPERS_MAX;
	result = client_loop_call(&doctor->app->loop, &ask);
	if (result == NULL || result->err != ERR_OK) {
		client_result_free(result);
		return found(out, VERDICT_OK, ERR_OK, NULL, _("not shown"));
	}
	reply = (const void *)result->message;
	count = reply->n_qualifications;
	is_more = reply->has_cursor;
	client_result_free(result);
	return found(out, count > 0 ? VERDICT_WARN : VERDICT_OK, ERR_OK,
		count > 0 ? _("renew them: guanjia qualification list --within 30") : NULL,
		ngettext("%zu%s ends within 30 days, or has ended",
			"%zu%s end within 30 days, or have ended", (unsigned long)count),
		count, is_more ? "+" : "");
}

/* Clocks that were reckoned without a year, and the year that is to come. */
static enum err check_holidays(struct doctor *doctor, struct finding *out)
{
	Pb__HolidayList request = PB__HOLIDAY_LIST__INIT;
	struct client_result *result = link_call(doctor->app, METHOD_holiday_list, &request.base);
	struct holiday_state state;

	if (result == NULL) {
		return doctor->app->fault.err == ERR_DENIED || doctor->app->fault.err == ERR_METHOD_UNKNOWN
		           ? found(out, VERDICT_OK, ERR_OK, NULL, "%s", _("not shown"))
		           : found_fault(doctor, out);
	}
	state = holiday_state_of((const void *)result->message, &doctor->app->arena);
	client_result_free(result);
	if (state.lack_count > 0) {
		return found(out, VERDICT_WARN, ERR_OK,
			_("load the year: guanjia holiday load FILE --year YEAR"),
			ngettext("%llu complaint has a provisional clock: %s",
				"%llu complaints have provisional clocks: %s", (unsigned long)state.lack_count),
			(unsigned long long)state.lack_count, state.lacks);
	}
	if (state.is_next_missing) {
		return found(out, VERDICT_WARN, ERR_OK,
			_("load the year: guanjia holiday load FILE --year YEAR"),
			_("those of %u are not loaded"), (unsigned)state.next_year);
	}
	return found(out, VERDICT_OK, ERR_OK, NULL,
		ngettext("%zu year is known", "%zu years are known", state.year_count), state.year_count);
}

#define D(name, words) {#name, words, check_##name},
static const struct check_row check_rows[] = {
#include "client/admin/doctor.def"
};
#undef D

static void show(const struct doctor *doctor, const struct check_row *row,
	const struct finding *finding, json_t *array)
{
	static const char *const words[] = {N_("ok"), N_("warning"), N_("FAILED"), N_("not checked")};
	json_t *json =
		json_pack("{s:s, s:s}", "name", row->name, "verdict", verdict_names[finding->verdict]);

	if (finding->detail[0] != '\0') {
		(void)json_object_set_new(json, "detail", json_string(finding->detail));
	}
	if (finding->advice[0] != '\0') {
		(void)json_object_set_new(json, "advice", json_string(finding->advice));
	}
	(void)json_array_append_new(array, json);
	if (doctor->app->is_json) {
		return;
	}
	print_pair(
		_(row->words), arena_printf(&doctor->app->arena, "%s%s%s", _(words[finding->verdict]),
						   finding->detail[0] == '\0' ? "" : "  ", finding->detail));
	if (finding->advice[0] != '\0') {
		printf("%*s\xE2\x86\x92 %s\n", 18, "", finding->advice);
	}
	fflush(stdout);
}

/* All rows; after a failure the rest is only named. */
static enum err check_all(struct doctor *doctor, json_t *array, enum verdict *out_worst)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < COUNT(check_rows); i++) {
		struct finding finding = {.verdict = VERDICT_SKIP};

		if (first == ERR_OK) {
			first = check_rows[i].run(doctor, &finding);
			*out_worst = finding.verdict > *out_worst ? finding.verdict : *out_worst;
		}
		show(doctor, &check_rows[i], &finding, array);
	}
	return first;
}

enum err command_doctor(struct app *app)
{
	struct doctor doctor = {.app = app};
	enum verdict worst = VERDICT_OK;
	json_t *array = json_array();
	enum err err;

	probe_init(&doctor.probe);
	err = check_all(&doctor, array, &worst);
	if (app->is_json) {
		print_json(json_pack("{s:s, s:O}", "verdict", verdict_names[worst], "checks", array));
	}
	if (err != ERR_OK) {
		(void)fault_set_plain(&app->fault, err);
		(void)fault_hint(&app->fault, _("the line that FAILED says what to do"));
	}
	json_decref(array);
	client_result_free(doctor.status);
	probe_fini(&doctor.probe);
	return err;
}
