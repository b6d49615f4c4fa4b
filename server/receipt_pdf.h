/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt as a PDF, for paper: A5, or a roll of 80 mm that is as long as what stands on it. The lines are
 * those of the stored text (receipt.h), each as it is, in a font of fixed width that has them fit; below them
 * what the stored receipt is known by. With the receipt's code there is a QR code of it too.
 *
 *   ┌──────────────────────────┐      ┌────────────┐
 *   │ 花园小区          ▓▓▒▓▓  │      │ 花园小区   │
 *   │ 受理回执          ▓▒▒▓▒  │      │ 受理回执   │
 *   │ 编号：…       12-B8WY-…  │      │ 编号：…    │
 *   │                          │      │   ▓▓▒▓▓    │
 *   │ SHA-256 …            1/1 │      │ 12-B8WY-…  │
 *   └──────────────────────────┘      └────────────┘
 *
 * The same receipt gives the same bytes, on one machine: times are the receipt's, nothing is drawn by lot.
 * Nothing of it stands in the document's metadata but when the receipt was issued. Slow: for a thread. Uses no
 * state but its arguments', and fontconfig's, which is safe for threads.
 */
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "common/span.h"
#include "server/receipt.h"

#define RECEIPT_PDF_BYTES_MAX ((size_t)768 * 1024) /* a frame has to hold it */
#define RECEIPT_PDF_PAGES_MAX 40

enum receipt_paper {
	RECEIPT_A5 = 1,
	RECEIPT_ROLL80 = 2,
};

struct receipt_pdf {
	enum receipt_paper paper;
	enum receipt_language language;
	struct str text;   /* as stored */
	struct span hash;  /* SHA-256 of the stored body, 32 bytes */
	struct str code;   /* empty: no QR code */
	int64_t issued_us; /* UTC */
};

/*
 *   out      in the arena; set only on ERR_OK; at most RECEIPT_PDF_BYTES_MAX
 *   returns  ERR_OK | ERR_BUSY (no memory) | ERR_INTERNAL (the font is not installed, or it is larger than
 *            any receipt can be)
 */
enum err receipt_pdf_make(
	struct arena *arena, const struct receipt_pdf *receipt, struct span *out) must_check;
