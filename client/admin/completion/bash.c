/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion: a script for bash, made of the rows of command.def and option.def, so that it never
 * knows more or less than the program. It calls nothing but the shell: no server, no guanjia.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>

#include "account.pb-c.h"
#include "complaint.pb-c.h"
#include "export.pb-c.h"
#include "receipt.pb-c.h"

#include "client/admin/app.h"
#include "client/admin/bulk.h"
#include "client/admin/category.h"
#include "client/admin/command.h"
#include "client/admin/i18n.h"

static const char script_begin[] =
	"# bash completion for guanjia, printed by: guanjia completion bash\n"
	"_guanjia()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal folder=${GUANJIA_HOME:-${XDG_CONFIG_HOME:-$HOME/.config}/guanjia}\n"
	"\tlocal i word command= words=\n"
	"\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tcase $word in\n"
	"\t\t--profile|--lang|--timeout) i=$((i + 1)); continue ;;\n"
	"\t\t-*) continue ;;\n"
	"\t\tesac\n"
	"\t\tcommand+=${command:+ }$word\n"
	"\t\tcase $command in\n";

static const char script_end[] = "\tesac\n"
								 "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
								 "}\n"
								 "complete -F _guanjia guanjia\n";

/* Which values an option can have, beyond what its row says: those from first to last. */
struct choice {
	enum option_id option;
	const ProtobufCEnumDescriptor *type; /* NULL: the groups of categories */
	int first;
	int last;
};

static const struct choice choices[] = {
	{OPTION_KIND, &pb__complaint__kind__descriptor, 0, INT_MAX},
	{OPTION_CATEGORY, NULL, 0, 0},
	{OPTION_CATEGORY_OF, NULL, 0, 0},
	{OPTION_SUBKIND, &pb__complaint__subkind__descriptor, 0, INT_MAX},
	{OPTION_CHANNEL, &pb__complaint__channel__descriptor, 0, INT_MAX},
	{OPTION_URGENCY, &pb__complaint__urgency__descriptor, 0, INT_MAX},
	{OPTION_LEAST_URGENCY, &pb__complaint__urgency__descriptor, 0, INT_MAX},
	{OPTION_KINDS, &pb__complaint__kind__descriptor, 0, INT_MAX},
	{OPTION_REPORTER, &pb__complaint__reporter__descriptor, 0, INT_MAX},
	{OPTION_LANGUAGE, &pb__complaint__language__descriptor, 0, INT_MAX},
	{OPTION_STATE, &pb__complaint__state__descriptor, 0, INT_MAX},
	{OPTION_RETURN_REASON, &pb__complaint__reason__descriptor, 1, 9},
	{OPTION_COLUMNS, &pb__export__column__descriptor, 0, INT_MAX},
	{OPTION_PAUSE_REASON, &pb__complaint__reason__descriptor, 11, 19},
	{OPTION_PURPOSE, &pb__receipt__purpose__descriptor, PB__RECEIPT__PURPOSE__CONFIRM, INT_MAX},
};

/* "on-site accepted", as label_parse takes them. */
static void print_values(const ProtobufCEnumDescriptor *type, int first, int last)
{
	const char *separator = "";

	for (unsigned i = 0; i < type->n_values; i++) {
		const ProtobufCEnumValue *value = &type->values[i];

		if (value->value < first || value->value > last) {
			continue;
		}
		fputs(separator, stdout);
		separator = " ";
		for (const char *c = value->name; *c != '\0'; c++) {
			putchar(*c == '_' ? '-' : tolower((unsigned char)*c));
		}
	}
}

/* The groups of categories, without the commas. */
static void print_categories(void)
{
	char list[512];

	category_list(list, sizeof(list));
	for (const char *c = list; *c != '\0'; c++) {
		if (*c != ',') {
			putchar(*c);
		}
	}
}

/* The length of a row's first word where more words follow, "complaint" of "complaint list"; 0. */
static size_t group_len(const char *words)
{
	const char *blank = strchr(words, ' ');

	return blank == NULL ? 0 : (size_t)(blank - words);
}

/* Whether an earlier row began with the same word. */
static bool is_seen(size_t row)
{
	const char *words = command_rows[row].words;
	size_t len = strcspn(words, " ");

	for (size_t i = 0; i < row; i++) {
		if (strncmp(command_rows[i].words, words, len) == 0 &&
			strcspn(command_rows[i].words, " ") == len) {
			return true;
		}
	}
	return false;
}

/* Words that are not yet a command: the search goes on behind them. */
static void print_groups(void)
{
	const char *separator = "\t\t";

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t len = group_len(command_rows[i].words);

		if (len > 0 && !is_seen(i)) {
			printf("%s%.*s", separator, (int)len, command_rows[i].words);
			separator = "|";
		}
	}
	fputs(") ;;\n\t\t*) break ;;\n\t\tesac\n\tdone\n\n", stdout);
}

