// SPDX-License-Identifier: Apache-2.0
// What Glibc's module map lacks for Swift: thin wrappers over libc functions, never raw system calls, so that
// whoever interposes libc sees them. Each returns what the function returns and leaves errno alone.
#ifndef SLIPWAY_CSHIM_H
#define SLIPWAY_CSHIM_H

#include <stdint.h>
#include <sys/types.h>

// An unnamed file in `directory` (O_TMPFILE), read-write, close-on-exec.
int shim_open_unnamed(int directory, mode_t mode);
// Gives the unnamed file `fd` a name below `directory`; needs /proc.
int shim_link_unnamed(int fd, int directory, const char *name);
// openat without a variable argument list, always close-on-exec.
int shim_openat(int directory, const char *name, int flags, mode_t mode);
// renameat2 with RENAME_NOREPLACE.
int shim_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to);
int shim_syncfs(int fd);
// Starts writing back a range without waiting for it.
int shim_start_writeback(int fd, int64_t offset, int64_t length);
// Reserves blocks for `length` bytes and keeps the size.
int shim_reserve(int fd, int64_t length);

// A counting semaphore on an eventfd.
int shim_semaphore_create(void);
int shim_semaphore_post(int fd, uint64_t count);
int shim_semaphore_wait(int fd);

int shim_set_xattr(int fd, const char *name, const void *value, size_t size);
ssize_t shim_get_xattr(int fd, const char *name, void *value, size_t size);
// The names of all attributes, each closed by a NUL; the length alone where `size` is 0.
ssize_t shim_list_xattr(int fd, char *names, size_t size);

// utimensat with AT_SYMLINK_NOFOLLOW; seconds since the epoch for both times.
int shim_set_times(int directory, const char *name, int64_t seconds);
// Sets only the access time of an open file: to now, or to `seconds` where that is not negative.
int shim_set_access_time(int fd, int64_t seconds);
int shim_make_device(int directory, const char *name, mode_t mode, unsigned major, unsigned minor);

#endif
