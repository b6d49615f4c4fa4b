/* SPDX-License-Identifier: Apache-2.0 */
#include "client/admin/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/admin/fault.h"
#include "client/admin/i18n.h"

static volatile sig_atomic_t caught; /* the signal that came while nothing was echoed; 0: none */

void secret_wipe(struct secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

/*
 * Up to the line feed, a byte at a time: what stands behind it belongs to the next reader.
 *
 *   returns  an errno, 0 for success; ENODATA where there is no line, EFBIG where it is too long
 */
static int read_line(int fd, struct secret *out)
{
	size_t len = 0;

	for (;;) {
		char byte = '\0';
		ssize_t count = read(fd, &byte, 1);

		if (count < 0) {
			return errno;
		}
		if (count == 0 && len == 0) {
			return ENODATA;
		}
		if (count == 0 || byte == '\n') {
			break;
		}
		if (len == SECRET_MAX) {
			return EFBIG;
		}
		out->text[len] = byte;
		len++;
	}
	if (len > 0 && out->text[len - 1] == '\r') {
		len--;
	}
	out->text[len] = '\0';
	return len == 0 ? ENODATA : 0;
}

static void on_signal(int number)
{
	caught = number;
}

/* Until the line is there, a signal only ends read(): the echo must come back before it acts. */
static void catch_signals(struct sigaction out_old[3])
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};

	caught = 0;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		(void)sigaction(numbers[i], &action, &out_old[i]);
	}
}

static void release_signals(const struct sigaction old[3])
{
	(void)sigaction(SIGINT, &old[0], NULL);
	(void)sigaction(SIGTERM, &old[1], NULL);
	(void)sigaction(SIGHUP, &old[2], NULL);
	if (caught != 0) {
		(void)raise(caught);
	}
}

static int read_terminal(int fd, const char *prompt, struct secret *out)
{
	struct sigaction old[3];
	struct termios shown;
	struct termios hidden;
	int error;

	if (tcgetattr(fd, &shown) != 0) {
		return errno;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	fputs(prompt, stderr);
	fflush(stderr);
	catch_signals(old);
	(void)tcsetattr(fd, TCSAFLUSH, &hidden);
	error = read_line(fd, out);
	(void)tcsetattr(fd, TCSAFLUSH, &shown);
	release_signals(old);
	return error;
}

static int read_file(const char *path, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0) {
		return errno;
	}
	error = read_line(fd, out);
	(void)close(fd);
	return error;
}

enum err secret_read(struct secret *out, const char *file, const char *prompt, struct fault *fault)
{
	int error;

	if (file != NULL && strcmp(file, "-") != 0) {
		error = read_file(file, out);
	} else if (file == NULL && isatty(STDIN_FILENO)) {
		error = read_terminal(STDIN_FILENO, prompt, out);
	} else {
		error = read_line(STDIN_FILENO, out);
	}
	if (error == ENODATA) {
		return fault_set(
			fault, ERR_INPUT, _("there is nothing to read: a password or code is a line"));
	}
	if (error == EFBIG) {
		return fault_set(fault, ERR_INPUT, _("the line is too long for a password or code"));
	}
	if (error != 0) {
		return fault_set(
			fault, ERR_INPUT, "%s: %s", file == NULL ? _("standard input") : file, strerror(error));
	}
	return ERR_OK;
}

enum err secret_read_new(struct secret *out, const char *file, struct fault *fault)
{
	struct secret again;
	enum err err = secret_read(out, file, _("New password: "), fault);

	if (err != ERR_OK || file != NULL || !isatty(STDIN_FILENO)) {
		return err;
	}
	err = secret_read(&again, NULL, _("The same again: "), fault);
	if (err == ERR_OK && strcmp(again.text, out->text) != 0) {
		err = fault_set(fault, ERR_INPUT, _("the two passwords differ"));
	}
	secret_wipe(&again);
	return err;
}
