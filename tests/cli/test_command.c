/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the command line: each has its help, its place in the manual and its Chinese; no two
 * can be taken for each other; and lines are taken apart as the rows say.
 *
 *   argv[1]  docs/man/guanjia.1.scd
 *   $GUANJIA_LOCALE_DIR  where the built catalogues are
 */
#include "client/admin/command.h"

#include <libintl.h>
#include <stdlib.h>

#include "common/arena.h"

#include "client/admin/cell.h"
#include "client/admin/fault.h"
#include "client/admin/file.h"
#include "client/admin/label.h"
#include "client/admin/language.h"
#include "tests/check.h"

static const char *manual_path;

static bool is_translated(const char *text)
{
	bool is_there = strcmp(gettext(text), text) != 0;

	if (!is_there) {
		printf("# not translated: '%s'\n", text);
	}
	return is_there;
}

static void test_every_row_has_help_and_its_translation(void)
{
	language_init("zh_CN");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		CHECK(command_rows[i].help[0] != '\0');
		CHECK(is_translated(command_rows[i].help));
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		CHECK(option_rows[i].help[0] != '\0');
		CHECK(is_translated(option_rows[i].help));
	}
	for (size_t i = 0; i < label_row_count; i++) {
		CHECK(is_translated(label_rows[i].words));
	}
	for (size_t i = 0; i < message_row_count; i++) {
		const char *hint = message_rows[i].hint;

		CHECK(is_translated(message_rows[i].sentence));
		/* A hint that is a command and nothing else is the same in every language. */
		CHECK(hint == NULL || strcmp(hint, "guanjia login") == 0 || is_translated(hint));
	}
	language_init("en");
}

static void test_every_error_has_a_sentence(void)
{
	for (size_t i = 0; i < err_row_count; i++) {
		size_t count = 0;

		for (size_t k = 0; k < message_row_count; k++) {
			count += message_rows[k].err == err_rows[i].err ? 1 : 0;
		}
		CHECK_INT_EQ(count, 1);
	}
	CHECK_INT_EQ(message_row_count, err_row_count);
}

/* Every value of every enum that a message can hold, through the messages inside it. */
static void check_labels(const ProtobufCMessageDescriptor *message, unsigned depth)
{
	for (unsigned i = 0; i < message->n_fields && depth < 4; i++) {
		const ProtobufCFieldDescriptor *field = &message->fields[i];
		const ProtobufCEnumDescriptor *type = field->descriptor;

		if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			check_labels(field->descriptor, depth + 1);
		}
		for (unsigned k = 0; field->type == PROTOBUF_C_TYPE_ENUM && k < type->n_values; k++) {
			const char *name = type->values[k].name;
			char number[16];
			int value = -1;

			CHECK(strcmp(label_of(type, type->values[k].value, number), name) != 0);
			CHECK(label_parse(type, str_from_c(name), &value));
			CHECK_INT_EQ(value, type->values[k].value);
		}
	}
}

static void test_every_value_has_words(void)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		check_labels(method_rows[i].request, 0);
		check_labels(method_rows[i].reply, 0);
	}
	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		check_labels(topic_rows[i].message, 0);
	}
}

static void test_no_two_rows_are_taken_for_each_other(void)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command_row *row = &command_rows[i];
		struct option_set set = option_set_join(command_must(row), command_may(row));

		CHECK(command_arguments_min(row) <= command_arguments_max(row));
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(row->words, command_rows[k].words) != 0);
		}
		for (size_t a = 0; a < OPTION_COUNT; a++) {
			CHECK(!option_set_has(command_must(row), (enum option_id)a) ||
				  !option_set_has(command_may(row), (enum option_id)a));
			CHECK(!option_set_has(set, (enum option_id)a) ||
				  !option_set_has(option_set_global(), (enum option_id)a));
			for (size_t b = 0; b < a; b++) {
				bool has_both = option_set_has(set, (enum option_id)a) &&
				                option_set_has(set, (enum option_id)b);

				CHECK(!has_both || strcmp(option_rows[a].spelling, option_rows[b].spelling) != 0);
			}
		}
	}
}

/* One line of words, taken apart as main does. */
static enum err take(struct options *options, const struct command_row **out_row, const char *line,
	struct fault *fault)
{
	static char words[512];
	static char *argv[32];
	int argc = 0;
	int used = 0;
	enum err err;

	*options = (struct options){0};
	(void)snprintf(words, sizeof(words), "guanjia %s", line);
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
		argv[argc] = word;
		argc++;
	}
	argv[argc] = NULL;
	err = options_take_global(options, argc - 1, argv + 1, &used, fault);
	if (err != ERR_OK) {
		return err;
	}
	argc -= 1 + used;
	*out_row = command_find(argc, argv + 1 + used, &argc);
	if (*out_row == NULL) {
		return ERR_USAGE;
	}
	used += argc;
	for (argc = 0; argv[1 + used + argc] != NULL; argc++) {
	}
	err = options_take(options, *out_row, argc, argv + 1 + used, fault);
	return err == ERR_OK ? options_check(options, *out_row, fault) : err;
}

struct line_case {
	const char *line;
	enum err err;
	const char *words;  /* of the row; NULL: none is found */
	const char *detail; /* a piece of the fault's */
};