/* Whether another option is spelled the same, in other commands. */
static bool is_shared(enum option_id option)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (i != (int)option &&
			strcmp(option_rows[i].spelling, option_rows[option].spelling) == 0) {
			return true;
		}
	}
	return false;
}

/* The pattern for "$command:$prev": where a spelling has two meanings, only the commands that take it. */
static void print_pattern(enum option_id option)
{
	const char *separator = "\t";

	if (!is_shared(option)) {
		printf("\t*:--%s) ", option_rows[option].spelling);
		return;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (option_set_has(command_options(&command_rows[i]), option)) {
			printf("%s'%s:--%s'", separator, command_rows[i].words, option_rows[option].spelling);
			separator = "|";
		}
	}
	fputs(") ", stdout);
}

/* What may stand behind an option that takes a value. */
static void print_option_values(void)
{
	const char *separator = "\t";

	fputs("\tcase $command:$prev in\n"
		  "\t*:--profile) COMPREPLY=($(cd \"$folder\" 2>/dev/null && compgen -W \"$(echo *.ini |\n"
		  "\t\tsed 's/\\.ini//g')\" -- \"$cur\")); return ;;\n"
		  "\t*:--lang) COMPREPLY=($(compgen -W 'zh_CN en' -- \"$cur\")); return ;;\n",
		stdout);
	for (size_t i = 0; i < COUNT(choices); i++) {
		print_pattern(choices[i].option);
		fputs("COMPREPLY=($(compgen -W '", stdout);
		if (choices[i].type == NULL) {
			print_categories();
		} else {
			print_values(choices[i].type, choices[i].first, choices[i].last);
		}
		fputs("' -- \"$cur\")); return ;;\n", stdout);
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_rows[i].value != NULL && strcmp(option_rows[i].value, "FILE") == 0) {
			printf("%s*:--%s", separator, option_rows[i].spelling);
			separator = "|";
		}
	}
	fputs(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\tesac\n\n", stdout);
}

/* Words of commands, "list" behind "complaint", or every first word where group_of is NULL. */
static void print_words(const char *group_of)
{
	size_t len = group_of == NULL ? 0 : group_len(group_of);

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const char *words = command_rows[i].words;

		if (group_of == NULL && !is_seen(i)) {
			printf("%.*s ", (int)strcspn(words, " "), words);
		}
		if (group_of != NULL && group_len(words) == len && strncmp(words, group_of, len) == 0) {
			printf("%s ", words + len + 1);
		}
	}
}

/* What a command's arguments can be, as far as the rows know: methods, roles, steps, shells. */
static void print_arguments(const struct command_row *row)
{
	if (strstr(row->arguments, "ROLE") != NULL) {
		print_values(&pb__grant__role__descriptor, 0, INT_MAX);
	}
	if (strstr(row->arguments, "SHELL") != NULL) {
		fputs("bash", stdout);
	}
	for (size_t i = 0; strstr(row->arguments, "STEP") != NULL && i < bulk_step_count; i++) {
		printf("%s ", bulk_steps[i].name);
	}
	for (size_t i = 0; strstr(row->arguments, "METHOD") != NULL && i < METHOD_COUNT; i++) {
		printf("%s ", method_rows[i].name);
	}
}

static void print_command(const struct command_row *row)
{
	struct option_set set = command_options(row);

	printf("\t'%s') words='", row->words);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_set_has(set, (enum option_id)i)) {
			printf("--%s ", option_rows[i].spelling);
		}
	}
	print_arguments(row);
	fputs("' ", stdout);
	if (strcmp(row->arguments, "FILE") == 0) {
		fputs("\n\t\t[[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- \"$cur\")); return; } ",
			stdout);
	}
	fputs(";;\n", stdout);
}

enum err command_completion(struct app *app)
{
	if (strcmp(app->options.arguments[0], "bash") != 0) {
		return fault_set(&app->fault, ERR_USAGE, _("'%s' is no shell that is known here: bash"),
			app->options.arguments[0]);
	}
	fputs(script_begin, stdout);
	print_groups();
	print_option_values();
	fputs("\tcase $command in\n\t'') words='", stdout);
	print_words(NULL);
	fputs("--profile --json --lang --timeout --version --help' ;;\n", stdout);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t len = group_len(command_rows[i].words);

		if (len > 0 && !is_seen(i)) {
			printf("\t%.*s) words='", (int)len, command_rows[i].words);
			print_words(command_rows[i].words);
			fputs("--help' ;;\n", stdout);
		}
		print_command(&command_rows[i]);
	}
	fputs(script_end, stdout);
	return ERR_OK;
}
