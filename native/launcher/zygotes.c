#define _GNU_SOURCE
#include "zygotes.h"

#include <errno.h>
#include <signal.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "init.h"
#include "mounts.h"
#include "requests.h"
#include "sys.h"
#include "zygote.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

#define MOUNTS_MAX 8
/* The first process, both outputs, groups, control. */
#define ORDER_HANDLES_MAX (4 + ZYGOTE_GROUPS_MAX)

static struct zygote *find(struct sandboxes *all, uint32_t number) {
  for (unsigned place = 0; place < ZYGOTES_MAX; place++) {
    struct zygote *zygote = &all->zygotes[place];
    if (zygote->pid > 0 && zygote->number == number) return zygote;
  }
  errno = ESRCH;
  fail("zygote %u", number);
  return NULL;
}

static struct zygote *find_place(struct sandboxes *all) {
  for (unsigned place = 0; place < ZYGOTES_MAX; place++) {
    if (all->zygotes[place].pid == 0) return &all->zygotes[place];
  }
  errno = EAGAIN;
  fail("all %u zygotes are there", ZYGOTES_MAX);
  return NULL;
}

/* A language tries its own ways over it. */
static int raise_loopback(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int result = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &request);
  close_fd(&fd);
  return result < 0 ? fail("raise the loopback") : 0;
}

/* The sandboxes' own tree of files, with what the language needs besides. */
static int enter_root(const struct root *root, struct fields *fields) {
  int trees[MOUNTS_MAX];
  const char *targets[MOUNTS_MAX];
  uint64_t count = field_number(fields);
  if (count > MOUNTS_MAX) return fail("%u mounts", (unsigned)count);
  for (uint64_t i = 0; i < count; i++) {
    trees[i] = mount_clone_read_only(field_text(fields));
    targets[i] = field_text(fields);
    if (trees[i] < 0) return -1;
  }
  if (setns(root->template_namespace, CLONE_NEWNS) < 0) return fail("enter the template");
  if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) < 0) return fail("make namespaces");
  if (raise_loopback() < 0) return -1;
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
  if (mount("proc", "/proc", "proc", flags, NULL) < 0) return fail("mount /proc");
  /* Where Node.js looks for large pages before it uses them; without them it has small ones. */
  mount("sysfs", "/sys", "sysfs", flags, NULL);
  for (uint64_t i = 0; i < count; i++) {
    if (mount_attach(trees[i], targets[i]) < 0) return -1;
    close(trees[i]);
  }
  return 0;
}

static _Noreturn void zygote_run(const struct root *root, int control, struct fields fields) {
  sigset_t none;
  sigemptyset(&none);
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (enter_root(root, &fields) == 0) {
    int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(empty, STDIN_FILENO);
    dup2(empty, STDOUT_FILENO);
    dup2(control, ZYGOTE_CONTROL_FD);
    close_from(ZYGOTE_CONTROL_FD + 1);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    errno = process_become(fields);
    fail("start the language");
  }
  fprintf(stderr, "hearth-launcher: no zygote: %s\n", failure());
  _exit(1);
}

/* Points for its mounts are made in the shared root, which is read-only for everybody else. */
static int make_targets(const struct root *root, struct fields fields) {
  uint64_t count = field_number(&fields);
  for (uint64_t i = 0; i < count; i++) {
    field_text(&fields);
    if (root_make_target(root, field_text(&fields), true) < 0) return -1;
  }
  return 0;
}

int zygote_start(struct sandboxes *all, const char *id, struct fields fields) {
  struct zygote *zygote = find_place(all);
  int control[2];
  if (zygote == NULL || make_targets(&all->root, fields) < 0) return -1;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) return fail("socketpair");
  pid_t pid = fork();
  if (pid == 0) zygote_run(&all->root, control[1], fields);
  close(control[1]);
  uint32_t source = ZYGOTE_EVENT_FIRST + (uint32_t)(zygote - all->zygotes);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
  if (pid < 0 || epoll_ctl(all->epoll, EPOLL_CTL_ADD, control[0], &event) < 0) {
    close(control[0]);
    if (pid > 0) kill(pid, SIGKILL);
    return fail("start a zygote");
  }
  *zygote = (struct zygote){.number = ++all->zygote_last, .pid = pid, .control = control[0]};
  snprintf(zygote->request, sizeof zygote->request, "%s", id);
  return 0;
}

