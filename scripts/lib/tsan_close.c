/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For scripts/tsan alone, by LD_PRELOAD. libuv closes by the bare system call, which ThreadSanitizer does not see: the next
 * thread that is given the same descriptor would then race with the last that had it. So it goes to close, which it sees.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef long syscall_fn(long number, ...);

long syscall(long number, ...)
{
	long args[6]; /* as many as any takes */
	syscall_fn *next;
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++) {
		args[i] = va_arg(list, long);
	}
	va_end(list);
	if (number == SYS_close) {
		return close((int)args[0]);
	}
	*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}
