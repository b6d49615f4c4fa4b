/* SPDX-License-Identifier: Apache-2.0 */
#include "server/method/receipt/receipt_sheet.h"

#include "server/method/receipt/receipt_row.h"
#include "server/receipt_pdf.h"
#include "server/server.h"

/* What was rendered, the reply with it, and what is small. */
#define ROOM_BYTES (2 * RECEIPT_PDF_BYTES_MAX + (size_t)256 * 1024)

static_assert((int)RECEIPT_A5 == (int)PB__RECEIPT__PAPER__A5 &&
				  (int)RECEIPT_ROLL80 == (int)PB__RECEIPT__PAPER__ROLL80,
	"papers as on the wire");

void receipt_sheet_room(struct request *r)
{
	r->arena.max_bytes = size_max(r->arena.max_bytes, ROOM_BYTES);
}

void receipt_sheet_work(
	struct request *r, const struct query *receipt, Pb__Receipt__Paper paper, bool with_code)
{
	const Pb__Receipt *row;
	struct receipt_pdf pdf;

	if (query_rows(receipt) == 0) {
		r->work_err = ERR_NOT_FOUND;
		return;
	}
	row = receipt_row_message(r, receipt, 0, with_code);
	if (r->arena.failed) {
		r->work_err = ERR_BUSY;
		return;
	}
	pdf = (struct receipt_pdf){
		.paper = (enum receipt_paper)paper,
		.language = row->language == PB__COMPLAINT__LANGUAGE__EN ? RECEIPT_EN : RECEIPT_ZH,
		.text = codec_str(row->text),
		.hash = codec_span(true, row->body_hash),
		.code = codec_str(row->code),
		.issued_us = row->issued_us,
	};
	r->work_err = receipt_pdf_make(&r->arena, &pdf, &r->work_out);
}

enum err receipt_sheet_err(struct request *r)
{
	char trace[UUID_TEXT_LEN + 1];

	if (r->work_err == ERR_INTERNAL) {
		log_line(&r->server->log, LOG_ERROR, "receipt.pdf", "err=INTERNAL trace=%s",
			request_trace(r, trace));
	}
	return r->work_err;
}
