/* What the kernel offers and an older libc may not name, and the few wrappers everybody here uses. */
#ifndef HEARTH_SYS_H
#define HEARTH_SYS_H

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define PATH_BYTES_MAX 1024

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
/* Whether a socket takes descriptors that are sent along; Linux 6.16. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

/* Remembers the sentence of the failure that just happened; always returns -1. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The sentence of the last failure. */
const char *failure(void);

/* snprintf that treats a truncated path as a bug. */
void path_format(char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a whole small file, as those of /proc and cgroups are; 0 or -1 with errno. */
int file_write(const char *path, const char *text);
/* The same below an open directory. */
int file_write_at(int directory, const char *path, const char *text);
/* Creates or replaces a file with these bytes. */
int file_create(const char *path, const char *text, mode_t mode);
/* Reads at most size - 1 bytes and ends them with NUL; the count, or -1 with errno. */
ssize_t file_read(const char *path, char *text, size_t size);
/* The first unsigned number in a file, or fallback. */
uint64_t file_read_number(const char *path, uint64_t fallback);
/* The number that follows `key` at the start of a line, or fallback. */
uint64_t file_read_field(const char *path, const char *key, uint64_t fallback);

/* Since the machine was started; nobody sets it. */
uint64_t milliseconds_now(void);

/* Bytes of memory that the descendants of a process ever had, summed up over those that live. */
uint64_t process_tree_peak(pid_t root);

/* mkdir -p. */
int directory_make(const char *path, mode_t mode);
/* Deletes a tree, never following a link and never deeper than one descriptor; 0 or -1. */
int tree_remove(const char *path);

/* Writes all bytes of a blocking descriptor; 0 or -1 with errno. */
int write_all(int fd, const void *bytes, size_t length);
/* Reads exactly so many bytes of a blocking descriptor; 0, or -1 at its end or an error. */
int read_all(int fd, void *bytes, size_t length);

#define MESSAGE_DESCRIPTORS_MAX 8

/*
 * Sends bytes and descriptors along as one message of a socket, without SIGPIPE; `flags` are sendmsg's.
 * 0, or -1 with errno.
 */
int message_send(int socket, const void *bytes, size_t length, const int *descriptors, int count,
                 int flags);
/*
 * Receives bytes and at most `room` descriptors, which close on exec: how many bytes, 0 at the end, or -1
 * with errno. `count` is how many descriptors came.
 */
ssize_t message_receive(int socket, void *bytes, size_t length, int *descriptors, int room,
                        int *count);

/* Closes every descriptor from `first` on. */
void close_from(int first);
/* Closes and forgets. */
void close_fd(int *fd);

/* Runs a program of the host to its end with `input` on its stdin; its exit code or -1. */
int run_program(const char *const arguments[], const char *input);

#endif