static const struct line_case line_cases[] = {
	{"status", ERR_OK, "status", ""},
	{"--json --profile a status", ERR_OK, "status", ""},
	{"status --json --profile=a", ERR_OK, "status", ""},
	{"complaint list", ERR_OK, "complaint list", ""},
	{"complaint list --state accepted --state booked,closed --open", ERR_OK, "complaint list", ""},
	{"complaint accept --community x 20261124-0001 --version 3", ERR_OK, "complaint accept", ""},
	{"call session.whoami", ERR_OK, "call", ""},
	{"call complaint.get {}", ERR_OK, "call", ""},
	{"grant add li leader", ERR_OK, "grant add", ""},
	{"account password", ERR_OK, "account password", ""},
	{"complaint", ERR_USAGE, NULL, ""},
	{"complaint destroy x", ERR_USAGE, NULL, ""},
	{"", ERR_USAGE, NULL, ""},
	{"--colour status", ERR_USAGE, NULL, "--colour"},
	{"status --colour", ERR_USAGE, "status", "--colour"},
	{"status x", ERR_USAGE, "status", "'x'"},
	{"status --json=1", ERR_USAGE, "status", "--json=1"},
	{"complaint accept", ERR_USAGE, "complaint accept", "COMPLAINT"},
	{"complaint accept a b", ERR_USAGE, "complaint accept", "'b'"},
	{"complaint book a --from x", ERR_USAGE, "complaint book", "--to"},
	{"complaint submit --title x", ERR_USAGE, "complaint submit", "--text"},
	{"complaint submit --text", ERR_USAGE, "complaint submit", "--text"},
	{"grant add li", ERR_USAGE, "grant add", "LOGIN ROLE"},
	{"whoami --community x", ERR_USAGE, "whoami", "--community"},
};

static void test_lines_are_taken_apart(void)
{
	for (size_t i = 0; i < COUNT(line_cases); i++) {
		const struct line_case *row = &line_cases[i];
		const struct command_row *command = NULL;
		struct options options;
		struct fault fault = {0};

		CHECK_INT_EQ(take(&options, &command, row->line, &fault), row->err);
		CHECK_STR_EQ(command == NULL ? "" : command->words, row->words == NULL ? "" : row->words);
		CHECK(strstr(fault.detail, row->detail) != NULL);
		fault_fini(&fault);
	}
}

static void test_values_are_kept(void)
{
	const struct command_row *command = NULL;
	struct options options;
	struct fault fault = {0};

	CHECK_INT_EQ(
		take(&options, &command,
			"--timeout 5 complaint list --text lift --state a --state b --timeout 7", &fault),
		ERR_OK);
	CHECK_STR_EQ(options.values[OPTION_FIND], "lift");
	CHECK(!options_has(&options, OPTION_TEXT));
	CHECK_STR_EQ(options_at(&options, OPTION_STATE, 0), "a");
	CHECK_STR_EQ(options_at(&options, OPTION_STATE, 1), "b");
	CHECK(options_at(&options, OPTION_STATE, 2) == NULL);
	CHECK_STR_EQ(options.values[OPTION_TIMEOUT], "7");
	CHECK_INT_EQ(
		take(&options, &command, "complaint done 1 --result -x --version 2", &fault), ERR_OK);
	CHECK_STR_EQ(options.values[OPTION_RESULT], "-x");
	CHECK_STR_EQ(options.values[OPTION_VERSION], "2");
	CHECK(!options_has(&options, OPTION_PROGRAM));
	CHECK_INT_EQ(take(&options, &command, "call -- server.status -x", &fault), ERR_OK);
	CHECK_STR_EQ(options.arguments[1], "-x");
}

/* What the help of everything says; the caller's to free. */
static char *help_text(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	command_help_all(out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		command_help_one(out, &command_rows[i]);
	}
	command_help_group(out, "complaint");
	(void)fclose(out);
	return text;
}

static void test_help_fits_a_terminal(void)
{
	static const char *const languages[] = {"en", "zh_CN"};

	for (size_t i = 0; i < COUNT(languages); i++) {
		char *text;

		language_init(languages[i]);
		text = help_text();
		for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
			if (cell_width(str_from_c(line)) > 100) {
				printf("# %s\n", line);
			}
			CHECK(cell_width(str_from_c(line)) <= 100);
		}
		free(text);
	}
	language_init("en");
}

static void test_the_manual_knows_every_row(void)
{
	struct arena arena;
	struct str text;
	const char *manual;

	arena_init(&arena, 1024 * 1024);
	CHECK_INT_EQ(file_read(manual_path, 256 * 1024, &arena, &text), 0);
	manual = arena_c_string(&arena, text);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		char wanted[64];

		(void)snprintf(wanted, sizeof(wanted), "*%s*", command_rows[i].words);
		if (strstr(manual, wanted) == NULL) {
			printf("# the manual lacks %s\n", wanted);
		}
		CHECK(strstr(manual, wanted) != NULL);
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char wanted[64];

		(void)snprintf(wanted, sizeof(wanted), "*--%s*", option_rows[i].spelling);
		if (strstr(manual, wanted) == NULL) {
			printf("# the manual lacks %s\n", wanted);
		}
		CHECK(strstr(manual, wanted) != NULL);
	}
	arena_fini(&arena);
}

static const struct test tests[] = {
	{"every_row_has_help_and_its_translation", test_every_row_has_help_and_its_translation},
	{"every_error_has_a_sentence", test_every_error_has_a_sentence},
	{"every_value_has_words", test_every_value_has_words},
	{"no_two_rows_are_taken_for_each_other", test_no_two_rows_are_taken_for_each_other},
	{"lines_are_taken_apart", test_lines_are_taken_apart},
	{"values_are_kept", test_values_are_kept},
	{"help_fits_a_terminal", test_help_fits_a_terminal},
	{"the_manual_knows_every_row", test_the_manual_knows_every_row},
};

int main(int argc, char **argv)
{
	if (argc != 2) {
		return 64;
	}
	manual_path = argv[1];
	return check_main(tests, COUNT(tests));
}
