/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/sheet_refuse.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"

enum err sheet_refuse(struct app *app, enum sheet_verdict verdict, const struct sheet_fault *fault)
{
	switch (verdict) {
	case SHEET_OK:
		return ERR_OK;
	case SHEET_EMPTY:
		return fault_set(&app->fault, ERR_INPUT, _("the file has no header"));
	case SHEET_ENCODING:
		if (fault->row == 0) {
			return fault_set(&app->fault, ERR_INPUT, _("--encoding is not known"));
		}
		return fault_set(
			&app->fault, ERR_INPUT, _("row %zu is not in the encoding that was given"), fault->row);
	case SHEET_QUOTES:
		return fault_set(&app->fault, ERR_INPUT,
			_("row %zu: a quote inside a cell, or one that is not closed"), fault->row);
	case SHEET_COLUMN:
		return fault_set(&app->fault, ERR_INPUT, _("the header has no column '%s'"), fault->column);
	case SHEET_TOO_BIG:
		return fault_set(&app->fault, ERR_INPUT, _("the file is too large"));
	}
	unreachable();
}
