#define _GNU_SOURCE
#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char failure_text[256] = "no failure";

int fail(const char *format, ...) {
  int error = errno;
  char what[160];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(failure_text, sizeof failure_text, "%s: %s", what, strerror(error));
  errno = error;
  return -1;
}

const char *failure(void) { return failure_text; }

void path_format(char *path, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(path, PATH_BYTES_MAX, format, arguments);
  va_end(arguments);
  if (length < 0 || length >= PATH_BYTES_MAX) {
    fprintf(stderr, "hearth-launcher: a path is longer than %d bytes\n", PATH_BYTES_MAX);
    abort();
  }
}

int file_write(const char *path, const char *text) { return file_write_at(AT_FDCWD, path, text); }

int file_write_at(int directory, const char *path, const char *text) {
  int fd = openat(directory, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = write_all(fd, text, strlen(text));
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

int file_create(const char *path, const char *text, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return fail("create %s", path);
  int result = write_all(fd, text, strlen(text));
  if (result < 0) fail("write %s", path);
  close(fd);
  return result;
}

ssize_t file_read(const char *path, char *text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t length = 0;
  while (length < size - 1) {
    ssize_t count = read(fd, text + length, size - 1 - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    length += (size_t)count;
  }
  close(fd);
  text[length] = '\0';
  return (ssize_t)length;
}

uint64_t file_read_number(const char *path, uint64_t fallback) {
  char text[64];
  if (file_read(path, text, sizeof text) <= 0 || text[0] < '0' || text[0] > '9') return fallback;
  return strtoull(text, NULL, 10);
}

uint64_t file_read_field(const char *path, const char *key, uint64_t fallback) {
  char text[4096];
  if (file_read(path, text, sizeof text) <= 0) return fallback;
  size_t length = strlen(key);
  for (const char *line = text; line != NULL && *line != '\0';) {
    if (strncmp(line, key, length) == 0 && line[length] == ' ') {
      return strtoull(line + length + 1, NULL, 10);
    }
    line = strchr(line, '\n');
    if (line != NULL) line++;
  }
  return fallback;
}

/* Below a depth or a number that no honest function has, nobody counts any more. */
static uint64_t tree_peak(pid_t parent, unsigned depth, unsigned *left) {
  char path[64];
  char children[16384];
  char status[4096];
  uint64_t bytes = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
  if (depth == 0 || file_read(path, children, sizeof children) <= 0) return 0;
  char *rest = NULL;
  for (char *text = strtok_r(children, " ", &rest); text != NULL && *left > 0;
       text = strtok_r(NULL, " ", &rest)) {
    pid_t child = atoi(text);
    *left -= 1;
    snprintf(path, sizeof path, "/proc/%d/status", child);
    if (file_read(path, status, sizeof status) > 0) {
      const char *line = strstr(status, "VmHWM:");
      if (line != NULL) bytes += strtoull(line + strlen("VmHWM:"), NULL, 10) * 1024;
    }
    bytes += tree_peak(child, depth - 1, left);
  }
  return bytes;
}

uint64_t milliseconds_now(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t process_tree_peak(pid_t root) {
  unsigned left = 256;
  return tree_peak(root, 8, &left);
}

int directory_make(const char *path, mode_t mode) {
  char partial[PATH_BYTES_MAX];
  path_format(partial, "%s", path);
  for (char *slash = partial + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
    *slash = '\0';
    if (mkdir(partial, 0755) < 0 && errno != EEXIST) return fail("mkdir %s", partial);
    *slash = '/';
  }
  if (mkdir(partial, mode) < 0 && errno != EEXIST) return fail("mkdir %s", partial);
  return 0;
}

/*
 * A tree made to be hostile may be deeper than any stack or path. So subdirectories that are not
 * empty are moved up beside the others of the top, and the top is read again until it is empty.
 */
static int directory_empty_once(int top, int directory, bool is_top, unsigned *moved) {
  DIR *stream = fdopendir(dup(directory));
  if (stream == NULL) return -1;
  rewinddir(stream);
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (unlinkat(directory, entry->d_name, 0) == 0) continue;
    if (unlinkat(directory, entry->d_name, AT_REMOVEDIR) == 0 || is_top) continue;
    char name[32];
    snprintf(name, sizeof name, ".moved-%u", (*moved)++);
    if (renameat(directory, entry->d_name, top, name) < 0) {
      closedir(stream);
      return -1;
    }
  }
  closedir(stream);
  return 0;
}

int tree_remove(const char *path) {
  unsigned moved = 0;
  int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (top < 0) return errno == ENOENT || unlink(path) == 0 ? 0 : fail("open %s", path);
  while (rmdir(path) < 0 && (errno == ENOTEMPTY || errno == EEXIST)) {
    if (directory_empty_once(top, top, true, &moved) < 0) break;
    DIR *stream = fdopendir(dup(top));
    if (stream == NULL) break;
    rewinddir(stream);
    bool has_failed = false;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL && !has_failed;) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      int below = openat(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      has_failed = below < 0 || directory_empty_once(top, below, false, &moved) < 0;
      if (below >= 0) close(below);
    }
    closedir(stream);
    if (has_failed) break;
  }
  close(top);
  return access(path, F_OK) == 0 ? fail("remove %s", path) : 0;
}

int write_all(int fd, const void *bytes, size_t length) {
  const char *next = bytes;
  while (length > 0) {
    ssize_t count = write(fd, next, length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    next += count;
    length -= (size_t)count;
  }
  return 0;
}

int read_all(int fd, void *bytes, size_t length) {
  char *next = bytes;
  while (length > 0) {
    ssize_t count = read(fd, next, length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    next += count;
    length -= (size_t)count;
  }
  return 0;
}

union message_control {
  char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_DESCRIPTORS_MAX)];
  struct cmsghdr align;
};

int message_send(int socket, const void *bytes, size_t length, const int *descriptors, int count,
                 int flags) {
  if (count > MESSAGE_DESCRIPTORS_MAX) abort();
  union message_control control = {0};
  size_t descriptors_bytes = sizeof(int) * (size_t)count;
  struct iovec part = {(void *)(uintptr_t)bytes, length};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = CMSG_SPACE(descriptors_bytes)};
  control.align = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                                   .cmsg_type = SCM_RIGHTS,
                                   .cmsg_len = CMSG_LEN(descriptors_bytes)};
  memcpy(CMSG_DATA(&control.align), descriptors, descriptors_bytes);
  ssize_t sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | flags);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}

