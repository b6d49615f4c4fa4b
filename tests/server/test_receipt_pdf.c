/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves receipts on paper with the programs of others (poppler): what pdftotext reads is the stored text, line by
 * line, in both languages on both papers, over several pages too; the same receipt gives the same bytes; fonts are
 * embedded, and the metadata names nobody; a roll is as long as its lines; the QR code, module by module as it is
 * printed, is the code's, and is there with the code alone.
 */
#include "server/receipt_pdf.h"

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "server/slip.h"
#include "tests/check.h"
#include "tests/server/scratch.h"

#define PLENTY ((size_t)16 * 1024 * 1024)
#define CODE "12-B8WY-62GN-F962-GZRZ"
#define ISSUED INT64_C(1795432800000000) /* 2026-11-23T11:20:00Z */
#define TEXT_MAX ((size_t)256 * 1024)
#define IMAGE_MAX ((size_t)8 * 1024 * 1024)
#define DPI 288 /* four pixels a point */
#define MM(mm) ((mm)*DPI / 25.4)

static struct arena arena;
static char path[SCRATCH_PATH_MAX + 16];
static const uint8_t hash[32] = {0xAB, 0x01, 0xCD};

static enum err render(enum receipt_paper paper, struct str text, struct str code, struct span *out)
{
	struct receipt_pdf receipt = {
		.paper = paper,
		.language = RECEIPT_ZH,
		.text = text,
		.hash = span_of(hash, sizeof hash),
		.code = code,
		.issued_us = ISSUED,
	};

	return receipt_pdf_make(&arena, &receipt, out);
}

/* Into the file, too. */
static struct span make_pdf(enum receipt_paper paper, struct str text, struct str code)
{
	struct span out = {NULL, 0};
	enum err err = render(paper, text, code, &out);
	FILE *file = fopen(path, "we");

	assert(err == ERR_OK && file != NULL);
	(void)fwrite(out.ptr, 1, out.len, file);
	(void)fclose(file);
	return out;
}

/* What a program of poppler's says of the file; in the arena. */
static struct str said(const char *command)
{
	bool is_image = strstr(command, "pdftoppm") != NULL;
	size_t max = is_image ? IMAGE_MAX : TEXT_MAX;
	char *text = arena_alloc(&arena, max);
	struct str line = arena_printf(&arena, "%s %s -", command, path);
	FILE *pipe;
	size_t len;

	if (strstr(command, "pdftotext") == NULL) {
		line = arena_printf(&arena, "%s %s", command, path);
	}
	pipe = popen(arena_c_string(&arena, line), "re");
	assert(pipe != NULL && text != NULL);
	len = fread(text, 1, max - 1, pipe);
	assert(pclose(pipe) == 0); /* poppler-utils is in scripts/lib/packages */
	return str_of(text, len);
}

