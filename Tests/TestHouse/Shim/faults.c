// SPDX-License-Identifier: Apache-2.0
// Loaded before libc by tests (LD_PRELOAD). In the process whose program is called `slipway`, and in no other, it
// writes down what is written, synced and named; kills the process at a chosen rename or link of a regular file; and
// plays a disk that is full. Settings are environment variables:
//
//   SLIPWAY_SHIM_LOG=FILE        one line an operation: "op TAB identity TAB path [TAB second path]"
//   SLIPWAY_SHIM_KILL=N          SIGKILL before the N-th rename or link of a regular file …
//   SLIPWAY_SHIM_KILL_AFTER=1    … or right after it
//   SLIPWAY_SHIM_KILL_SENDING=N  SIGKILL before the N-th write to a socket
//   SLIPWAY_SHIM_FULL=BYTES:DIR  what is written below DIR beyond BYTES bytes gets ENOSPC
//   SLIPWAY_SHIM_DROP=OP         fdatasync, fsync or syncfs succeeds and does nothing: the fault that the log must show
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int active, log_fd = -1, kill_after;
static long kill_at, kill_sending;
static atomic_long published, sent;
static const char *full_directory, *dropped;
static atomic_long full_left;

#define REAL(type, name, ...)                                     \
    static type (*real)(__VA_ARGS__);                             \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void) {
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0) return;
    program[length] = 0;
    const char *slash = strrchr(program, '/');
    if (!slash || strcmp(slash + 1, "slipway") != 0) return;
    active = 1;
    const char *text = getenv("SLIPWAY_SHIM_LOG");
    if (text) log_fd = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((text = getenv("SLIPWAY_SHIM_KILL"))) kill_at = atol(text);
    if ((text = getenv("SLIPWAY_SHIM_KILL_SENDING"))) kill_sending = atol(text);
    kill_after = getenv("SLIPWAY_SHIM_KILL_AFTER") != NULL;
    dropped = getenv("SLIPWAY_SHIM_DROP");
    if ((text = getenv("SLIPWAY_SHIM_FULL")) && strchr(text, ':')) {
        full_left = atol(text);
        full_directory = strchr(text, ':') + 1;
    }
}

// ── What is named ──

static void path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

static void path_at(int directory, const char *name, char *path) {
    char base[PATH_MAX] = "";
    if (name[0] != '/') {
        if (directory == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) base[0] = 0;
        } else {
            path_of(directory, base);
        }
    }
    if (snprintf(path, PATH_MAX, "%s%s%s", base, base[0] ? "/" : "", name) >= PATH_MAX) path[0] = 0;
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    if (log_fd < 0) return;
    char line[3 * PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    // One write in append mode: lines of several threads do not mix.
    if (length > 0 && length < (int)sizeof line) syscall(SYS_write, log_fd, line, length);
}

/// "file" or "directory" with its identity; other things (pipes, sockets) are nobody's business here.
static void say_fd(const char *operation, int fd) {
    struct stat status;
    if (!active || log_fd < 0 || fd == log_fd || fstat(fd, &status) != 0) return;
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return;
    char path[PATH_MAX];
    path_of(fd, path);
    say("%s\t%lu:%lu\t%s\n", operation, (unsigned long)status.st_dev, (unsigned long)status.st_ino, path);
}

// ── Names appear and move ──

typedef struct {
    int counts;
    struct stat status;
    char from[PATH_MAX], to[PATH_MAX];
} Naming;

static void before_naming(
    Naming *naming, int from_directory, const char *from, int to_directory, const char *to, int flags) {
    int saved = errno;
    naming->counts = active && fstatat(from_directory, from, &naming->status, flags) == 0
        && S_ISREG(naming->status.st_mode);
    if (naming->counts) {
        path_at(from_directory, from, naming->from);
        path_at(to_directory, to, naming->to);
        long number = atomic_fetch_add(&published, 1) + 1;
        if (number == kill_at && !kill_after) {
            say("killed\t%ld\t%s\n", number, naming->to);
            kill(getpid(), SIGKILL);
        }
        // Carried to after_naming.
        naming->counts = (int)number;
    }
    errno = saved;
}

static int after_naming(Naming *naming, const char *operation, int result) {
    int saved = errno;
    if (naming->counts) {
        if (result == 0)
            say("%s\t%lu:%lu\t%s\t%s\n", operation, (unsigned long)naming->status.st_dev,
                (unsigned long)naming->status.st_ino, naming->from, naming->to);
        if (naming->counts == kill_at && kill_after) {
            say("killed\t%d\t%s\n", naming->counts, naming->to);
            kill(getpid(), SIGKILL);
        }
    }
    errno = saved;
    return result;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    Naming naming;
    before_naming(&naming, AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_NOFOLLOW);
    return after_naming(&naming, "rename", real(from, to));
}

