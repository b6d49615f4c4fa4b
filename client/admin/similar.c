/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/similar.h"

#include <stdlib.h>

#include "proto/codec.h"

#include "client/admin/app.h"
#include "client/admin/category.h"
#include "client/admin/i18n.h"
#include "client/admin/label.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"
#include "client/admin/target.h"
#include "client/admin/when.h"

#define PER_CENT 10 /* of a score's thousand */
#define PER_CENT_MAX 100

static void add_row(const struct app *app, struct table *table, const Pb__SimilarComplaint *one)
{
	const Pb__Complaint *row = one->complaint;
	uint32_t alike = one->score / PER_CENT;
	char number[16];
	char submitted[WHEN_TEXT_MAX];

	(void)snprintf(
		number, sizeof(number), "%u %%", (unsigned)(alike < PER_CENT_MAX ? alike : PER_CENT_MAX));
	table_add_c(table, number);
	table_add(table, codec_str(row->number));
	table_add_c(table, label_of(&pb__complaint__state__descriptor, (int)row->state, number));
	when_format(row->submitted_us, app->profile.zone, submitted);
	table_add_c(table, submitted);
	table_add(table, codec_str(row->place_code));
	table_add_c(table, row->has_category ? category_label(row->category, number) : "");
	table_add(table, codec_str(row->title));
}

void similar_print(struct app *app, const Pb__ComplaintSimilarReply *reply, FILE *out)
{
	static const struct table_column columns[] = {
		{N_("ALIKE"), false},
		{N_("NUMBER"), false},
		{N_("STATE"), false},
		{N_("SUBMITTED"), false},
		{N_("PLACE"), false},
		{N_("CATEGORY"), false},
		{N_("TITLE"), true},
	};
	struct recent *recent = recent_load(app->profile.name);
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_similar; i++) {
		const Pb__Complaint *row = reply->similar[i]->complaint;

		add_row(app, &table, reply->similar[i]);
		target_remember(recent, row->community_id, row->complaint_id);
	}
	table_print(&table, out, table_terminal_width(out));
	table_fini(&table);
	recent_save(app->profile.name, recent);
	free(recent);
}

void similar_warn(struct app *app, const Pb__ComplaintSubmit *submit)
{
	Pb__ComplaintSimilar request = PB__COMPLAINT_SIMILAR__INIT;
	const Pb__ComplaintSimilarReply *reply;
	struct client_result *result;

	if (!submit->has_place_id) {
		return;
	}
	request.has_community_id = request.has_place_id = true;
	request.community_id = submit->community_id;
	request.place_id = submit->place_id;
	request.has_category = submit->has_category;
	request.category = submit->category;
	request.title = submit->title;
	request.text = submit->text;
	result = link_call(app, METHOD_complaint_similar, &request.base);
	if (result == NULL) {
		app->fault = (struct fault){0};
		return;
	}
	reply = (const void *)result->message;
	if (reply->n_similar > 0) {
		print_note(app, _("this may be the same matter:"));
		similar_print(app, reply, stderr);
		print_note(app, _("if it is: guanjia complaint merge NUMBER MASTER"));
	}
	client_result_free(result);
}
