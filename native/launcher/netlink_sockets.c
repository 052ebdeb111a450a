#define _GNU_SOURCE
#include "netlink_sockets.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "sys.h"

#define SOCKETS_MAX 64u
/* A protocol of the kernel's is a line of some 120 characters. */
#define PROTOCOLS_BYTES 65536
/* Linux 5.5. */
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#endif

/* Linux 5.14: whoever is asked gives a descriptor, which is the call's answer. Named here, as older headers lack it. */
struct descriptor_answer {
  uint64_t id;
  uint32_t flags;
  uint32_t source;
  uint32_t target;
  uint32_t target_flags;
};
#define ANSWER_AT_ONCE 2u
#define GIVE_DESCRIPTOR _IOW('!', 3, struct descriptor_answer)

/* Linux 6.6: who asks and who answers take turns on one processor, which is some hundreds of microseconds less. */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1ul
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)
#endif

static int kernels_own;

/* Of the network that this process is in, with those that are not bound yet; -1 where that cannot be told. */
static int count_sockets(void) {
  static char text[PROTOCOLS_BYTES];
  int sockets = -1;
  if (file_read("/proc/net/protocols", text, sizeof text) <= 0) return -1;
  const char *line = strstr(text, "\nNETLINK ");
  if (line != NULL) sscanf(line, " %*s %*d %d", &sockets);
  return sockets;
}

/* A function may lower limits of the process that counts: what it cannot count there is no more of. */
static bool has_room(void) {
  int sockets = count_sockets();
  return sockets >= 0 && sockets < kernels_own + (int)SOCKETS_MAX;
}

void netlink_sockets_begin(void) {
  int sockets = count_sockets();
  kernels_own = sockets < 0 ? 0 : sockets;
}

void netlink_sockets_listen(int listener) {
  if (listener >= 0) ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

/*
 * The socket is made here: a call that went on by itself would make it any time later, and as many as ask in the same
 * moment would all be told that there is room. 0, or the error to answer.
 */
static int give_socket(int listener, const struct seccomp_notif *call, const uint64_t *key) {
  int type = (int)call->data.args[1];
  int made = (int)syscall(SYS_socket, AF_NETLINK, type, NETLINK_ROUTE, key[0], key[1]);
  if (made < 0) return errno;
  struct descriptor_answer given = {.id = call->id,
                                    .flags = ANSWER_AT_ONCE,
                                    .source = (uint32_t)made,
                                    .target_flags = (uint32_t)(type & SOCK_CLOEXEC)};
  int error = ioctl(listener, GIVE_DESCRIPTOR, &given) < 0 ? errno : 0;
  close(made);
  return error;
}

void netlink_sockets_answer(int listener, const uint64_t *key) {
  struct seccomp_notif call = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return;
  int error = has_room() ? give_socket(listener, &call, key) : ENOBUFS;
  if (error == 0) return;
  struct seccomp_notif_resp answer = {.id = call.id, .error = -error};
  /* A kernel that cannot give one lets the call go on. */
  if (error == EINVAL || error == ENOTTY) {
    answer.error = 0;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
