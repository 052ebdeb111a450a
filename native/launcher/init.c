/*
 * I1 From the report READY on, this process has the user, the filter and the (empty) capabilities
 *    of the code that it starts, so that nothing is gained by taking it over.
 * I2 It can not be looked into by that code: it is not dumpable, and nobody may trace.
 * I3 It ends when the launcher does: by the signal of its parent's death and by the end of control. Around
 *    an OCI runtime by the latter alone: the container would outlive it.
 * I4 With namespaces, and around an OCI runtime, it outlives the first process, and waits for another; between
 *    the two it is alone.
 */
#define _GNU_SOURCE
#include "init.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "confine.h"
#include "mounts.h"
#include "netlink_sockets.h"
#include "sys.h"

#define CONTROL_FD 3
#define ARGUMENTS_MAX 4096
#define FIRST_OWN_FD 16
/* As `waitpid` tells the exit of what could not be executed. */
#define NOT_STARTED_STATUS (127 << 8)
/* No status that `waitpid` tells. */
#define NO_STATUS (-1)

struct init {
  const struct init_plan *plan;
  bool is_isolated;
  int signals;
  /* Where calls wait, of processes that were started here and of a zygote's fork; -1 for none. */
  int listener;
  int fork_listener;
  pid_t first;
  /* A fork of a zygote's that ended before it was adopted. */
  pid_t early;
  int early_status;
};

static void report(int32_t kind, int32_t value, const char *text) {
  struct init_report report = {.kind = kind, .value = value};
  snprintf(report.text, sizeof report.text, "%s", text);
  write_all(CONTROL_FD, &report, sizeof report);
}

static int mount_tmp(const struct init_plan *plan) {
  if (plan->storage->has_quota) {
    return storage_create(plan->storage, STORAGE_MIB_MIN, plan->uid);
  }
  return mount_clone_writable(plan->directory);
}

/*
 * What the kernel shows about the whole machine and that no function needs: how it was started, and the disks, which
 * are the /tmp of others: how full each is, and when it is written to.
 */
static int mask_proc(void) {
  static const struct {
    const char *path;
    /* Of the same kind; the shared root has an empty /sys. */
    const char *mask;
  } masked[] = {
      {"/proc/kcore", "/dev/null"},         {"/proc/keys", "/dev/null"},
      {"/proc/key-users", "/dev/null"},     {"/proc/timer_list", "/dev/null"},
      {"/proc/sched_debug", "/dev/null"},   {"/proc/latency_stats", "/dev/null"},
      {"/proc/interrupts", "/dev/null"},    {"/proc/cmdline", "/dev/null"},
      {"/proc/locks", "/dev/null"},         {"/proc/diskstats", "/dev/null"},
      {"/proc/partitions", "/dev/null"},    {"/proc/fs", "/sys"},
  };
  for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++) {
    if (mount(masked[i].mask, masked[i].path, NULL, MS_BIND, NULL) < 0 && errno != ENOENT) {
      return fail("mask %s", masked[i].path);
    }
  }
  return 0;
}

static int build_mounts(const struct init_plan *plan) {
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  int tmp = mount_tmp(plan);
  if (tmp < 0) return -1;
  if (setns(plan->root->template_namespace, CLONE_NEWNS) < 0) return fail("enter the template");
  if (unshare(CLONE_NEWNS) < 0) return fail("make a mount namespace");
  /* Read-only as a whole: a function writes nothing there, and much of it is the machine's. */
  if (mount("proc", "/proc", "proc", flags | MS_RDONLY, "hidepid=2") < 0) return fail("mount /proc");
  if (mask_proc() < 0) return -1;
  if (mount_shared_memory() < 0) return -1;
  if (mount_attach(tmp, "/tmp") < 0) return -1;
  close(tmp);
  return 0;
}

/* Mounts that are made here are seen by nobody else; those of the machine are seen as they come and go. */
static int part_mounts(void) {
  if (unshare(CLONE_NEWNS) < 0) return fail("make a mount namespace");
  return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ? fail("part its mounts") : 0;
}

static int build(const struct init_plan *plan) {
  if (!plan->is_isolated && plan->is_kept) return part_mounts();
  if (plan->is_isolated) {
    if (cgroup_enter(plan->cgroups, plan->serial) < 0) return -1;
    /* After the groups, so that they are the root of what the sandbox sees of groups. */
    if (unshare(CLONE_NEWCGROUP) < 0) return fail("make a cgroup namespace");
    if (build_mounts(plan) < 0) return -1;
    if (sethostname("sandbox", 7) < 0) return fail("set the host's name");
    if (chdir("/") < 0) return fail("chdir");
  }
  return 0;
}