static bool holds(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* --- the text --- */

static struct str next_line(struct str *rest)
{
	size_t len = strcspn(rest->ptr, "\n\f");
	struct str line = str_of(rest->ptr, len < rest->len ? len : rest->len);

	*rest = str_of(rest->ptr + line.len + (line.len < rest->len),
		rest->len - line.len - (line.len < rest->len));
	while (line.len > 0 && line.ptr[0] == ' ') {
		line = str_of(line.ptr + 1, line.len - 1);
	}
	while (line.len > 0 && line.ptr[line.len - 1] == ' ') {
		line.len--;
	}
	return line;
}

/* A line of the page without what is not the receipt's: the code beside or below, the foot. */
static struct str next_own_line(struct str *rest)
{
	struct str line = STR("");

	while (rest->len > 0 && line.len == 0) {
		line = next_line(rest);
		if (line.len >= strlen(CODE) &&
			memcmp(line.ptr + line.len - strlen(CODE), CODE, strlen(CODE)) == 0) {
			line.len -= strlen(CODE);
			while (line.len > 0 && line.ptr[line.len - 1] == ' ') {
				line.len--;
			}
		}
		line = line.len > 8 && memcmp(line.ptr, "SHA-256 ", 8) == 0 ? STR("") : line;
	}
	return line;
}

/* Line by line, but for the spaces at both ends, which are the paper's. */
static void check_same_text(struct str text)
{
	struct str page = said("pdftotext -layout");
	struct str stored = text;

	while (stored.len > 0) {
		struct str expected = next_line(&stored);

		CHECK_STR_EQ(next_own_line(&page), expected);
	}
	CHECK_STR_EQ(next_own_line(&page), "");
}

static const struct receipt_material valves[] = {
	{STR("不锈钢角阀"), 2000, STR("个"), 1500},
	{STR("sealing tape"), 500, STR("m"), 333},
};

#define HEAD(kind_name, language_name) \
	.kind = RECEIPT_##kind_name, .language = RECEIPT_##language_name, \
	.number = STR("20261123-0012"), .issued = STR("2026-11-23 19:20"), \
	.zone = STR("Asia/Shanghai")

static const struct receipt receipts[] = {
	{HEAD(ACKNOWLEDGEMENT, ZH),
		.community = STR("花园小区（天山区幸福路街道第七社区）一期二期三期联合物业服务中心"),
		.place = STR("3号楼2单元501室"),
		.acknowledgement = {2, STR("给排水"),
			STR("厨房洗菜盆下水管漏水，已经漏到楼下。联系人：阿卜杜拉·阿卜杜热依木·买买提明·图尔荪"
				"江，"
				"他不在时请找古丽加玛丽·阿布都克热木·麦麦提依明。"),
			STR("2026-11-23 19:20"), STR("2026-11-24 19:20"), STR("一号楼管家组 0991-5550100")}},
	{HEAD(ACKNOWLEDGEMENT, EN), .community = STR("Garden of the Springs"),
		.place = STR("Building 3, entrance 2, flat 501"),
		.acknowledgement = {1, STR("noise"),
			STR("Noise at night from the shop below; it began last Monday, goes on until two in the"
				" morning, and nobody there answers the door. Please come after ten."),
			STR("2026-11-23 19:20")}},
	{HEAD(APPOINTMENT, ZH), .community = STR("花园小区"), .place = STR("3号楼2单元501室"),
		.appointment = {STR("2026-11-24 10:00"), STR("2026-11-24 12:00"), STR("水电组"),
			STR("阿卜杜拉·阿卜杜热依木"), STR("0991-5550100")}},
	{HEAD(APPOINTMENT, EN), .community = STR("Garden"),
		.appointment = {STR("2026-11-24 10:00"), STR("2026-11-25 12:00")}},
	{HEAD(SERVICE, ZH), .community = STR("花园小区"), .place = STR("3号楼2单元501室"),
		.service = {STR("水电组"), STR("马军"), STR("2026-11-24 10:05"), STR("2026-11-24 11:30"),
			STR("更换角阀，试水无渗漏。"), valves, COUNT(valves), 3}},
	{HEAD(SERVICE, EN), .community = STR("Garden"),
		.service = {STR("Plumbers"), STR("Ma Jun"), STR("2026-11-24 10:05"),
			STR("2026-11-24 11:30"), STR("Replaced the valve; no leak."), valves, COUNT(valves),
			3}},
};

static void test_paper_says_what_is_stored_word_for_word(void)
{
	for (size_t i = 0; i < COUNT(receipts); i++) {
		for (int paper = RECEIPT_A5; paper <= RECEIPT_ROLL80; paper++) {
			struct str text = receipt_text(&arena, &receipts[i]);

			assert(text.len > 0);
			(void)make_pdf((enum receipt_paper)paper, text, i % 2 == 0 ? STR(CODE) : STR(""));
			check_same_text(text);
			if (check_failed()) {
				printf("# receipt %zu on paper %d\n", i, paper);
				return;
			}
		}
	}
}

/* As long as the protocol lets a text be. */
static struct str long_text(size_t sentences)
{
	struct str words = STR("");
	struct slip slip;

	for (size_t i = 0; i < sentences; i++) {
		words = arena_printf(
			&arena, "%.*s第%zu次：水管漏水，已经漏到楼下，请尽快派人处理。", STR_ARG(words), i);
	}
	slip_init(&slip, &arena);
	slip_line(&slip, STR("花园小区"));
	slip_line(&slip, STR("受理回执"));
	slip_line(&slip, words);
	slip_line(&slip, STR("请妥善保管本回执及回执码。"));
	return slip_text(&slip);
}

static int pages(void)
{
	struct str info = said("pdfinfo");
	const char *at = memmem(info.ptr, info.len, "Pages:", 6);

	return at == NULL ? 0 : atoi(at + 6);
}

/* "Page size:       226.772 x 413.9 pts" */
static double page_height(void)
{
	struct str info = said("pdfinfo");
	const char *at = memmem(info.ptr, info.len, "Page size:", 10);
	const char *by = at == NULL ? NULL : strstr(at, " x ");

	return by == NULL ? 0 : strtod(by + 3, NULL);
}

static void test_long_texts_go_over_pages_and_a_roll_grows(void)
{
	struct str text = long_text(120);
	double before;

	(void)make_pdf(RECEIPT_A5, text, STR(CODE));
	check_same_text(text);
	CHECK_INT_EQ(pages(), 4);
	CHECK(holds(said("pdftotext -layout"), "4/4"));
	(void)make_pdf(RECEIPT_ROLL80, text, STR(CODE));
	check_same_text(text);
	CHECK_INT_EQ(pages(), 1);
	/* Each line is as high as the others, so what a roll is longer by is its lines. */
	before = page_height();
	(void)make_pdf(RECEIPT_ROLL80,
		str_of(text.ptr, text.len - strlen("请妥善保管本回执及回执码。\n")), STR(CODE));
	CHECK(before - page_height() > 11.5 && before - page_height() < 11.7); /* 8 points × 1.45 */
	(void)make_pdf(RECEIPT_ROLL80, text, STR(""));
	CHECK(before - page_height() > 90); /* the QR code's */
}

/* Uyghur in Arabic script: its letters are there; a program that reads them back may turn a ligature. */
static void test_names_in_arabic_script_are_there(void)
{
	struct slip slip;
	struct str page;

	slip_init(&slip, &arena);
	slip_line(&slip, STR("花园小区"));
	slip_line(&slip, STR("受理回执"));
	slip_line(&slip, STR("联系人：ئابدۇرېھىم مۇھەممەتئىمىن تۇرسۇنجان"));
	slip_line(&slip, STR("阿卜杜热依木"));
	(void)make_pdf(RECEIPT_ROLL80, slip_text(&slip), STR(""));
	page = said("pdftotext -layout");
	CHECK(holds(page, "تۇرسۇنجان"));
	CHECK(holds(page, "联系人"));
	CHECK(holds(page, "阿卜杜热依木"));
	CHECK(holds(said("pdffonts"), "DejaVu"));
}

/* --- the bytes --- */

static void test_the_same_receipt_gives_the_same_bytes(void)
{
	struct str text = receipt_text(&arena, &receipts[0]);

	for (int paper = RECEIPT_A5; paper <= RECEIPT_ROLL80; paper++) {
		struct span first = make_pdf((enum receipt_paper)paper, text, STR(CODE));
		struct span again = make_pdf((enum receipt_paper)paper, text, STR(CODE));

		CHECK(span_equal(first, again));
		CHECK(!span_equal(first, make_pdf((enum receipt_paper)paper, text, STR(""))));
		CHECK(!span_equal(first,
			make_pdf((enum receipt_paper)paper, receipt_text(&arena, &receipts[2]), STR(CODE))));
	}
}

static void test_fonts_are_embedded_and_metadata_names_nobody(void)
{
	static const char *const unsaid[] = {
		"Title:", "Author:", "Subject:", "Keywords:", "阿卜杜拉", "B8WY"};
	struct str fonts, info;
	size_t lines = 0;

	(void)make_pdf(RECEIPT_A5, receipt_text(&arena, &receipts[0]), STR(CODE));
	fonts = said("pdffonts");
	(void)next_line(&fonts);
	(void)next_line(&fonts);
	for (; fonts.len > 0; lines++) {
		CHECK(holds(next_line(&fonts), "yes yes yes")); /* embedded, a subset, can be read back */
	}
	CHECK(lines >= 2);
	info = said("TZ=UTC pdfinfo");
	CHECK(holds(info, "Creator:         guanjia\n"));
	CHECK(holds(info, "CreationDate:    Mon Nov 23 11:20:00 2026 UTC"));
	for (size_t i = 0; i < COUNT(unsaid); i++) {
		CHECK(!holds(info, unsaid[i]));
	}
}

/* --- the code --- */

/* The page's pixels, a byte each; binary PGM behind a head of three numbers. */
static const uint8_t *pixels(int *out_width, int *out_height)
{
	struct str image = said("pdftoppm -r 288 -gray -f 1 -l 1");
	int max = 0, used = 0;

	if (sscanf(image.ptr, "P5 %d %d %d%n", out_width, out_height, &max, &used) != 3) {
		return NULL;
	}
	return (const uint8_t *)image.ptr + used + 1;
}

/* A5: in the corner, with four modules of quiet on each side. */
static void test_the_qr_code_is_the_codes(void)
{
	QRcode *qr = QRcode_encodeString(CODE, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	double module = MM(30) / (qr->width + 8);
	const uint8_t *page;
	int width = 0, height = 0;
	size_t dark = 0;

	(void)make_pdf(RECEIPT_A5, receipt_text(&arena, &receipts[0]), STR(CODE));
	page = pixels(&width, &height);
	CHECK(page != NULL);
	for (int i = 0; i < qr->width * qr->width; i++) {
		int x = (int)(MM(148 - 12 - 30) + (4 + i % qr->width + 0.5) * module);
		int y = (int)(MM(12) + (4 + i / qr->width + 0.5) * module);
		bool is_dark = page[y * width + x] < 128;

		CHECK_INT_EQ(is_dark, qr->data[i] & 1);
		dark += is_dark;
	}
	CHECK(dark > 100);
	QRcode_free(qr);
	CHECK(holds(said("pdftotext -layout"), CODE));
	(void)make_pdf(RECEIPT_A5, receipt_text(&arena, &receipts[0]), STR(""));
	page = pixels(&width, &height);
	for (int y = (int)MM(12); y < (int)MM(42); y++) {
		for (int x = (int)MM(148 - 12 - 30); x < (int)MM(148 - 12); x++) {
			CHECK(page[y * width + x] > 250);
		}
	}
	CHECK(!holds(said("pdftotext -layout"), CODE));
}

/* --- its limits --- */

static void test_what_no_receipt_can_be_is_refused(void)
{
	struct span out = {NULL, 0};

	CHECK_INT_EQ(render(RECEIPT_A5, long_text(1500), STR(""), &out), ERR_INTERNAL);
	CHECK(out.ptr == NULL);
}

static void test_without_memory_there_is_none(void)
{
	struct receipt_pdf receipt = {.paper = RECEIPT_A5,
		.language = RECEIPT_EN,
		.text = STR("Garden\nReceipt\n"),
		.hash = span_of(hash, sizeof hash),
		.issued_us = ISSUED};
	struct span out = {NULL, 0};
	struct arena small;

	arena_init(&small, 1000);
	CHECK_INT_EQ(receipt_pdf_make(&small, &receipt, &out), ERR_BUSY);
	CHECK(out.ptr == NULL);
	arena_fini(&small);
}

static const struct test tests[] = {
	{"paper_says_what_is_stored_word_for_word", test_paper_says_what_is_stored_word_for_word},
	{"long_texts_go_over_pages_and_a_roll_grows", test_long_texts_go_over_pages_and_a_roll_grows},
	{"names_in_arabic_script_are_there", test_names_in_arabic_script_are_there},
	{"the_same_receipt_gives_the_same_bytes", test_the_same_receipt_gives_the_same_bytes},
	{"fonts_are_embedded_and_metadata_names_nobody",
		test_fonts_are_embedded_and_metadata_names_nobody},
	{"the_qr_code_is_the_codes", test_the_qr_code_is_the_codes},
	{"what_no_receipt_can_be_is_refused", test_what_no_receipt_can_be_is_refused},
	{"without_memory_there_is_none", test_without_memory_there_is_none},
};

int main(void)
{
	char dir[SCRATCH_PATH_MAX];
	int failed;

	scratch_dir(dir);
	(void)snprintf(path, sizeof path, "%s/receipt.pdf", dir);
	arena_init(&arena, 64 * PLENTY);
	failed = check_main(tests, COUNT(tests));
	arena_fini(&arena);
	return failed;
}