int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    Naming naming;
    before_naming(&naming, a, from, b, to, AT_SYMLINK_NOFOLLOW);
    return after_naming(&naming, "rename", real(a, from, b, to));
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    Naming naming;
    before_naming(&naming, a, from, b, to, AT_SYMLINK_NOFOLLOW);
    return after_naming(&naming, "rename", real(a, from, b, to, flags));
}

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    Naming naming;
    before_naming(&naming, AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_NOFOLLOW);
    return after_naming(&naming, "link", real(from, to));
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    Naming naming;
    before_naming(&naming, a, from, b, to, flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW);
    return after_naming(&naming, "link", real(a, from, b, to, flags));
}

static int say_directory(int result, int directory, const char *name) {
    if (active && log_fd >= 0 && result == 0) {
        char path[PATH_MAX];
        path_at(directory, name, path);
        say("mkdir\t\t%s\n", path);
    }
    return result;
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return say_directory(real(path, mode), AT_FDCWD, path);
}

int mkdirat(int directory, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    return say_directory(real(directory, path, mode), directory, path);
}

// ── Data reach the disk ──

static int is_dropped(const char *operation) { return active && dropped && strcmp(dropped, operation) == 0; }

static int sync_with(const char *operation, int (*real)(int), int fd) {
    if (is_dropped(operation)) return 0;
    int result = real(fd);
    int saved = errno;
    if (result == 0) say_fd(operation, fd);
    errno = saved;
    return result;
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    return sync_with("fsync", real, fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return sync_with("fdatasync", real, fd);
}

int syncfs(int fd) {
    REAL(int, "syncfs", int);
    return sync_with("syncfs", real, fd);
}

// ── Data are written ──

/// How many of `count` bytes may be written to `fd`; -1 with ENOSPC where none.
static ssize_t allowed(int fd, size_t count) {
    if (!active || !full_directory || count == 0) return count;
    int saved = errno;
    struct stat status;
    char path[PATH_MAX];
    size_t length = strlen(full_directory);
    int counts = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    errno = saved;
    if (!counts) return count;
    path_of(fd, path);
    if (strncmp(path, full_directory, length) != 0 || (path[length] != '/' && path[length] != 0)) return count;
    long left = atomic_fetch_sub(&full_left, (long)count);
    if (left >= (long)count) return count;
    if (left > 0) return left;
    errno = ENOSPC;
    return -1;
}

static ssize_t wrote(ssize_t result, int fd) {
    int saved = errno;
    if (result > 0) {
        char operation[64];
        snprintf(operation, sizeof operation, "write %ld", (long)result);
        say_fd(operation, fd);
    }
    errno = saved;
    return result;
}

static void before_sending(int fd) {
    if (!active || (log_fd < 0 && !kill_sending)) return;
    int saved = errno;
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode)) {
        long number = atomic_fetch_add(&sent, 1) + 1;
        say("send\t%ld\n", number);
        if (number == kill_sending) kill(getpid(), SIGKILL);
    }
    errno = saved;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    before_sending(fd);
    ssize_t some = allowed(fd, count);
    return some < 0 ? some : wrote(real(fd, bytes, some), fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    ssize_t some = allowed(fd, count);
    return some < 0 ? some : wrote(real(fd, bytes, some, offset), fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    ssize_t some = allowed(fd, count);
    return some < 0 ? some : wrote(real(fd, bytes, some, offset), fd);
}

static size_t sum(const struct iovec *pieces, int count) {
    size_t total = 0;
    for (int i = 0; i < count; i++) total += pieces[i].iov_len;
    return total;
}

// A gathered write is not cut short: it is written whole, or not at all.
ssize_t writev(int fd, const struct iovec *pieces, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    before_sending(fd);
    size_t total = sum(pieces, count);
    ssize_t some = allowed(fd, total);
    if (some >= 0 && (size_t)some < total) return errno = ENOSPC, -1;
    return some < 0 ? some : wrote(real(fd, pieces, count), fd);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset) {
    REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
    size_t total = sum(pieces, count);
    ssize_t some = allowed(fd, total);
    if (some >= 0 && (size_t)some < total) return errno = ENOSPC, -1;
    return some < 0 ? some : wrote(real(fd, pieces, count, offset), fd);
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
    REAL(int, "fallocate", int, int, off_t, off_t);
    if (active && full_directory && atomic_load(&full_left) < length) {
        char path[PATH_MAX];
        path_of(fd, path);
        if (strncmp(path, full_directory, strlen(full_directory)) == 0) return errno = ENOSPC, -1;
    }
    return real(fd, mode, offset, length);
}
