// SPDX-License-Identifier: Apache-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CShim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

int shim_open_unnamed(int directory, mode_t mode) {
    return openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

int shim_link_unnamed(int fd, int directory, const char *name) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW);
}

int shim_openat(int directory, const char *name, int flags, mode_t mode) {
    return openat(directory, name, flags | O_CLOEXEC, mode);
}

int shim_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to) {
    return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

int shim_syncfs(int fd) { return syncfs(fd); }

int shim_start_writeback(int fd, int64_t offset, int64_t length) {
    return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

int shim_reserve(int fd, int64_t length) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, length); }

int shim_semaphore_create(void) { return eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC); }

int shim_semaphore_post(int fd, uint64_t count) { return eventfd_write(fd, count); }

int shim_semaphore_wait(int fd) {
    eventfd_t value;
    int result;
    do {
        result = eventfd_read(fd, &value);
    } while (result < 0 && errno == EINTR);
    return result;
}

int shim_set_xattr(int fd, const char *name, const void *value, size_t size) {
    return fsetxattr(fd, name, value, size, 0);
}

ssize_t shim_get_xattr(int fd, const char *name, void *value, size_t size) {
    return fgetxattr(fd, name, value, size);
}

ssize_t shim_list_xattr(int fd, char *names, size_t size) { return flistxattr(fd, names, size); }

int shim_set_times(int directory, const char *name, int64_t seconds) {
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    return utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW);
}

int shim_set_access_time(int fd, int64_t seconds) {
    struct timespec times[2] = {{.tv_sec = seconds, .tv_nsec = seconds < 0 ? UTIME_NOW : 0}, {.tv_nsec = UTIME_OMIT}};
    return futimens(fd, times);
}

int shim_make_device(int directory, const char *name, mode_t mode, unsigned major, unsigned minor) {
    return mknodat(directory, name, mode, makedev(major, minor));
}
