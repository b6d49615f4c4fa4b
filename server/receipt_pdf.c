/* SPDX-License-Identifier: Apache-2.0 */
#include "server/receipt_pdf.h"

#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "common/sha256.h"
#include "server/receipt_qr.h"
#include "server/slip.h"

/* Half of its em is a column: a Chinese character takes two. Debian: fonts-noto-cjk. */
#define FONT "Noto Sans Mono CJK SC"
#define SMALL_PT 5.5

#if WITH_ASAN
/*
 * cairo 1.16 loses 768 bytes for each CFF font of a document when that is finished, and fontconfig 256 once with its
 * settings. Seen from outside these libraries there is nothing to give back.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libcairo.so\nleak:libfontconfig.so\n";
}
#endif

#define MM(mm) ((mm)*72.0 / 25.4)
#define LINE_PER_EM 1.45
#define BUFFER_BYTES_FIRST ((size_t)64 * 1024)

/* Of a paper, in points. */
struct sheet {
	double width;
	double height; /* 0: as long as what stands on it */
	double margin;
	double em;   /* SLIP_COLUMNS / 2 of them are a line … */
	double line; /* … which has some room left, for characters that are wider than their columns */
	double qr;   /* the side of a QR code with its quiet zone */
};

/* A5 leaves the right for the QR code; a roll's printers do not print on the outer 4 mm. */
static const struct sheet sheets[] = {
	[RECEIPT_A5] = {MM(148), MM(210), MM(12), 10, MM(94), MM(30)},
	[RECEIPT_ROLL80] = {MM(80), 0, MM(4), 8, MM(72), MM(34)},
};
static_assert(SLIP_COLUMNS == 48, "as many columns as fit");

struct buffer {
	uint8_t *ptr;
	size_t len;
	size_t capacity;
	bool is_starved;
};

/* What is being drawn. */
struct drawing {
	const struct receipt_pdf *receipt;
	const struct sheet *sheet;
	PangoFontMap *fonts;
	PangoContext *context;
	cairo_t *cairo; /* NULL while it is only measured */
	double y;       /* where the next line's top is */
	int page;       /* from 1 */
	int page_count; /* 0 while it is measured */
	bool has_font;
	bool is_title; /* the lines that are: community and kind */
	int title_lines;
};

static cairo_status_t on_bytes(void *closure, const unsigned char *data, unsigned int length)
{
	struct buffer *buffer = closure;
	size_t capacity = buffer->capacity == 0 ? BUFFER_BYTES_FIRST : buffer->capacity;
	uint8_t *ptr;

	if (length > RECEIPT_PDF_BYTES_MAX - buffer->len) {
		return CAIRO_STATUS_WRITE_ERROR;
	}
	while (capacity < buffer->len + length) {
		capacity *= 2; /* at most to twice the maximum */
	}
	if (capacity > buffer->capacity) {
		ptr = realloc(buffer->ptr, capacity);
		if (ptr == NULL) {
			buffer->is_starved = true;
			return CAIRO_STATUS_WRITE_ERROR;
		}
		buffer->ptr = ptr;
		buffer->capacity = capacity;
	}
	memcpy(buffer->ptr + buffer->len, data, length);
	buffer->len += length;
	return CAIRO_STATUS_SUCCESS;
}

/* --- text --- */