/* Keeps control and the two outputs; everything else of the launcher's is closed. */
static void keep_descriptors(const struct init_plan *plan) {
  int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(empty, STDIN_FILENO);
  dup2(plan->output, STDOUT_FILENO);
  dup2(plan->errors, STDERR_FILENO);
  close_from(CONTROL_FD + 1);
}

/* Both outputs are one then, so that what is read has the order in which it was written; returns where it cannot be. */
static void become_executable(const char *program, char **environment) {
  char *arguments[] = {(char *)(uintptr_t)program, NULL};
  if (*program == '\0') return;
  int errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
  dup2(STDOUT_FILENO, STDERR_FILENO);
  execve(program, arguments, environment);
  dup2(errors, STDERR_FILENO);
  close(errors);
}

int process_become(struct fields fields) {
  static char *arguments[ARGUMENTS_MAX];
  static char *environment[ARGUMENTS_MAX];
  const char *directory = field_text(&fields);
  char **const lists[] = {arguments, environment};
  for (int list = 0; list < 2; list++) {
    uint64_t count = field_number(&fields);
    if (count >= ARGUMENTS_MAX) return E2BIG;
    for (uint64_t i = 0; i < count; i++) {
      lists[list][i] = (char *)(uintptr_t)field_text(&fields);
    }
    lists[list][count] = NULL;
  }
  if (arguments[0] == NULL) return ENOENT;
  if (chdir(directory) < 0) return errno;
  become_executable(field_text(&fields), environment);
  execve(arguments[0], arguments, environment);
  return errno;
}

/*
 * Ends every descendant, when there is no namespace whose end would take them along; the status of the
 * first process, where it was among them.
 */
static int end_descendants(const struct init *init, int first_status) {
  char text[65536];
  int status = 0;
  /* Version 1 lets the frozen not even die. */
  if (init->plan->is_kept) cgroup_freeze(init->plan->cgroups, init->plan->serial, false);
  while (true) {
    if (file_read("/proc/thread-self/children", text, sizeof text) > 0) {
      char *rest = NULL;
      for (char *pid = strtok_r(text, " ", &rest); pid; pid = strtok_r(NULL, " ", &rest)) {
        kill(atoi(pid), SIGKILL);
      }
    }
    /* Grandchildren become ours as their parents end, because this process is their subreaper. */
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0 && errno == ECHILD) return first_status;
    if (pid > 0 && pid == init->first) first_status = status;
  }
}

static _Noreturn void finish(const struct init *init) {
  if (init->is_isolated) _exit(0);
  int status = end_descendants(init, NO_STATUS);
  if (status != NO_STATUS) report(REPORT_EXITED, status, "");
  _exit(0);
}

/* What outlives processes in the namespace of System V, all of it of this process's own user. */
static void forget_shared_objects(void) {
  union {
    struct shmid_ds memory;
    struct msqid_ds queue;
    struct seminfo counts;
    struct shm_info memory_counts;
    struct msginfo queue_counts;
  } told;
  /* Counts answer with the highest place that is taken. */
  int last = shmctl(0, SHM_INFO, (void *)&told.memory_counts);
  for (int place = 0; place <= last; place++) {
    int id = shmctl(place, SHM_STAT_ANY, &told.memory);
    if (id >= 0) shmctl(id, IPC_RMID, NULL);
  }
  last = msgctl(0, MSG_INFO, (void *)&told.queue_counts);
  for (int place = 0; place <= last; place++) {
    int id = msgctl(place, MSG_STAT_ANY, &told.queue);
    if (id >= 0) msgctl(id, IPC_RMID, NULL);
  }
  last = semctl(0, 0, SEM_INFO, &told.counts);
  for (int place = 0; place <= last; place++) {
    struct semid_ds set;
    int id = semctl(place, 0, SEM_STAT_ANY, &set);
    if (id >= 0) semctl(id, 0, IPC_RMID);
  }
}

/*
 * Ends every process but this one (I4); the status of the first. No fork gets away: the order reaches all in
 * one step, and the kernel refuses a fork to a process that is about to die.
 */
static int empty(const struct init *init, int first_status) {
  int status = 0;
  kill(-1, SIGKILL);
  while (true) {
    pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0 && errno != EINTR) break;
    if (pid > 0 && pid == init->first) first_status = status;
  }
  forget_shared_objects();
  return first_status;
}

/* The first process is gone, or is to go: all others go with it. */
static void end_first(struct init *init, int status) {
  if (!init->plan->is_kept) {
    report(REPORT_EXITED, status, "");
    init->first = 0;
    finish(init);
  }
  status = init->is_isolated ? empty(init, status) : end_descendants(init, status);
  init->first = 0;
  init->early = 0;
  report(REPORT_EXITED, status, "");
}

