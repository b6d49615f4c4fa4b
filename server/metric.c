/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metric.h"

#include <string.h>

#include "server/figures.h"
#include "server/loops.h"
#include "server/request_step.h"
#include "server/server.h"
#include "server/usage.h"

enum outcome metric_outcome(enum err err)
{
	if (err == ERR_OK) {
		return OUTCOME_OK;
	}
	/* What is worth another try is ours, but for the peer's own cancel and too many wrong passwords. */
	return err_row(err)->retry == ERR_RETRY_SAME && err != ERR_CANCELLED && err != ERR_LOGIN_DELAYED
	           ? OUTCOME_FAILED
	           : OUTCOME_REFUSED;
}

void metric_answered(struct metrics *metrics, size_t method, enum err err, int64_t us)
{
	assert(method <= METHOD_COUNT);
	assert((size_t)err < METRIC_ERRORS_END);
	histogram_add(&metrics->requests[method][metric_outcome(err)], us < 0 ? 0 : (uint64_t)us);
	metrics->errors[err] += err != ERR_OK;
}

void metric_tick_begins(struct metrics *metrics, int64_t now_mono_us)
{
	if (metrics->armed_mono_us != 0 && now_mono_us >= metrics->armed_mono_us) {
		histogram_add(&metrics->lags, (uint64_t)(now_mono_us - metrics->armed_mono_us));
	}
}

void metric_tick_ends(struct metrics *metrics, int64_t began_mono_us)
{
	histogram_add(&metrics->ticks, (uint64_t)(clock_mono_us() - began_mono_us));
}

bool metric_is_in(const struct metric_row *row, const char *unit)
{
	const char *dot = strrchr(row->name, '.');

	return dot != NULL && strcmp(dot + 1, unit) == 0;
}

/* --- rows that come in kinds --- */

static void tell(
	struct metric_sink *sink, const struct metric_row *row, const char *label, uint64_t value)
{
	struct metric_sample sample = {.row = row, .labels = {label}, .value = value};

	sink->take(sink, &sample);
}

static void each_state(const struct metrics *metrics, const struct census *census,
	const struct metric_row *row, struct metric_sink *sink)
{
	static const char *const names[] = {
		[CONN_HANDSHAKE] = "handshake",
		[CONN_HELLO] = "hello",
		[CONN_GUEST] = "guest",
		[CONN_MEMBER] = "member",
		[CONN_CLOSING] = "closing",
		[CONN_CLOSED] = "closed",
	};

	(void)metrics;
	static_assert(COUNT(names) == COUNT(census->states), "a name a state");
	for (size_t i = 0; i < COUNT(names); i++) {
		tell(sink, row, names[i], census->states[i]);
	}
}

static void each_step(const struct metrics *metrics, const struct census *census,
	const struct metric_row *row, struct metric_sink *sink)
{
	(void)metrics;
	for (int step = 0; step < STEP_DONE; step++) {
		tell(sink, row, request_step_name((enum step)step), census->steps[step]);
	}
}

/* Only those that there were: most never are. */
static void each_error(const struct metrics *metrics, const struct census *census,
	const struct metric_row *row, struct metric_sink *sink)
{
	(void)census;
	for (size_t i = 0; i < err_row_count; i++) {
		uint64_t count = metrics->errors[err_rows[i].err];

		if (count > 0) {
			tell(sink, row, err_rows[i].name, count);
		}
	}
}

/* Likewise. */
static void each_method(const struct metrics *metrics, const struct census *census,
	const struct metric_row *row, struct metric_sink *sink)
{
	static const char *const outcomes[OUTCOME_COUNT] = {"ok", "refused", "failed"};

	(void)census;
	for (size_t method = 0; method <= METHOD_COUNT; method++) {
		const char *name = method == METHOD_COUNT ? "unknown" : method_rows[method].name;

		for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
			const struct histogram *spread = &metrics->requests[method][outcome];
			struct metric_sample sample = {
				.row = row, .labels = {name, outcomes[outcome]}, .spread = spread};

			if (histogram_count(spread) > 0) {
				sink->take(sink, &sample);
			}
		}
	}
}

/* --- all rows --- */

static void walk_counters(const struct counters *counters, struct metric_sink *sink)
{
	static const struct {
		struct metric_row row;
		size_t offset;
	} rows[] = {
#define COUNTER(member, name, text) \
	{{METRIC_TOTAL, name, NULL, text}, offsetof(struct counters, member)},
#define GAUGE(member, name, text) \
	{{METRIC_GAUGE, name, NULL, text}, offsetof(struct counters, member)},
#include "server/counter.def"
#undef COUNTER
#undef GAUGE
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at = (const char *)counters + rows[i].offset;

		tell(sink, &rows[i].row, NULL, *(const uint64_t *)(const void *)at);
	}
}

static void walk_values(const struct server *server, const struct census *census_now,
	const struct usage *usage_now, struct metric_sink *sink)
{
	const struct census census = *census_now;
	const struct usage usage = *usage_now;
	const struct {
		struct metric_row row;
		uint64_t value;
	} rows[] = {
#define VALUE(kind, name, value, text) {{METRIC_##kind, name, NULL, text}, (uint64_t)(value)},
#define EACH(kind, name, labels, walk, text)
#define SPREAD(name, histogram, text)
#include "server/metric.def"
#undef VALUE
#undef EACH
#undef SPREAD
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tell(sink, &rows[i].row, NULL, rows[i].value);
	}
}

static void walk_kinds(
	const struct metrics *metrics, const struct census *census, struct metric_sink *sink)
{
	static const struct {
		struct metric_row row;
		void (*walk)(const struct metrics *metrics, const struct census *census,
			const struct metric_row *row, struct metric_sink *sink);
	} rows[] = {
#define VALUE(kind, name, value, text)
#define EACH(kind, name, labels, walk, text) {{METRIC_##kind, name, labels, text}, walk},
#define SPREAD(name, histogram, text)
#include "server/metric.def"
#undef VALUE
#undef EACH
#undef SPREAD
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		rows[i].walk(metrics, census, &rows[i].row, sink);
	}
}

static void walk_spreads(const struct histogram spreads[FIGURES_SPREADS], struct metric_sink *sink)
{
	static const struct metric_row rows[] = {
#define VALUE(kind, name, value, text)
#define EACH(kind, name, labels, walk, text)
#define SPREAD(name, histogram, text) {METRIC_SPREAD, name, NULL, text},
#include "server/metric.def"
#undef VALUE
#undef EACH
#undef SPREAD
	};

	static_assert(COUNT(rows) == FIGURES_SPREADS, "a row each");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct metric_sample sample = {.row = &rows[i], .spread = &spreads[i]};

		sink->take(sink, &sample);
	}
}

void metric_walk(struct server *server, struct metric_sink *sink)
{
	struct figures figures;
	const struct metrics *metrics = loops_figures(server, &figures);
	struct usage usage;

	usage_take(&usage);
	walk_counters(&figures.counters, sink);
	walk_values(server, &figures.census, &usage, sink);
	walk_kinds(metrics, &figures.census, sink);
	walk_spreads(figures.spreads, sink);
}