ssize_t message_receive(int socket, void *bytes, size_t length, int *descriptors, int room,
                        int *count) {
  if (room > MESSAGE_DESCRIPTORS_MAX) abort();
  union message_control control;
  struct iovec part = {bytes, length};
  /* Not CMSG_SPACE, which may have room for one more than is asked for. */
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = CMSG_LEN(sizeof(int) * (size_t)room)};
  ssize_t received;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  *count = 0;
  struct cmsghdr *header = received < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) {
    *count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors, CMSG_DATA(header), sizeof(int) * (size_t)*count);
  }
  return received;
}

void close_from(int first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  /* Before Linux 5.9: one by one; the launcher opens none beyond this. */
  for (int fd = first; fd < 65536; fd++) close(fd);
}

void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

int run_program(const char *const arguments[], const char *input) {
  int feed[2];
  if (pipe2(feed, O_CLOEXEC) < 0) return fail("pipe");
  pid_t pid = fork();
  if (pid < 0) return fail("fork");
  if (pid == 0) {
    dup2(feed[0], STDIN_FILENO);
    int quiet = open("/dev/null", O_WRONLY);
    dup2(quiet, STDOUT_FILENO);
    close_from(3);
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin", 1);
    execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
  }
  close(feed[0]);
  if (input != NULL) write_all(feed[1], input, strlen(input));
  close(feed[1]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
