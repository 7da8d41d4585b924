/*
 * Trouble from below, for a process that knows nothing of it: a disk that is full, broken or read-only, a power
 * cut, a clock that is off, a file system that does not tell A from a, a host's name that comes and goes.
 *
 * It is preloaded. Its constructor asks the kernel (seccomp) to hand every system call that changes files to
 * `trapped` here, whoever makes it: libc, a C library with calls of its own, Rust's rustix. So nothing passes by
 * it, as calls inside libc would with functions that are merely replaced. Environment:
 *
 * FGD_SHIM_UNDER   directories, absolute and real, colon-separated; what happens elsewhere is let through
 * FGD_SHIM_CALLS   which sorts of calls count: letters of `kinds` below
 * FGD_SHIM_AT      the number of the call, from 1, at which it happens
 * FGD_SHIM_FAIL    the errno with which it fails
 * FGD_SHIM_LASTS   whether all later ones fail too
 * FGD_SHIM_SLOW    milliseconds that each call that counts takes longer
 * FGD_SHIM_CUT     instead of a failure the power goes; how: see `choose`
 * FGD_SHIM_SEED    what chance decides there
 * FGD_SHIM_KEEP    a directory on the same file system for what is undone
 * FGD_SHIM_REPORT  a file that gets `hit NUMBER KIND PATH`, and `through COUNT` at a normal end
 * FGD_SHIM_CLOCK   seconds that the clock is ahead
 * FGD_SHIM_NAMES   `case`: names that differ in case only are one; `nfd`: names are kept decomposed
 * FGD_SHIM_HOST    a host's name: it stands for this machine
 * FGD_SHIM_KNOWN   and does not resolve while this file is not there
 *
 * The power cut. A file's bytes last since the last fsync of the file, a name (made, moved, removed) since the last
 * fsync of its directory; what came later is undone or not, by FGD_SHIM_CUT. A rename is one step, and lasts with
 * the directory that it led to. Written through shared memory counts from the mapping on.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define ROOM 4096

/* System calls from here pass the filter: it knows the one place that they come from. */
long shim_call(long number, ...);
extern const char shim_called[];
#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
__asm__(".text\n.globl shim_call\n.hidden shim_called\nshim_call:\n"
        "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\nmov 8(%rsp),%r9\n"
        "syscall\nshim_called:\nret\n");
#define ARGUMENT(context, n) \
	((context)->uc_mcontext.gregs[(const int[]){REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9}[n]])
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
__asm__(".text\n.globl shim_call\n.hidden shim_called\nshim_call:\n"
        "mov x8,x0\nmov x0,x1\nmov x1,x2\nmov x2,x3\nmov x3,x4\nmov x4,x5\nmov x5,x6\n"
        "svc #0\nshim_called:\nret\n");
#define ARGUMENT(context, n) ((context)->uc_mcontext.regs[n])
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#else
#error "this machine's registers are not known here"
#endif
#define CALL(...) CALL_(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)
#define CALL_(number, a, b, c, d, e, f, ...) \
	shim_call((long)(number), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* What a call does. */
enum kind { WRITE, CREATE, RENAME, SYNC, TRUNCATE, MKDIR, UNLINK, LINK, OPEN, READ, WATCH, END, LOOK };
static const char kinds[] = "wcrstmulodn-";

static char under[8][ROOM];
static int unders;
static char counted[16], keep[ROOM], report[ROOM], how[32], names[8], host[256], known[ROOM];
static long at, fails_with, lasts, slow, seed, ahead, count;
static int is_over;
static volatile int busy;

static void lock(void)
{
	while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
		CALL(SYS_sched_yield);
}

static void unlock(void)
{
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}

static void say(const char *format, ...)
{
	char text[ROOM + 64];
	va_list list;
	va_start(list, format);
	int length = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (!*report)
		return;
	long fd = CALL(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	CALL(SYS_write, fd, text, length);
	CALL(SYS_close, fd);
}

static int is_under(const char *path)
{
	for (int n = 0; n < unders; n++) {
		size_t length = strlen(under[n]);
		if (!strncmp(path, under[n], length) && (path[length] == '/' || !path[length]))
			return 1;
	}
	return 0;
}

/* The path that a descriptor was opened by, as it is now. */
static int path_of(long fd, char *path)
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%ld", fd);
	long length = CALL(SYS_readlinkat, AT_FDCWD, link, path, ROOM - 1);
	path[length > 0 ? length : 0] = 0;
	return length > 0;
}

static long status(const char *path, struct stat *found)
{
	return CALL(SYS_newfstatat, AT_FDCWD, path, found, AT_SYMLINK_NOFOLLOW);
}

/* The directory of a path, and nothing for one that has none. */
static void parent_of(const char *path, char *parent)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	memcpy(parent, path, length);
	parent[length] = 0;
}

