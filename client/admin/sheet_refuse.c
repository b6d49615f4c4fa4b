/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/sheet_refuse.h"

#include "client/admin/app.h"
#include "client/admin/i18n.h"

enum err sheet_refuse(struct app *app, enum sheet_verdict verdict, const struct sheet_fault *fault)
{
	struct fault *out = &app->fault;

	switch (verdict) {
	case SHEET_OK:
		return ERR_OK;
	case SHEET_EMPTY:
		return fault_set(out, ERR_INPUT, _("the file has no header"));
	case SHEET_ENCODING:
		if (fault->row == 0) {
			return fault_set(out, ERR_INPUT, _("--encoding is not known"));
		}
		return fault_set(
			out, ERR_INPUT, _("row %zu is not in the encoding that was given"), fault->row);
	case SHEET_IS_UTF8:
		(void)fault_set(out, ERR_INPUT, _("the file is UTF-8, not what --encoding says"));
		return fault_hint(out, _("leave --encoding away"));
	case SHEET_NO_TEXT:
		(void)fault_set(out, ERR_INPUT, _("the header is not text in UTF-8"));
		return fault_hint(
			out, _("save it as CSV in UTF-8, or name its encoding: --encoding GB18030"));
	case SHEET_QUOTES:
		return fault_set(out, ERR_INPUT,
			_("row %zu: a quote inside a cell, or one that is not closed"), fault->row);
	case SHEET_COLUMN:
		return fault_set(out, ERR_INPUT, _("the header has no column '%s'"), fault->column);
	case SHEET_TWICE:
		return fault_set(out, ERR_INPUT, _("the header has the column '%s' twice"), fault->column);
	case SHEET_WIDTH:
		return fault_set(
			out, ERR_INPUT, _("row %zu has more than %d columns"), fault->row, SHEET_COLUMNS_MAX);
	case SHEET_CELL:
		(void)fault_set(out, ERR_INPUT, _("row %zu: a cell is larger than 1 MiB"), fault->row);
		return fault_hint(out, _("perhaps a quote is not closed"));
	case SHEET_TOO_BIG:
		return fault_set(out, ERR_INPUT, _("the file is too large"));
	}
	unreachable();
}