/* Of the sandbox: its first process, both outputs, the lists of its control groups. */
static int open_handles(const struct sandboxes *all, const struct sandbox *sandbox, int *handles) {
  char path[PATH_BYTES_MAX];
  handles[0] = (int)syscall(SYS_pidfd_open, sandbox->init, 0);
  if (handles[0] < 0) return fail("open process %d", sandbox->init);
  int count = 1;
  for (int output = 1; output <= 2; output++) {
    path_format(path, "/proc/%d/fd/%d", sandbox->init, output);
    handles[count] = open(path, O_WRONLY | O_CLOEXEC);
    if (handles[count++] < 0) return fail("open %s", path);
  }
  return count + cgroup_open_lists(&all->cgroups, sandbox->serial, handles + count);
}

int zygote_order_fork(struct sandboxes *all, struct sandbox *sandbox, const char *id) {
  int handles[ORDER_HANDLES_MAX] = {-1, -1, -1, -1, -1, -1, -1, -1};
  struct zygote_order order = {sandbox->serial, all->first_uid + sandbox->index, 1};
  const struct zygote *zygote = find(all, sandbox->zygote);
  int count = zygote == NULL ? -1 : open_handles(all, sandbox, handles);
  int result = count;
  if (count >= 0) {
    handles[count++] = fcntl(sandbox->control, F_DUPFD_CLOEXEC, 0);
    result = message_send(zygote->control, &order, sizeof order, handles, count, MSG_DONTWAIT);
    if (result < 0) fail("order a fork");
  }
  for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) close_fd(&handles[i]);
  if (result < 0) return -1;
  sandbox->pending = strdup(id);
  if (sandbox->pending == NULL) abort();
  return 0;
}

static void adopt(struct sandboxes *all, const struct zygote_answer *answer) {
  struct sandbox *sandbox = sandbox_find(all, answer->serial);
  /* It ended meanwhile, and whoever launched it knows. */
  if (sandbox == NULL || sandbox->pending == NULL || sandbox->state != SANDBOX_RUNNING) return;
  char message[1 + sizeof answer->pid] = {ORDER_ADOPT};
  memcpy(message + 1, &answer->pid, sizeof answer->pid);
  bool is_there = answer->pid > 0 && send(sandbox->control, message, sizeof message,
                                          MSG_NOSIGNAL) == (ssize_t)sizeof message;
  request_end_fork(all, sandbox, is_there ? NULL : answer->failure);
}

static void forget(struct sandboxes *all, struct zygote *zygote) {
  uint32_t number = zygote->number;
  if (zygote->request[0] != '\0') channel_send("%s|error|the zygote died", zygote->request);
  if (!zygote->is_reaped) kill(zygote->pid, SIGKILL);
  close(zygote->control);
  *zygote = (struct zygote){0};
  for (uint32_t i = 0; i < SANDBOXES_MAX; i++) {
    struct sandbox *sandbox = &all->table[i];
    bool is_waiting = sandbox->state == SANDBOX_RUNNING && sandbox->pending != NULL;
    if (!is_waiting || sandbox->zygote != number) continue;
    request_end_fork(all, sandbox, "the zygote died");
  }
}

void zygote_listen(struct sandboxes *all, unsigned place) {
  struct zygote *zygote = &all->zygotes[place];
  struct zygote_answer answer;
  if (zygote->pid == 0) return;
  ssize_t count = recv(zygote->control, &answer, sizeof answer, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count != (ssize_t)sizeof answer) {
    forget(all, zygote);
    return;
  }
  answer.failure[sizeof answer.failure - 1] = '\0';
  if (answer.serial != 0) {
    adopt(all, &answer);
  } else {
    channel_send("%s|ok|%u", zygote->request, zygote->number);
    zygote->request[0] = '\0';
  }
}

void zygote_reaped(struct sandboxes *all, pid_t pid) {
  for (unsigned place = 0; place < ZYGOTES_MAX; place++) {
    if (all->zygotes[place].pid == pid) all->zygotes[place].is_reaped = true;
  }
}

void zygote_retire(struct sandboxes *all, uint32_t number) {
  struct zygote *zygote = find(all, number);
  if (zygote != NULL) forget(all, zygote);
}

void zygotes_end(struct sandboxes *all) {
  for (unsigned place = 0; place < ZYGOTES_MAX; place++) {
    if (all->zygotes[place].pid > 0) forget(all, &all->zygotes[place]);
  }
}
