/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/command.h"

#include <string.h>

#include "client/admin/cell.h"
#include "client/admin/i18n.h"

#define HELP_INDENT 24 /* columns before a help text */

#define C(name, words, method, arguments, must, may, help) \
	{words, METHOD_##method, arguments, help, command_##name},
const struct command_row command_rows[COMMAND_COUNT] = {
#include "client/admin/command.def"
};
#undef C

/* The options of each, a half at a time. */
struct option_halves {
	option_half must;
	option_half may;
};

#define C(name, words, method, arguments, must, may, help) {must, may},
#define o(name) OPTION_LOW(OPTION_##name)
static const struct option_halves low_halves[COMMAND_COUNT] = {
#include "client/admin/command.def"
};
#undef o
#define o(name) OPTION_HIGH(OPTION_##name)
static const struct option_halves high_halves[COMMAND_COUNT] = {
#include "client/admin/command.def"
};
#undef o
#undef C

/* The next word of a row's text, which has single blanks; the empty text at its end. */
static struct str word_next(const char **rest)
{
	size_t len = strcspn(*rest, " ");
	struct str word = str_of(*rest, len);

	*rest += len + ((*rest)[len] == ' ' ? 1 : 0);
	return word;
}

/* How many words of argv are this row's, all of them; 0 where they are not. */
static int words_match(const char *words, int argc, char **argv)
{
	int count = 0;

	while (*words != '\0') {
		if (count == argc || !str_equal(word_next(&words), str_from_c(argv[count]))) {
			return 0;
		}
		count++;
	}
	return count;
}

const struct command_row *command_find(int argc, char **argv, int *out_used)
{
	*out_used = 0;
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const char *words = command_rows[i].words;
		int used = words_match(words, argc, argv);

		if (used > 0) {
			*out_used = used;
			return &command_rows[i];
		}
		if (argc > 0 && str_equal(word_next(&words), str_from_c(argv[0]))) {
			*out_used = 1;
		}
	}
	return NULL;
}

size_t command_arguments_max(const struct command_row *command)
{
	const char *rest = command->arguments;
	size_t count = 0;

	while (*rest != '\0') {
		(void)word_next(&rest);
		count++;
	}
	assert(count <= OPTION_ARGUMENTS_MAX);
	return count;
}

size_t command_arguments_min(const struct command_row *command)
{
	const char *rest = command->arguments;
	size_t count = 0;

	while (*rest != '\0' && *rest != '[') {
		(void)word_next(&rest);
		count++;
	}
	return count;
}

static size_t index_of(const struct command_row *command)
{
	assert(command >= command_rows && command < command_rows + COMMAND_COUNT);
	return (size_t)(command - command_rows);
}

struct option_set command_must(const struct command_row *command)
{
	size_t i = index_of(command);

	return (struct option_set){low_halves[i].must, high_halves[i].must};
}

struct option_set command_may(const struct command_row *command)
{
	size_t i = index_of(command);

	return (struct option_set){low_halves[i].may, high_halves[i].may};
}

struct option_set command_options(const struct command_row *command)
{
	return option_set_join(
		option_set_global(), option_set_join(command_must(command), command_may(command)));
}

/* "  left        right": right goes to a line of its own where left is too wide. */
static void print_pair(FILE *out, const char *left, const char *right)
{
	size_t columns = cell_width(str_from_c(left)) + 2;

	if (columns + 1 > HELP_INDENT) {
		fprintf(out, "  %s\n%*s%s\n", left, HELP_INDENT, "", right);
	} else {
		fprintf(out, "  %s%*s%s\n", left, (int)(HELP_INDENT - columns), "", right);
	}
}

static void print_options(FILE *out, struct option_set set)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char left[64];

		if (!option_set_has(set, (enum option_id)i)) {
			continue;
		}
		(void)snprintf(left, sizeof(left), "--%s%s%s", row->spelling, row->value == NULL ? "" : " ",
			row->value == NULL ? "" : row->value);
		print_pair(out, left, _(row->help));
	}
}

static void print_commands(FILE *out, const char *group)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const char *rest = command_rows[i].words;

		if (group == NULL || str_equal(word_next(&rest), str_from_c(group))) {
			print_pair(out, command_rows[i].words, _(command_rows[i].help));
		}
	}
}

void command_help_all(FILE *out)
{
	fputs(_("usage: guanjia [OPTIONS] COMMAND …\n\n"
			"Complaints and requests, the people who work on them, and the server.\n\n"),
		out);
	fputs(_("Commands (each has its own --help):\n"), out);
	print_commands(out, NULL);
	fputs(_("\nOptions of every command:\n"), out);
	print_options(out, option_set_global());
}

void command_help_group(FILE *out, const char *group)
{
	fprintf(out, _("usage: guanjia %s COMMAND …\n\n"), group);
	print_commands(out, group);
}

void command_help_one(FILE *out, const struct command_row *command)
{
	/* Where a command has a --version of its own, that of the program is not reached from here. */
	bool has_version = option_set_has(command_may(command), OPTION_VERSION);
	struct option_set global = option_set_global();

	fprintf(out, _("usage: guanjia %s%s%s [OPTIONS]\n\n"), command->words,
		command->arguments[0] == '\0' ? "" : " ", command->arguments);
	fprintf(out, "%s\n", _(command->help));
	if (!option_set_is_empty(command_must(command))) {
		fputs(_("\nMust be given:\n"), out);
		print_options(out, command_must(command));
	}
	if (!option_set_is_empty(command_may(command))) {
		fputs(_("\nMay be given:\n"), out);
		print_options(out, command_may(command));
	}
	fputs(_("\nOptions of every command:\n"), out);
	print_options(out, has_version ? option_set_without(global, OPTION_PROGRAM) : global);
	if (command->method != METHOD_none) {
		const struct method_row *method = &method_rows[command->method];

		fprintf(out, _("\nAsks the server for %s (right: %s).\n"), method->name, method->right);
	}
}
