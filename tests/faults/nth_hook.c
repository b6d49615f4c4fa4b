/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into guanjiad_nth: before main() it puts functions of its own into the tables by which each
 * library, and the program, find those of nth.def. Neither a preloaded library nor the linker's --wrap
 * would do: the first comes behind a sanitizer's own, and reaches PostgreSQL too; the second does not
 * reach what libraries ask for.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <libpq-fe.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include "tests/faults/nth.h"

#if defined(__x86_64__)
#define IS_SLOT(type) \
	((type) == R_X86_64_JUMP_SLOT || (type) == R_X86_64_GLOB_DAT || (type) == R_X86_64_64)
#elif defined(__aarch64__)
#define IS_SLOT(type) \
	((type) == R_AARCH64_JUMP_SLOT || (type) == R_AARCH64_GLOB_DAT || (type) == R_AARCH64_ABS64)
#else
#define IS_SLOT(type) false
#endif

static struct nth_page *page; /* NULL: nobody has asked for failures */

/* Counts a call; true where it is the one. Threads of the pool come here too. */
static bool fails(enum nth_class class, const char *symbol)
{
	if (page == NULL || atomic_load(&page->armed) != (int)class ||
		atomic_fetch_add(&page->count, 1) + 1 != atomic_load(&page->at)) {
		return false;
	}
	(void)snprintf(page->symbol, sizeof(page->symbol), "%s", symbol);
	atomic_store(&page->is_hit, true);
	return true;
}

static bool is_socket(int fd)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && S_ISSOCK(stat.st_mode);
}

static void no_memory(void)
{
	errno = ENOMEM;
}

static void reset_by_peer(void)
{
	errno = ECONNRESET;
}

static void disk_is_full(void)
{
	errno = ENOSPC;
}

/* Without an entry in its queue the library would take its last state for the reason. */
static void tls_fails(void)
{
	ERR_raise(ERR_LIB_SSL, ERR_R_MALLOC_FAILURE);
}

/* A function for each row, and the one that it stands for; a line of nth.def has one row. */
#define NAME_OF(class, symbol, line) NAME_OF_LINE(class, symbol, line)
#define NAME_OF_LINE(class, symbol, line) class##_##symbol##_##line
#define N(class, caller, result, symbol, parameters, names, where, before, failure) \
	static result(*NAME_OF(real_##class, symbol, __LINE__)) parameters; \
	static result NAME_OF(hook_##class, symbol, __LINE__) parameters \
	{ \
		if ((where) && fails(NTH_##class, #symbol)) { \
			before; \
			return failure; \
		} \
		return NAME_OF(real_##class, symbol, __LINE__) names; \
	}
#include "tests/faults/nth.def"
#undef N

static const struct {
	const char *caller;
	const char *symbol;
	void *hook;
	void **real;
} rows[] = {
#define N(class, caller, result, symbol, parameters, names, where, before, failure) \
	{caller, #symbol, (void *)(uintptr_t)NAME_OF(hook_##class, symbol, __LINE__), \
		(void **)(uintptr_t)&NAME_OF(real_##class, symbol, __LINE__)},
#include "tests/faults/nth.def"
#undef N
};

/* What an object's dynamic section says about what it looks up. */
struct lookups {
	ElfW(Addr) base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Rela) * tables[2];
	size_t counts[2];
};

static struct lookups read_dynamic(ElfW(Addr) base, const ElfW(Dyn) * dynamic)
{
	struct lookups out = {.base = base};

	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		switch (dynamic->d_tag) {
		case DT_SYMTAB:
			out.symbols = (const ElfW(Sym) *)dynamic->d_un.d_ptr;
			break;
		case DT_STRTAB:
			out.strings = (const char *)dynamic->d_un.d_ptr;
			break;
		case DT_JMPREL:
			out.tables[0] = (const ElfW(Rela) *)dynamic->d_un.d_ptr;
			break;
		case DT_PLTRELSZ:
			out.counts[0] = dynamic->d_un.d_val / sizeof(ElfW(Rela));
			break;
		case DT_RELA:
			out.tables[1] = (const ElfW(Rela) *)dynamic->d_un.d_ptr;
			break;
		case DT_RELASZ:
			out.counts[1] = dynamic->d_un.d_val / sizeof(ElfW(Rela));
			break;
		default:
			break;
		}
	}
	return out;
}

/* The table may be read-only by now (RELRO). */
static void replace(void **slot, void *hook)
{
	uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *start = (void *)((uintptr_t)slot & ~(page_bytes - 1));

	if (mprotect(start, page_bytes, PROT_READ | PROT_WRITE) != 0) {
		abort();
	}
	*slot = hook;
}

static void hook_slot(const struct lookups *lookups, const ElfW(Rela) * one, const char *caller)
{
	const char *symbol = lookups->strings + lookups->symbols[ELF64_R_SYM(one->r_info)].st_name;

	if (!IS_SLOT(ELF64_R_TYPE(one->r_info))) {
		return;
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].caller, caller) == 0 && strcmp(rows[i].symbol, symbol) == 0) {
			replace((void **)(lookups->base + one->r_offset), rows[i].hook);
		}
	}
}

/* "/usr/lib/libpq.so.5" is libpq; the program itself has no name. */
static void name_of(const char *path, char out[64])
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	(void)snprintf(out, 64, "%.*s", (int)strcspn(name, "."), name);
}

static int on_object(struct dl_phdr_info *info, size_t bytes, void *data)
{
	char caller[64];

	(void)bytes;
	(void)data;
	name_of(info->dlpi_name, caller);
	if (strcmp(caller, "linux-vdso") == 0) {
		return 0;
	}
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		struct lookups lookups;

		if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) {
			continue;
		}
		lookups = read_dynamic(
			info->dlpi_addr, (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
		for (size_t k = 0; k < 2 * lookups.counts[0] + 2 * lookups.counts[1]; k++) {
			size_t table = k % 2;

			if (k / 2 < lookups.counts[table]) {
				hook_slot(&lookups, &lookups.tables[table][k / 2], caller);
			}
		}
	}
	return 0;
}

static __attribute__((constructor)) void hook_all(void)
{
	const char *path = getenv(NTH_VARIABLE);
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *shared;

	if (fd < 0) {
		return;
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		*rows[i].real = dlsym(RTLD_DEFAULT, rows[i].symbol);
		if (*rows[i].real == NULL) {
			abort();
		}
	}
	shared = mmap(NULL, sizeof(struct nth_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (shared == MAP_FAILED) {
		abort();
	}
	(void)dl_iterate_phdr(on_object, NULL);
	page = shared;
}