/* A path as it is from the root on: its directory with all links followed, and its own name. */
static void absolute(long directory, const char *path, char *whole)
{
	char above[ROOM], trimmed[ROOM];
	snprintf(trimmed, sizeof trimmed, "%s", path);
	for (size_t end = strlen(trimmed); end > 1 && trimmed[end - 1] == '/'; end--)
		trimmed[end - 1] = 0;
	const char *slash = strrchr(trimmed, '/'), *name = slash ? slash + 1 : trimmed;
	if (!slash)
		strcpy(above, ".");
	else if (slash == trimmed)
		strcpy(above, "/");
	else
		parent_of(trimmed, above);
	long fd = CALL(SYS_openat, directory, above, O_PATH | O_CLOEXEC);
	if (fd < 0 || !path_of(fd, whole)) {
		snprintf(whole, ROOM, "%s", path);
	} else {
		size_t length = strlen(whole);
		snprintf(whole + length, ROOM - length, "%s%s", length > 1 ? "/" : "", name);
	}
	if (fd >= 0)
		CALL(SYS_close, fd);
}

/* --- Names ------------------------------------------------------------------------------------------------- */

/* What is folded together: letters of ASCII, and some of Latin-1 with what they are made of. */
static const char *const composed[][2] = {
    {"\xc3\xa4", "a\xcc\x88"}, {"\xc3\xb6", "o\xcc\x88"}, {"\xc3\xbc", "u\xcc\x88"}, {"\xc3\xa9", "e\xcc\x81"},
    {"\xc3\x84", "A\xcc\x88"}, {"\xc3\x96", "O\xcc\x88"}, {"\xc3\x9c", "U\xcc\x88"}, {"\xc3\x89", "E\xcc\x81"}};

static void decompose(const char *name, char *out)
{
	while (*name) {
		size_t n = 0, all = sizeof composed / sizeof *composed;
		while (n < all && strncmp(name, composed[n][0], 2))
			n++;
		if (n < all) {
			out = stpcpy(out, composed[n][1]);
			name += 2;
		} else {
			*out++ = *name++;
		}
	}
	*out = 0;
}

static int is_same_name(const char *one, const char *other)
{
	return !strcmp(names, "case") ? !strcasecmp(one, other) : !strcmp(one, other);
}

/* The name under which a directory has this one; what it would be made as, if it has none. */
static void entry_of(const char *directory, const char *name, char *found)
{
	char entries[8192];
	if (!strcmp(names, "nfd"))
		decompose(name, found);
	else
		strcpy(found, name);
	long fd = CALL(SYS_openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), length;
	while (fd >= 0 && (length = CALL(SYS_getdents64, fd, entries, sizeof entries)) > 0)
		for (long n = 0; n < length;) {
			struct dirent64 *entry = (struct dirent64 *)(entries + n);
			n += entry->d_reclen;
			if (is_same_name(entry->d_name, found)) {
				strcpy(found, entry->d_name);
				CALL(SYS_close, fd);
				return;
			}
		}
	if (fd >= 0)
		CALL(SYS_close, fd);
}

/* The path under which this file system has it. */
static void stored(long directory, const char *path, char *out)
{
	char whole[ROOM], *part;
	if (*path == '/') {
		snprintf(whole, sizeof whole, "%s", path);
	} else {
		if (directory == AT_FDCWD)
			CALL(SYS_getcwd, out, ROOM);
		else
			path_of(directory, out);
		snprintf(whole, sizeof whole, "%.2000s/%.2000s", out, path);
	}
	if (!is_under(whole)) {
		strcpy(out, whole);
		return;
	}
	*out = 0;
	for (char *rest = whole; (part = strsep(&rest, "/"));) {
		char name[ROOM];
		if (!*part)
			continue;
		if (is_under(out) && strcmp(part, ".") && strcmp(part, ".."))
			entry_of(out, part, name);
		else
			strcpy(name, part);
		size_t length = strlen(out);
		snprintf(out + length, ROOM - length, "/%s", name);
	}
}