static PangoLayout *new_layout(struct drawing *drawing, struct str text, double em, bool is_bold)
{
	PangoLayout *layout = pango_layout_new(drawing->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, FONT);
	pango_font_description_set_absolute_size(font, em * PANGO_SCALE);
	pango_font_description_set_weight(font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	/* In another script than Chinese a line may be wider than its columns: then it goes on in the next. */
	pango_layout_set_width(layout, (int)(drawing->sheet->line * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_auto_dir(layout, FALSE); /* a line is ours, and begins where its label is */
	pango_layout_set_text(layout, text.ptr, (int)text.len);
	return layout;
}

static void show(struct drawing *drawing, PangoLayout *layout, double x, double y)
{
	if (drawing->cairo != NULL) {
		cairo_move_to(drawing->cairo, x, y);
		pango_cairo_show_layout(drawing->cairo, layout);
	}
}

/* "SHA-256 …" and the page, small, at the bottom; not a part of the text. */
static void draw_foot(struct drawing *drawing, double y)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * SHA256_BYTES];
	char text[128];
	PangoLayout *layout;
	int len;

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[drawing->receipt->hash.ptr[i] >> 4];
		hex[2 * i + 1] = digits[drawing->receipt->hash.ptr[i] & 0xF];
	}
	len = snprintf(text, sizeof text, "SHA-256 %.*s", (int)sizeof hex, hex);
	layout = new_layout(drawing, str_of(text, (size_t)len), SMALL_PT, false);
	pango_layout_set_width(layout, -1);
	show(drawing, layout, drawing->sheet->margin, y);
	if (drawing->sheet->height > 0) {
		len = snprintf(text, sizeof text, "%d/%d", drawing->page, drawing->page_count);
		pango_layout_set_text(layout, text, len);
		show(drawing, layout, drawing->sheet->width - drawing->sheet->margin - len * SMALL_PT / 2,
			y);
	}
	g_object_unref(layout);
}

static double bottom_of(const struct sheet *sheet)
{
	return sheet->height - sheet->margin - 2 * SMALL_PT;
}

static void begin_page(struct drawing *drawing)
{
	drawing->page++;
	drawing->y = drawing->sheet->margin;
}

static void end_page(struct drawing *drawing)
{
	if (drawing->sheet->height > 0) {
		draw_foot(drawing, drawing->sheet->height - drawing->sheet->margin - SMALL_PT);
	}
	if (drawing->cairo != NULL) {
		cairo_show_page(drawing->cairo);
	}
}

/* One line of the stored text, on the next page where this one is full. */
static void draw_line(struct drawing *drawing, struct str line)
{
	double em = drawing->sheet->em;
	PangoLayout *layout = new_layout(drawing, line, em, drawing->is_title);
	double height = em * LINE_PER_EM * pango_layout_get_line_count(layout);

	if (drawing->sheet->height > 0 && drawing->y + height > bottom_of(drawing->sheet)) {
		end_page(drawing);
		begin_page(drawing);
	}
	show(drawing, layout, drawing->sheet->margin, drawing->y);
	drawing->y += height;
	g_object_unref(layout);
}

/* The first two lines are the title, each with what of it stands in the lines below (slip.h). */
static void note_title(struct drawing *drawing, struct str line)
{
	drawing->title_lines += line.len < 2 || memcmp(line.ptr, "  ", 2) != 0;
	drawing->is_title = drawing->title_lines <= 2;
}

static void draw_text(struct drawing *drawing)
{
	struct str rest = drawing->receipt->text;

	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t len = end == NULL ? rest.len : (size_t)(end - rest.ptr);
		struct str line = str_of(rest.ptr, len);

		note_title(drawing, line);
		draw_line(drawing, line);
		rest = str_of(rest.ptr + len + (end != NULL), rest.len - len - (end != NULL));
	}
}

/* --- the code --- */

/* The QR code with the code below it, for whoever cannot scan it. Returns its height. */
static double draw_code(struct drawing *drawing, double x, double y)
{
	struct str code = drawing->receipt->code;
	double side = drawing->sheet->qr;
	double em = side * 2 / (double)(code.len + 2);
	PangoLayout *layout;

	if (code.len == 0) {
		return 0;
	}
	if (drawing->cairo != NULL) {
		receipt_qr_draw(drawing->cairo, code, x, y, side);
	}
	layout = new_layout(drawing, code, em, false);
	pango_layout_set_width(layout, -1);
	show(drawing, layout, x + em / 2, y + side);
	g_object_unref(layout);
	return side + em * LINE_PER_EM;
}

/* --- the whole --- */

/* Draws, or measures: *out_height is the roll's length. */
static void draw(struct drawing *drawing)
{
	const struct sheet *sheet = drawing->sheet;

	drawing->page = 0;
	drawing->title_lines = 0;
	begin_page(drawing);
	if (sheet->height > 0) {
		(void)draw_code(drawing, sheet->width - sheet->margin - sheet->qr, sheet->margin);
	}
	draw_text(drawing);
	if (sheet->height == 0) {
		drawing->y += sheet->em;
		drawing->y += draw_code(drawing, (sheet->width - sheet->qr) / 2, drawing->y);
		draw_foot(drawing, drawing->y);
		drawing->y += 2 * SMALL_PT + sheet->margin;
	}
	end_page(drawing);
}

