/* SPDX-License-Identifier: Apache-2.0 */
#include "server/receipt_qr.h"

#include <qrencode.h>

#include "common/base.h"
#include "server/receipt_code.h"

#define QUIET 4

void receipt_qr_draw(cairo_t *cairo, struct str code, double x, double y, double side)
{
	char text[RECEIPT_CODE_BYTES];
	double module;
	QRcode *qr;

	assert(code.len < sizeof text);
	memcpy(text, code.ptr, code.len);
	text[code.len] = '\0';
	qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (qr == NULL) {
		return;
	}
	module = side / (qr->width + 2 * QUIET);
	for (int i = 0; i < qr->width * qr->width; i++) {
		if ((qr->data[i] & 1) != 0) {
			cairo_rectangle(cairo, x + (QUIET + i % qr->width) * module,
				y + (QUIET + i / qr->width) * module, module, module);
		}
	}
	cairo_fill(cairo); /* all as one path, so no seams show */
	QRcode_free(qr);
}
