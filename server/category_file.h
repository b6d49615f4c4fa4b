/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A company's own words for what complaints are about (server/domain/category.h): a CSV file beside the settings,
 * read at the start and at SIGHUP. Columns, by either name:
 *
 *   word, 词            UTF-8, 3 to 255 bytes, once in the file
 *   category, 类别      a number, ELEVATOR_FAULT or 电梯故障
 *   weight, 权重        0 to 9; 0: it only hides what is inside it
 */
#pragma once

#include "server/config.h"
#include "server/domain/category.h"

struct category_file {
	struct arena arena;
	const struct category_words *all; /* ours, and those of the file where one is there */
};

void category_file_init(struct category_file *file);

/*
 * In place of what was there. The file that the setting category_words names has to be there; without it
 * DIR/category_words.csv may.
 *
 *   ERR_CONFIG  with *out_fault, which names the row, the column and the reason; nothing has changed then
 */
enum err category_file_load(struct category_file *file, const struct config *config,
	struct config_fault *out_fault) must_check;

void category_file_fini(struct category_file *file);
