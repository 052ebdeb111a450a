#define _GNU_SOURCE
#include "netlink_sockets.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "sys.h"

/* Besides, as many as threads ask for in the same moment: a call goes on after it was counted. */
#define SOCKETS_MAX 64u
/* Linux 5.5. */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#endif

/* Linux 6.6: who asks and who answers take turns on one processor, which is some hundreds of microseconds less. */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)
#endif

static unsigned kernels_own;

/* Of the network that this process is in, with those that are not bound yet. */
static unsigned count_sockets(void) {
  char text[8192];
  unsigned sockets = 0;
  if (file_read("/proc/net/protocols", text, sizeof text) <= 0) return 0;
  const char *line = strstr(text, "\nNETLINK ");
  if (line != NULL) sscanf(line, " %*s %*u %u", &sockets);
  return sockets;
}

void netlink_sockets_begin(void) { kernels_own = count_sockets(); }

void netlink_sockets_listen(int listener) {
  if (listener >= 0) ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

void netlink_sockets_answer(int listener) {
  struct seccomp_notif call = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return;
  struct seccomp_notif_resp answer = {.id = call.id, .error = -ENOBUFS};
  if (count_sockets() < kernels_own + SOCKETS_MAX) {
    answer.error = 0;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