/* Is it the font that was asked for, and not what fontconfig has instead? */
static bool has_font(struct drawing *drawing)
{
	PangoFontDescription *asked = pango_font_description_from_string(FONT " 10");
	PangoFont *font = pango_context_load_font(drawing->context, asked);
	PangoFontDescription *found = font == NULL ? NULL : pango_font_describe(font);
	bool is_it = found != NULL && strcmp(pango_font_description_get_family(found), FONT) == 0;

	pango_font_description_free(found);
	pango_font_description_free(asked);
	if (font != NULL) {
		g_object_unref(font);
	}
	return is_it;
}

static void open_fonts(struct drawing *drawing)
{
	cairo_font_options_t *options = cairo_font_options_create();

	drawing->fonts = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(drawing->fonts), 72);
	drawing->context = pango_font_map_create_context(drawing->fonts);
	/* Paper has no pixels: what is measured is what is drawn. */
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(drawing->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_language(drawing->context,
		pango_language_from_string(drawing->receipt->language == RECEIPT_EN ? "en" : "zh-cn"));
	pango_context_set_base_dir(drawing->context, PANGO_DIRECTION_LTR);
	/* Or half an em would be a whole point, and a line of the stored text no line here. */
	pango_context_set_round_glyph_positions(drawing->context, FALSE);
}

static void close_fonts(struct drawing *drawing)
{
	g_object_unref(drawing->context);
	g_object_unref(drawing->fonts);
}

/* 2026-11-23T11:20:00Z; without it cairo would write the present time. */
static void set_metadata(cairo_surface_t *surface, int64_t issued_us)
{
	time_t issued_s = (time_t)(issued_us / 1000000);
	struct tm tm;
	char text[64];

	if (gmtime_r(&issued_s, &tm) != NULL && strftime(text, sizeof text, "%FT%TZ", &tm) > 0) {
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, text);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, text);
	}
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "guanjia");
}

/* Once to measure, once to draw. */
static enum err make(struct drawing *drawing, struct buffer *buffer)
{
	cairo_surface_t *surface;
	cairo_status_t status;

	draw(drawing);
	if (drawing->page > RECEIPT_PDF_PAGES_MAX) {
		return ERR_INTERNAL;
	}
	drawing->page_count = drawing->page;
	surface = cairo_pdf_surface_create_for_stream(on_bytes, buffer, drawing->sheet->width,
		drawing->sheet->height > 0 ? drawing->sheet->height : drawing->y);
	cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
	set_metadata(surface, drawing->receipt->issued_us);
	drawing->cairo = cairo_create(surface);
	draw(drawing);
	cairo_destroy(drawing->cairo);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (buffer->is_starved || status == CAIRO_STATUS_NO_MEMORY) {
		return ERR_BUSY;
	}
	return status == CAIRO_STATUS_SUCCESS ? ERR_OK : ERR_INTERNAL;
}

enum err receipt_pdf_make(struct arena *arena, const struct receipt_pdf *receipt, struct span *out)
{
	struct drawing drawing = {.receipt = receipt, .sheet = &sheets[receipt->paper]};
	struct buffer buffer = {0};
	struct span copy = {NULL, 0};
	enum err err;

	assert(receipt->paper == RECEIPT_A5 || receipt->paper == RECEIPT_ROLL80);
	assert(receipt->hash.len == SHA256_BYTES);
	open_fonts(&drawing);
	err = has_font(&drawing) ? make(&drawing, &buffer) : ERR_INTERNAL;
	close_fonts(&drawing);
	if (err == ERR_OK) {
		copy = arena_span(arena, span_of(buffer.ptr, buffer.len));
		err = arena->failed ? ERR_BUSY : ERR_OK;
	}
	if (buffer.ptr != NULL) {
		explicit_bzero(buffer.ptr, buffer.capacity);
	}
	free(buffer.ptr);
	if (err == ERR_OK) {
		*out = copy;
	}
	return err;
}