/* --- What would be lost ------------------------------------------------------------------------------------ */

/* A file whose bytes were touched. A hard link of ours (`i NUMBER`) holds it, whatever becomes of its names. */
struct file {
	dev_t dev;
	ino_t ino;
	int is_dirty;
	/* Whether `d NUMBER` is what it was at its last fsync; else it was empty. */
	int has_copy;
};

enum step { MADE, MADE_DIR, GONE, GONE_DIR, MOVED };

/* A change of names. `k NUMBER` is what stood at `to` (MOVED) or was removed (GONE). */
struct change {
	enum step step;
	int lasts, is_lost, has_kept;
	mode_t mode;
	char *from, *to;
};

#define MOST 200000
static struct file *files;
static struct change *changes;
static int file_count, change_count;

static void kept_name(char *out, char sort, int number)
{
	snprintf(out, ROOM, "%.3000s/%c%d", keep, sort, number);
}

static void copy(const char *from, const char *to)
{
	static char bytes[65536];
	long in = CALL(SYS_openat, AT_FDCWD, from, O_RDONLY | O_CLOEXEC), length;
	long out = CALL(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	while ((length = CALL(SYS_read, in, bytes, sizeof bytes)) > 0)
		CALL(SYS_write, out, bytes, length);
	CALL(SYS_close, in);
	CALL(SYS_close, out);
}

static struct file *file_of(const struct stat *found)
{
	for (int n = 0; n < file_count; n++)
		if (files[n].dev == found->st_dev && files[n].ino == found->st_ino)
			return &files[n];
	return NULL;
}

/* Notes that a file's bytes are about to change; `is_new` where it has just been made. */
static void touch(const char *path, int is_new)
{
	struct stat found;
	char name[ROOM];
	if (status(path, &found) || !S_ISREG(found.st_mode))
		return;
	struct file *file = file_of(&found);
	if (!file) {
		if (file_count == MOST)
			abort();
		file = &files[file_count];
		*file = (struct file){.dev = found.st_dev, .ino = found.st_ino};
		kept_name(name, 'i', file_count++);
		if (CALL(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) < 0)
			abort();
	}
	if (file->is_dirty)
		return;
	file->is_dirty = 1;
	file->has_copy = !is_new;
	if (!is_new) {
		kept_name(name, 'd', (int)(file - files));
		copy(path, name);
	}
}

static struct change *note(enum step step, const char *from, const char *to)
{
	if (change_count == MOST)
		abort();
	struct change *change = &changes[change_count++];
	*change = (struct change){.step = step, .from = from ? strdup(from) : NULL, .to = strdup(to)};
	return change;
}

/* Keeps what stands at a path that is about to go. */
static int keep_at(const char *path, int number)
{
	char name[ROOM];
	kept_name(name, 'k', number);
	return CALL(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) == 0;
}

static int is_about(const struct change *change, const char *path)
{
	return !strcmp(change->to, path) || (change->from && !strcmp(change->from, path));
}

/* What a lasting change stands on lasts as well. */
static void make_last(int number)
{
	struct change *change = &changes[number];
	if (change->lasts)
		return;
	change->lasts = 1;
	for (int n = number - 1; n >= 0; n--)
		if (is_about(&changes[n], change->to) || (change->from && is_about(&changes[n], change->from)))
			make_last(n);
}

static void synced(long fd)
{
	struct stat found;
	char path[ROOM], parent[ROOM];
	if (CALL(SYS_fstat, fd, &found) < 0)
		return;
	if (!strcmp(how, "journal"))
		for (int n = 0; n < change_count; n++)
			changes[n].lasts = 1;
	if (S_ISREG(found.st_mode)) {
		struct file *file = file_of(&found);
		if (file)
			file->is_dirty = 0;
	} else if (S_ISDIR(found.st_mode) && path_of(fd, path)) {
		for (int n = 0; n < change_count; n++) {
			parent_of(changes[n].to, parent);
			if (!strcmp(parent, path))
				make_last(n);
		}
	}
}

static uint32_t chance(void)
{
	seed = (long)((uint64_t)seed * 6364136223846793005u + 1442695040888963407u);
	return (uint32_t)((uint64_t)seed >> 33);
}

/*
 * Which of the names that do not last are lost. `all`: every one; `names`: every one, and no bytes; `journal`: every
 * one since the last fsync of anything, as file systems with one ordered journal have it; `data` and `zeros`: none,
 * but bytes, which leaves files empty or full of zeros; `chance`: in each directory those since a moment that chance
 * picks, and some bytes. What stands on a lost name is lost too.
 */
static void choose(void)
{
	for (int n = 0; n < change_count; n++) {
		struct change *change = &changes[n];
		if (change->lasts)
			continue;
		if (!strcmp(how, "all") || !strcmp(how, "journal") || !strcmp(how, "names"))
			change->is_lost = 1;
		else if (!strcmp(how, "chance"))
			change->is_lost = chance() % 3 == 0;
		char parent[ROOM], other[ROOM];
		parent_of(change->to, parent);
		for (int earlier = 0; earlier < n && !change->is_lost; earlier++) {
			parent_of(changes[earlier].to, other);
			if (changes[earlier].is_lost &&
			    (!strcmp(parent, other) || is_about(&changes[earlier], change->to) ||
			     (change->from && is_about(&changes[earlier], change->from))))
				change->is_lost = 1;
		}
	}
}

static void take_back_bytes(int number)
{
	char name[ROOM], saved[ROOM];
	struct stat found;
	kept_name(name, 'i', number);
	kept_name(saved, 'd', number);
	CALL(SYS_fchmodat, AT_FDCWD, name, 0644);
	if (status(name, &found))
		return;
	off_t length = found.st_size;
	if (files[number].has_copy)
		copy(saved, name);
	long fd = CALL(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CLOEXEC);
	if (!files[number].has_copy)
		CALL(SYS_ftruncate, fd, 0);
	if (!strcmp(how, "zeros"))
		CALL(SYS_ftruncate, fd, length);
	CALL(SYS_close, fd);
	CALL(SYS_fchmodat, AT_FDCWD, name, found.st_mode & 07777);
}

static void take_back_name(int number)
{
	struct change *change = &changes[number];
	char name[ROOM];
	kept_name(name, 'k', number);
	switch (change->step) {
	case MADE:
		CALL(SYS_unlinkat, AT_FDCWD, change->to, 0);
		break;
	case MADE_DIR:
		CALL(SYS_renameat, AT_FDCWD, change->to, AT_FDCWD, name);
		break;
	case GONE_DIR:
		CALL(SYS_mkdirat, AT_FDCWD, change->to, change->mode);
		break;
	case MOVED:
		CALL(SYS_renameat, AT_FDCWD, change->to, AT_FDCWD, change->from);
		/* fall through */
	case GONE:
		if (change->has_kept)
			CALL(SYS_linkat, AT_FDCWD, name, AT_FDCWD, change->to, 0);
		break;
	}
}

static void cut_power(void)
{
	int bytes = 0, lost = 0;
	choose();
	for (int n = 0; n < file_count; n++) {
		if (!files[n].is_dirty || !strcmp(how, "names") || (!strcmp(how, "chance") && chance() % 2))
			continue;
		take_back_bytes(n);
		bytes++;
	}
	for (int n = change_count - 1; n >= 0; n--)
		if (changes[n].is_lost) {
			take_back_name(n);
			lost++;
		}
	say("cut %d files, %d names\n", bytes, lost);
	CALL(SYS_exit_group, 86);
}

/* --- Calls ------------------------------------------------------------------------------------------------- */

/* A call that was trapped, told apart. */
struct call {
	long number, *arguments;
	enum kind kind;
	/* The descriptor that it is about, if it is about one. */
	long fd;
	/* The paths that it names: which arguments they are, and their directories'. */
	int from, from_dir, to, to_dir;
	char from_path[ROOM], to_path[ROOM];
};

static void about_fd(struct call *call, enum kind kind, int argument)
{
	call->kind = kind;
	call->fd = call->arguments[argument];
}

static void about_path(struct call *call, enum kind kind, int directory, int path)
{
	call->kind = kind;
	call->to = path;
	call->to_dir = directory;
}

static void about_paths(struct call *call, enum kind kind, int from_dir, int from, int to_dir, int to)
{
	about_path(call, kind, to_dir, to);
	call->from = from;
	call->from_dir = from_dir;
}

static void tell_apart(struct call *call)
{
	long *a = call->arguments;
	call->fd = -1;
	call->from = call->to = call->from_dir = call->to_dir = -1;
	switch (call->number) {
	case SYS_write: case SYS_pwrite64: case SYS_writev: case SYS_pwritev: case SYS_pwritev2: case SYS_fallocate:
	case SYS_sendfile:
		about_fd(call, WRITE, 0);
		break;
	case SYS_copy_file_range:
		about_fd(call, WRITE, 2);
		break;
	case SYS_mmap:
		about_fd(call, LOOK, 4);
		break;
	case SYS_read: case SYS_pread64:
		about_fd(call, READ, 0);
		break;
	case SYS_fsync: case SYS_fdatasync:
		about_fd(call, SYNC, 0);
		break;
	case SYS_ftruncate:
		about_fd(call, TRUNCATE, 0);
		break;
	case SYS_openat:
		about_path(call, a[2] & (O_ACCMODE | O_CREAT | O_TRUNC) ? CREATE : OPEN, 0, 1);
		break;
	case SYS_mkdirat:
		about_path(call, MKDIR, 0, 1);
		break;
	case SYS_unlinkat:
		about_path(call, UNLINK, 0, 1);
		break;
	case SYS_symlinkat:
		about_path(call, LINK, 1, 2);
		break;
	case SYS_linkat:
		about_paths(call, LINK, 0, 1, 2, 3);
		break;
	case SYS_renameat2:
#ifdef SYS_renameat
	case SYS_renameat:
#endif
		about_paths(call, RENAME, 0, 1, 2, 3);
		break;
	case SYS_inotify_add_watch:
		about_path(call, WATCH, -1, 1);
		break;
	case SYS_newfstatat: case SYS_statx: case SYS_readlinkat: case SYS_faccessat: case SYS_faccessat2:
	case SYS_fchmodat: case SYS_utimensat:
		about_path(call, LOOK, 0, 1);
		break;
	case SYS_exit_group:
		call->kind = END;
		break;
#ifdef SYS_rename
	case SYS_rename:
		about_paths(call, RENAME, -1, 0, -1, 1);
		break;
	case SYS_mkdir:
		about_path(call, MKDIR, -1, 0);
		break;
	case SYS_unlink: case SYS_rmdir:
		about_path(call, UNLINK, -1, 0);
		break;
	case SYS_link:
		about_paths(call, LINK, -1, 0, -1, 1);
		break;
	case SYS_symlink:
		about_path(call, LINK, -1, 1);
		break;
	case SYS_stat: case SYS_lstat: case SYS_access: case SYS_readlink: case SYS_chmod:
		about_path(call, LOOK, -1, 0);
		break;
#endif
	default:
		call->kind = LOOK;
	}
	for (int n = 0; n < 2; n++) {
		int path = n ? call->to : call->from, directory = n ? call->to_dir : call->from_dir;
		char *whole = n ? call->to_path : call->from_path;
		*whole = 0;
		if (path < 0 || !a[path] || !*(char *)a[path])
			continue;
		if (*names)
			stored(directory < 0 ? AT_FDCWD : (int)a[directory], (char *)a[path], whole);
		else
			absolute(directory < 0 ? AT_FDCWD : (int)a[directory], (char *)a[path], whole);
	}
	if (call->fd >= 0)
		path_of(call->fd, call->to_path);
}

static long carry_out(struct call *call)
{
	long *a = call->arguments;
	return CALL(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Carries it out, and remembers what a power cut would undo. */
static long remember(struct call *call)
{
	struct stat before, after;
	const char *to = call->to_path, *from = call->from_path;
	int was_there = !status(to, &before), number = change_count, has_kept;
	long done;
	switch (call->kind) {
	case WRITE: case TRUNCATE: case LOOK:
		if (call->fd >= 0)
			touch(to, 0);
		return carry_out(call);
	case CREATE: case OPEN:
		if (was_there && call->arguments[2] & O_TRUNC)
			touch(to, 0);
		done = carry_out(call);
		if (done >= 0 && !was_there) {
			note(MADE, NULL, to);
			touch(to, 1);
		}
		return done;
	case SYNC:
		done = carry_out(call);
		if (done == 0)
			synced(call->fd);
		return done;
	case MKDIR:
		done = carry_out(call);
		if (done == 0)
			note(MADE_DIR, NULL, to);
		return done;
	case UNLINK:
		has_kept = was_there && !S_ISDIR(before.st_mode) && keep_at(to, number);
		done = carry_out(call);
		if (done == 0) {
			struct change *change = note(S_ISDIR(before.st_mode) ? GONE_DIR : GONE, NULL, to);
			change->has_kept = has_kept;
			change->mode = before.st_mode & 07777;
		}
		return done;
	case LINK:
		done = carry_out(call);
		if (done == 0)
			note(MADE, NULL, to);
		return done;
	case RENAME:
		/* Of one file with two names, renaming one to the other does nothing. */
		if (was_there && !status(from, &after) && after.st_ino == before.st_ino)
			return carry_out(call);
		has_kept = was_there && !S_ISDIR(before.st_mode) && keep_at(to, number);
		done = carry_out(call);
		if (done == 0)
			note(MOVED, from, to)->has_kept = has_kept;
		return done;
	default:
		return carry_out(call);
	}
}

static int counts(const struct call *call)
{
	if (call->kind == END)
		return *how;
	if (call->kind >= LOOK || !strchr(counted, kinds[call->kind]))
		return 0;
	return is_under(call->to_path) || (*call->from_path && is_under(call->from_path));
}

static long answer(struct call *call)
{
	int is_ours = counts(call);
	if (is_ours) {
		count++;
		if (at && (count == at || (is_over && lasts))) {
			if (count == at)
				say("hit %ld %c %s\n", count, kinds[call->kind], call->to_path);
			if (*how)
				cut_power();
			/* A disk is full in the middle of a write. */
			if (!is_over && lasts && fails_with == ENOSPC && call->number == SYS_write && call->arguments[2] > 1) {
				is_over = 1;
				call->arguments[2] /= 2;
				return carry_out(call);
			}
			is_over = 1;
			return -fails_with;
		}
	}
	if (call->kind == END) {
		say("through %ld\n", count);
		return carry_out(call);
	}
	if (*how && (is_under(call->to_path) || (*call->from_path && is_under(call->from_path))))
		return remember(call);
	return carry_out(call);
}

/* Puts the paths in as this file system has them. */
static void rename_arguments(struct call *call)
{
	if (call->to >= 0 && *call->to_path) {
		const char *given = strrchr((char *)call->arguments[call->to], '/');
		given = given ? given + 1 : (char *)call->arguments[call->to];
		/* The same entry by another spelling: from now on it is spelt so. */
		if (call->kind == RENAME && !strcmp(call->from_path, call->to_path) && !strcmp(names, "case"))
			strcpy(strrchr(call->to_path, '/') + 1, given);
		call->arguments[call->to] = (long)call->to_path;
	}
	if (call->from >= 0 && *call->from_path)
		call->arguments[call->from] = (long)call->from_path;
}

static void trapped(int signal, siginfo_t *info, void *given)
{
	ucontext_t *context = given;
	long arguments[6];
	(void)signal;
	for (int n = 0; n < 6; n++)
		arguments[n] = (long)ARGUMENT(context, n);
	struct call call = {.number = info->si_syscall, .arguments = arguments};
	int saved = errno;
	lock();
	tell_apart(&call);
	if (*names)
		rename_arguments(&call);
	int is_slow = slow && counts(&call);
	long result = answer(&call);
	unlock();
	if (is_slow) {
		struct timespec span = {.tv_sec = slow / 1000, .tv_nsec = slow % 1000 * 1000000};
		CALL(SYS_nanosleep, &span, NULL);
	}
	errno = saved;
	RESULT(context) = result;
}

/* --- The clock --------------------------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
	long result = CALL(SYS_clock_gettime, clock, now);
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now->tv_sec += ahead;
	return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec exact;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &exact);
	*now = (struct timeval){.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000};
	return 0;
}

time_t time(time_t *now)
{
	struct timespec exact;
	clock_gettime(CLOCK_REALTIME, &exact);
	if (now)
		*now = exact.tv_sec;
	return exact.tv_sec;
}

/* --- Names of hosts ---------------------------------------------------------------------------------------- */

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict found)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (node && *host && !strcasecmp(node, host)) {
		if (CALL(SYS_faccessat, AT_FDCWD, known, F_OK) < 0)
			return EAI_AGAIN;
		node = "127.0.0.1";
	}
	return real(node, service, hints, found);
}

/* --- The start --------------------------------------------------------------------------------------------- */

static void setting(const char *name, char *into, size_t room)
{
	const char *value = getenv(name);
	snprintf(into, room, "%s", value ? value : "");
}

static long number(const char *name)
{
	const char *value = getenv(name);
	return value ? atol(value) : 0;
}

#define FIELD(of) ((uint32_t)offsetof(struct seccomp_data, of))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, skip)
#define PASS BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define TRAP BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP)

__attribute__((constructor)) static void begin(void)
{
	static const long always[] = {
		SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_fallocate, SYS_sendfile, SYS_copy_file_range,
		SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_mkdirat, SYS_unlinkat, SYS_symlinkat, SYS_linkat, SYS_renameat2,
		SYS_inotify_add_watch, SYS_exit_group,
#ifdef SYS_renameat
		SYS_renameat,
#endif
#ifdef SYS_rename
		SYS_rename, SYS_mkdir, SYS_unlink, SYS_rmdir, SYS_link, SYS_symlink,
#endif
	};
	static const long looks[] = {
		SYS_newfstatat, SYS_statx, SYS_readlinkat, SYS_faccessat, SYS_faccessat2, SYS_fchmodat, SYS_utimensat,
#ifdef SYS_stat
		SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_chmod,
#endif
	};
	char list[4 * ROOM], *rest = list, *part;
	setting("FGD_SHIM_UNDER", list, sizeof list);
	while (unders < 8 && (part = strsep(&rest, ":")))
		if (*part)
			snprintf(under[unders++], ROOM, "%s", part);
	setting("FGD_SHIM_CALLS", counted, sizeof counted);
	setting("FGD_SHIM_KEEP", keep, sizeof keep);
	setting("FGD_SHIM_REPORT", report, sizeof report);
	setting("FGD_SHIM_CUT", how, sizeof how);
	setting("FGD_SHIM_NAMES", names, sizeof names);
	setting("FGD_SHIM_HOST", host, sizeof host);
	setting("FGD_SHIM_KNOWN", known, sizeof known);
	at = number("FGD_SHIM_AT");
	fails_with = number("FGD_SHIM_FAIL");
	lasts = number("FGD_SHIM_LASTS");
	slow = number("FGD_SHIM_SLOW");
	seed = number("FGD_SHIM_SEED");
	ahead = number("FGD_SHIM_CLOCK");
	if (!unders)
		return;
	files = calloc(MOST, sizeof *files);
	changes = calloc(MOST, sizeof *changes);

	struct sock_filter filter[160];
	int n = 0;
	uint64_t from = (uint64_t)(uintptr_t)shim_called;
#define ADD(...) filter[n++] = (struct sock_filter)__VA_ARGS__
	ADD(LOAD(FIELD(arch)));
	ADD(UNLESS(THIS_ARCH, 4));
	ADD(LOAD(FIELD(instruction_pointer)));
	ADD(UNLESS(from & 0xffffffff, 3));
	ADD(LOAD(FIELD(instruction_pointer) + 4));
	ADD(UNLESS(from >> 32, 1));
	ADD(PASS);
	ADD(LOAD(FIELD(nr)));
#ifdef SYS_openat2
	/* Not there, as on an older kernel: who asks for it asks for openat then, which is what is failed and renamed here. */
	ADD(UNLESS(SYS_openat2, 1));
	ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
#endif
	for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
		ADD(UNLESS(always[i], 1));
		ADD(TRAP);
	}
	for (size_t i = 0; *names && i < sizeof looks / sizeof *looks; i++) {
		ADD(UNLESS(looks[i], 1));
		ADD(TRAP);
	}
	if (strchr(counted, 'd')) {
		ADD(UNLESS(SYS_read, 1));
		ADD(TRAP);
		ADD(UNLESS(SYS_pread64, 1));
		ADD(TRAP);
	}
	if (*names || strchr(counted, 'o')) {
		ADD(UNLESS(SYS_openat, 1));
		ADD(TRAP);
	} else {
		ADD(UNLESS(SYS_openat, 4));
		ADD(LOAD(FIELD(args[2])));
		ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 1));
		ADD(TRAP);
		ADD(PASS);
	}
	/* Memory that is shared with a file, and written. */
	ADD(UNLESS(SYS_mmap, 6));
	ADD(LOAD(FIELD(args[2])));
	ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_WRITE, 0, 4));
	ADD(LOAD(FIELD(args[3])));
	ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 2, 0));
	ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_SHARED, 0, 1));
	ADD(TRAP);
	ADD(PASS);

	struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
	struct sock_fprog program = {.len = (unsigned short)n, .filter = filter};
	if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		fputs("shim: the kernel does not hand over system calls\n", stderr);
		abort();
	}
}
