/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/home.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/admin/fault.h"
#include "client/admin/file.h"
#include "client/admin/i18n.h"

bool home_name_is_valid(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(name);

	return len >= 1 && len <= HOME_NAME_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, allowed) == len;
}

/* False where the environment names no folder, or a name that is too long. */
static bool find_folder(char out[PATH_MAX])
{
	const char *own = getenv("GUANJIA_HOME");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	int len = 0;

	if (own != NULL && own[0] != '\0') {
		len = snprintf(out, PATH_MAX, "%s", own);
	} else if (config != NULL && config[0] == '/') {
		len = snprintf(out, PATH_MAX, "%s/guanjia", config);
	} else if (home != NULL && home[0] != '\0') {
		len = snprintf(out, PATH_MAX, "%s/.config/guanjia", home);
	}
	return len > 0 && len < PATH_MAX;
}

static bool find_file(const char *name, const char *ending, char out[PATH_MAX])
{
	char folder[PATH_MAX];

	assert(home_name_is_valid(name));
	return find_folder(folder) &&
	       snprintf(out, PATH_MAX, "%s/%s.%s", folder, name, ending) < PATH_MAX;
}

static enum err refuse_folder(struct fault *fault)
{
	return fault_set(fault, ERR_CONFIG, _("there is no place for profiles: set GUANJIA_HOME"));
}

enum err home_read(
	const char *name, const char *ending, struct arena *arena, struct str *out, struct fault *fault)
{
	char path[PATH_MAX];
	int error;

	if (!find_file(name, ending, path)) {
		return refuse_folder(fault);
	}
	error = file_read(path, HOME_FILE_BYTES_MAX, arena, out);
	if (error == ENOENT) {
		return ERR_NOT_FOUND;
	}
	return error == 0 ? ERR_OK : fault_set(fault, ERR_CONFIG, "%s: %s", path, strerror(error));
}

enum err home_replace(const char *name, const char *ending, struct str text, struct fault *fault)
{
	char folder[PATH_MAX];
	char path[PATH_MAX];
	int error;

	if (!find_folder(folder) || !find_file(name, ending, path)) {
		return refuse_folder(fault);
	}
	error = file_make_folder(folder);
	if (error == 0) {
		error = file_replace(path, text);
	}
	return error == 0 ? ERR_OK : fault_set(fault, ERR_OUTPUT, "%s: %s", path, strerror(error));
}

void home_remove(const char *name, const char *ending)
{
	char path[PATH_MAX];

	if (find_file(name, ending, path)) {
		(void)unlink(path);
	}
}

/* Whether a file's name is NAME.ending with a valid NAME, which is kept then. */
static bool take_name(const char *file, const char *ending, struct home_name *out)
{
	const char *dot = strrchr(file, '.');
	size_t len = dot == NULL ? 0 : (size_t)(dot - file);

	if (dot == NULL || strcmp(dot + 1, ending) != 0 || len > HOME_NAME_MAX) {
		return false;
	}
	memcpy(out->text, file, len);
	out->text[len] = '\0';
	return home_name_is_valid(out->text);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct home_name *)a)->text, ((const struct home_name *)b)->text);
}

enum err home_names(
	const char *ending, struct home_name *out, size_t max, size_t *out_count, struct fault *fault)
{
	char folder[PATH_MAX];
	size_t count = 0;
	struct dirent *entry;
	DIR *handle;

	if (!find_folder(folder)) {
		return refuse_folder(fault);
	}
	handle = opendir(folder);
	while (handle != NULL && count < max && (entry = readdir(handle)) != NULL) {
		count += take_name(entry->d_name, ending, &out[count]) ? 1 : 0;
	}
	if (handle != NULL) {
		(void)closedir(handle);
	}
	qsort(out, count, sizeof(*out), compare_names);
	*out_count = count;
	return ERR_OK;
}
