/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/record_verify.h"

#include <stdio.h>
#include <unistd.h>

#include "client/admin/app.h"
#include "client/admin/i18n.h"

#define PROGRESS_EVERY 50000

static const char *const words[RECORD_FAULT_COUNT] = {
	[RECORD_WHOLE] = N_("whole"),
	[RECORD_SEAL_REMOVED] = N_("a seal was removed"),
	[RECORD_SEAL_CHANGED] = N_("a seal was changed"),
	[RECORD_SEAL_FORGED] = N_("a seal is not signed by its key"),
	[RECORD_SEAL_STRANGE] = N_("a seal is signed by another key"),
	[RECORD_SEAL_UNCHAINED] = N_("a seal does not follow from the one before it"),
	[RECORD_CUT_OFF] = N_("the record was cut off: the copy of the seals goes further"),
	[RECORD_ENTRY_REMOVED] = N_("an entry was removed"),
	[RECORD_ENTRY_INSERTED] = N_("an entry was inserted"),
	[RECORD_ENTRY_CHANGED] = N_("an entry was changed"),
	[RECORD_ENTRY_MOVED] = N_("entries were put in another order"),
	[RECORD_WORDS_CHANGED] = N_("the words of an entry were changed"),
};

const char *record_fault_words(enum record_fault fault)
{
	return _(words[fault]);
}

struct walk {
	struct record_source *source;
	const struct record_plan *plan;
	struct record_check check;
	struct record_verdict *verdict;
};

static void show_progress(const struct walk *walk)
{
	const struct app *app = walk->source->app;

	if (!app->is_json && isatty(STDERR_FILENO) != 0) {
		fprintf(stderr, "\r%llu …", (unsigned long long)walk->verdict->entry_count);
		(void)fflush(stderr);
	}
}

/* The copy at or behind this number is at hand; seals before it are those of another export's time. */
static struct record_seals *copy_at(const struct record_plan *plan, int64_t number)
{
	struct record_seals *copy = plan->copy;

	while (copy != NULL && copy->has_seal && copy->seal.number < number) {
		record_seals_next(copy);
	}
	return copy != NULL && copy->has_seal ? copy : NULL;
}

static void found_by_copy(
	struct walk *walk, enum record_fault fault, const struct record_seals *copy)
{
	struct record_finding finding = {fault, copy->seal.number, record_seal_first(&copy->seal), 0};

	(void)record_check_found(&walk->check, &finding);
}

/* The seal at hand, against its copy; the copy's is what was. False: it is another. */
static bool is_as_copied(struct walk *walk)
{
	struct record_source *source = walk->source;
	int64_t number = walk->check.number + 1;
	struct record_seals *copy = copy_at(walk->plan, number);
	struct record_finding broken = {RECORD_SEAL_CHANGED, number, {0}, 0};

	if (copy != NULL) {
		walk->verdict->copy_number = copy->seal.number;
	}
	if (!source->is_seal_broken && source->seal.number == number) {
		if (copy == NULL || copy->seal.number != number ||
			str_equal(copy->text, source->seal_line)) {
			return true;
		}
		found_by_copy(walk, RECORD_SEAL_CHANGED, copy);
		return false;
	}
	if (copy != NULL && copy->seal.number == number) {
		found_by_copy(
			walk, source->is_seal_broken ? RECORD_SEAL_CHANGED : RECORD_SEAL_REMOVED, copy);
		return false;
	}
	return !source->is_seal_broken || record_check_found(&walk->check, &broken);
}

/* Everything up to the seal's end. *out_holds: it is as it was sealed. */
static enum err walk_stretch(struct walk *walk, bool *out_holds)
{
	struct record_source *source = walk->source;
	struct record_place last = record_seal_last(&source->seal);
	bool holds = record_check_seal(&walk->check, &source->seal);

	while (holds && source->has_entry && record_place_compare(&source->place, &last) <= 0) {
		enum err err;

		holds = record_check_entry(
			&walk->check, &source->place, source->entry, source->are_words_changed);
		walk->verdict->erased_count += source->are_words_erased ? 1 : 0;
		if (++walk->verdict->entry_count % PROGRESS_EVERY == 0) {
			show_progress(walk);
		}
		err = record_source_next_entry(source);
		if (err != ERR_OK) {
			return err;
		}
	}
	*out_holds = holds && record_check_end(&walk->check);
	return ERR_OK;
}

static enum err walk_seals(struct walk *walk, bool *out_holds)
{
	struct record_source *source = walk->source;

	*out_holds = true;
	while (*out_holds && source->has_seal) {
		enum err err = ERR_OK;

		*out_holds = is_as_copied(walk);
		if (*out_holds) {
			err = walk_stretch(walk, out_holds);
		}
		if (err != ERR_OK) {
			return err;
		}
		if (*out_holds) {
			walk->verdict->seal_count++;
			walk->verdict->last_number = source->seal.number;
			walk->verdict->last_sealed_us = source->seal.sealed_us;
			err = record_source_next_seal(source);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* Behind the last seal: what a copy has more was cut off; of a server entries wait for theirs, of an export none may. */
static enum err walk_tail(struct walk *walk)
{
	struct record_source *source = walk->source;
	struct record_seals *copy = copy_at(walk->plan, walk->check.number + 1);

	/* An export ends where it was meant to: the copy goes on. */
	if (copy != NULL && !source->is_file) {
		walk->verdict->copy_number = copy->seal.number;
		found_by_copy(walk, RECORD_CUT_OFF, copy);
		return ERR_OK;
	}
	while (source->has_entry) {
		struct record_finding extra = {RECORD_ENTRY_INSERTED, walk->check.number, source->place, 0};
		enum err err;

		if (source->is_file || source->is_impossible) {
			(void)record_check_found(&walk->check, &extra);
			return ERR_OK;
		}
		walk->verdict->tail_count++;
		err = record_source_next_entry(source);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

enum err record_verify(
	struct record_source *source, const struct record_plan *plan, struct record_verdict *out)
{
	struct walk walk = {.source = source, .plan = plan, .verdict = out};
	bool holds = false;
	enum err err;

	*out = (struct record_verdict){.seal_count = 0};
	if (!record_check_init(&walk.check, plan->keys, plan->first_number)) {
		return fault_set_plain(&source->app->fault, ERR_BUSY);
	}
	walk.check.is_partial = plan->is_partial;
	err = record_source_begin(source);
	if (err == ERR_OK) {
		err = walk_seals(&walk, &holds);
	}
	if (err == ERR_OK && holds) {
		err = walk_tail(&walk);
	}
	if (out->entry_count >= PROGRESS_EVERY && !source->app->is_json && isatty(STDERR_FILENO) != 0) {
		fputc('\r', stderr);
	}
	out->finding = walk.check.finding;
	record_check_fini(&walk.check);
	return err;
}
