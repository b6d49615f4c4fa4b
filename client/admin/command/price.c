/* SPDX-License-Identifier: Apache-2.0 */
/*
 * price set, price end, price list: what materials cost.
 */
#include <stdio.h>

#include "price.pb-c.h"
#include "proto/codec.h"

#include "client/admin/amount.h"
#include "client/admin/app.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"
#include "client/admin/link.h"
#include "client/admin/print.h"
#include "client/admin/table.h"

#define PRICE_DECIMALS 2
#define PRICE_FEN_MAX 100000000 /* field.def */

static enum err take_version(struct app *app, protobuf_c_boolean *has, uint32_t *out)
{
	const char *text = app_option(app, OPTION_VERSION);

	if (text == NULL) {
		return ERR_OK;
	}
	*has = true;
	return app_number(app, "--version", text, 1, INT32_MAX, out);
}

enum err command_price_set(struct app *app)
{
	Pb__PriceSet request = PB__PRICE_SET__INIT;
	const char *text = app_option(app, OPTION_PRICE);
	uint64_t fen = 0;
	enum err err = take_version(app, &request.has_version, &request.version);

	if (err != ERR_OK) {
		return err;
	}
	if (!amount_parse(str_from_c(text), PRICE_DECIMALS, PRICE_FEN_MAX, &fen)) {
		return fault_set(&app->fault, ERR_USAGE,
			_("%s: '%s' is no number of yuan with up to two decimals"), "--price", text);
	}
	err = link_resume(app);
	if (err != ERR_OK) {
		return err;
	}
	request.code = (char *)(uintptr_t)app->options.arguments[0];
	request.name = (char *)(uintptr_t)app_option(app, OPTION_MATERIAL_NAME);
	request.unit = (char *)(uintptr_t)app_option(app, OPTION_UNIT);
	request.has_price_fen = true;
	request.price_fen = (int64_t)fen;
	return print_call(app, METHOD_price_set, &request.base, _("the price was set"));
}

enum err command_price_end(struct app *app)
{
	Pb__PriceEnd request = PB__PRICE_END__INIT;
	enum err err = take_version(app, &request.has_version, &request.version);

	if (err == ERR_OK) {
		err = link_resume(app);
	}
	if (err != ERR_OK) {
		return err;
	}
	request.code = (char *)(uintptr_t)app->options.arguments[0];
	return print_call(
		app, METHOD_price_end, &request.base, _("the material is not on the list any more"));
}

static void print_prices(const Pb__PriceListReply *reply)
{
	static const struct table_column columns[] = {
		{N_("CODE"), false},
		{N_("NAME"), true},
		{N_("UNIT"), false},
		{N_("YUAN"), false},
		{N_("VERSION"), false},
	};
	struct table table;

	table_init(&table, columns, COUNT(columns));
	for (size_t i = 0; i < reply->n_prices; i++) {
		const Pb__Price *price = reply->prices[i];
		char text[32];

		table_add(&table, codec_str(price->code));
		table_add(&table, codec_str(price->name));
		table_add(&table, codec_str(price->unit));
		(void)snprintf(text, sizeof(text), "%lld.%02lld", (long long)(price->price_fen / 100),
			(long long)(price->price_fen % 100));
		table_add_c(&table, text);
		(void)snprintf(text, sizeof(text), "%u", (unsigned)price->version);
		table_add_c(&table, text);
	}
	table_print(&table, stdout, table_terminal_width(stdout));
	table_fini(&table);
}

enum err command_price_list(struct app *app)
{
	Pb__PriceList request = PB__PRICE_LIST__INIT;
	struct client_result *result;
	enum err err = link_resume(app);

	if (err != ERR_OK) {
		return err;
	}
	result = link_call(app, METHOD_price_list, &request.base);
	if (result == NULL) {
		return app->fault.err;
	}
	if (app->is_json) {
		err = print_message(app, result->message);
	} else {
		print_prices((const void *)result->message);
	}
	client_result_free(result);
	return err;
}