static void start(struct init *init, struct fields fields) {
  sigset_t none;
  sigemptyset(&none);
  /* Shared with the child until its exec, which is what brings errno back. */
  volatile int error = 0;
  pid_t pid = vfork();
  if (pid == 0) {
    setsid();
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    error = process_become(fields);
    _exit(127);
  }
  if (pid < 0) error = errno;
  if (init->first != 0) return;
  if (error != 0) report(REPORT_NOT_STARTED, error, "");
  if (pid > 0) {
    init->first = pid;
  } else {
    /* Nobody is there whose end would be reaped. */
    end_first(init, NOT_STARTED_STATUS);
  }
}

static void reap(struct init *init) {
  struct signalfd_siginfo information;
  if (read(init->signals, &information, sizeof information) < 0) return;
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (init->first == 0) {
      init->early = pid;
      init->early_status = status;
    }
    if (pid == init->first) end_first(init, status);
  }
}

/* The zygote's helper has ended, which made this process the parent of its fork. */
static void adopt(struct init *init) {
  int32_t pid = 0;
  if (read_all(CONTROL_FD, &pid, sizeof pid) < 0) finish(init);
  if (init->first != 0 || pid <= 0) return;
  init->first = pid;
  if (init->early == pid) end_first(init, init->early_status);
}

static void obey(struct init *init) {
  char order = 0;
  int descriptor = -1;
  int count = 0;
  if (message_receive(CONTROL_FD, &order, sizeof order, &descriptor, 1, &count) != 1) finish(init);
  if (order == ORDER_LISTEN && count == 1) {
    close_fd(&init->fork_listener);
    init->fork_listener = descriptor;
    netlink_sockets_listen(descriptor);
  }
  if (init->first > 0 && order == ORDER_TERMINATE) kill(init->first, SIGTERM);
  if (init->first > 0 && order == ORDER_STOP) kill(-init->first, SIGSTOP);
  if (init->first > 0 && order == ORDER_CONTINUE) kill(-init->first, SIGCONT);
  if (order == ORDER_ADOPT) adopt(init);
  if (init->first > 0 && order == ORDER_RESET && init->plan->is_kept) end_first(init, 0);
  if (order != ORDER_START) return;
  uint32_t length = 0;
  if (read_all(CONTROL_FD, &length, sizeof length) < 0) finish(init);
  char *body = malloc((size_t)length + 1);
  if (body == NULL || read_all(CONTROL_FD, body, length) < 0) finish(init);
  body[length] = '\0';
  start(init, (struct fields){body, body + length});
  free(body);
}

/* A listener hangs up when nobody is left whose calls it could be asked about. */
static void answer_calls(int *listener, short events) {
  if ((events & POLLIN) != 0) netlink_sockets_answer(*listener);
  else if (events != 0) close_fd(listener);
}

_Noreturn void init_run(const struct init_plan *plan) {
  struct init init = {.plan = plan, .is_isolated = plan->is_isolated, .listener = -1, .fork_listener = -1};
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  setsid();
  /* Control goes to its place first, to be able to tell what fails. */
  dup2(plan->control, CONTROL_FD);
  fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
  if (build(plan) < 0) {
    report(REPORT_FAILED, errno, failure());
    _exit(1);
  }
  keep_descriptors(plan);
  sigprocmask(SIG_SETMASK, &children, NULL);
  init.signals = signalfd(-1, &children, SFD_CLOEXEC);
  if (init.signals < 0 || tie_to_parent() < 0 ||
      (plan->is_kept && !plan->is_isolated && prctl(PR_SET_PDEATHSIG, 0) < 0) ||
      (plan->is_confined && confine(plan->is_isolated ? plan->uid : 0,
                                     plan->is_isolated ? &init.listener : NULL) < 0)) {
    report(REPORT_FAILED, errno, failure());
    _exit(1);
  }
  if (plan->is_isolated) netlink_sockets_begin();
  netlink_sockets_listen(init.listener);
  report(REPORT_READY, 0, "");
  while (true) {
    struct pollfd watched[] = {{.fd = CONTROL_FD, .events = POLLIN},
                               {.fd = init.signals, .events = POLLIN},
                               {.fd = init.listener, .events = POLLIN},
                               {.fd = init.fork_listener, .events = POLLIN}};
    if (poll(watched, 4, -1) < 0 && errno != EINTR) finish(&init);
    if (watched[0].revents != 0) obey(&init);
    if (watched[1].revents != 0) reap(&init);
    answer_calls(&init.listener, watched[2].revents);
    if (watched[3].fd == init.fork_listener) answer_calls(&init.fork_listener, watched[3].revents);
  }
}
