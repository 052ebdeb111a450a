/*
 * A call that may go on makes its socket later, so that whoever was allowed one counts as if it had it, until it is
 * seen to have gone on. To give a socket that was made here would be simpler, but the kernel cannot do that to a
 * process that is frozen meanwhile: the call answers a wrong number, or its socket is nobody's to close.
 */
#define _GNU_SOURCE
#include "netlink_sockets.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "sys.h"

#define SOCKETS_MAX 64
/* A protocol of the kernel's is a line of some 120 characters. */
#define PROTOCOLS_BYTES 65536
/* Linux 5.5. */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#endif

/* Linux 6.6: who asks and who answers take turns on one processor, which is some hundreds of microseconds less. */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)
#endif

static int kernels_own;
/* Threads that were allowed a socket, and may not have made it yet. */
static pid_t allowed[SOCKETS_MAX];
static int allowed_count;

/* Of the network that this process is in, with those that are not bound yet; -1 where that cannot be told. */
static int count_sockets(void) {
  static char text[PROTOCOLS_BYTES];
  int sockets = -1;
  if (file_read("/proc/net/protocols", text, sizeof text) <= 0) return -1;
  const char *line = strstr(text, "\nNETLINK ");
  if (line != NULL) sscanf(line, " %*s %*d %d", &sockets);
  return sockets;
}

/* It runs, or waits in the kernel; or nothing can be told of it, as it hides or nothing can be opened here. */
static bool may_be_in_call(pid_t thread) {
  char path[64];
  char text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", thread);
  if (file_read(path, text, sizeof text) <= 0) return kill(thread, 0) == 0 || errno != ESRCH;
  const char *name_end = strrchr(text, ')');
  return name_end == NULL || name_end[1] == '\0' || name_end[2] == 'R' || name_end[2] == 'D';
}

static void forget_allowed(int place) { allowed[place] = allowed[--allowed_count]; }

/* A function may lower limits of the process that counts: what it cannot count there is no more of. */
static bool has_room(void) {
  int sockets = count_sockets();
  return sockets >= 0 && sockets + allowed_count < kernels_own + SOCKETS_MAX;
}

/* Who asks again has made the one before. */
static bool allow(pid_t thread) {
  for (int place = allowed_count - 1; place >= 0; place--) {
    if (allowed[place] == thread) forget_allowed(place);
  }
  if (!has_room()) {
    for (int place = allowed_count - 1; place >= 0; place--) {
      if (!may_be_in_call(allowed[place])) forget_allowed(place);
    }
    /* Counted after they were looked at: what they have made is in the count. */
    if (!has_room()) return false;
  }
  if (allowed_count == SOCKETS_MAX) return false;
  allowed[allowed_count++] = thread;
  return true;
}

void netlink_sockets_begin(void) {
  int sockets = count_sockets();
  kernels_own = sockets < 0 ? 0 : sockets;
}

void netlink_sockets_listen(int listener) {
  if (listener >= 0) ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

void netlink_sockets_answer(int listener) {
  struct seccomp_notif call = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return;
  struct seccomp_notif_resp answer = {.id = call.id, .error = -ENOBUFS};
  if (allow((pid_t)call.pid)) {
    answer.error = 0;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
