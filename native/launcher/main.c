/*
 * hearth-launcher: one small process that makes and ends every sandbox of one server, because a
 * fork of the server itself costs milliseconds and stops its loop. It starts, lives and dies with
 * the server: the end of either channel ends every sandbox and takes away what they held.
 *
 *   hearth-launcher namespaces|process|oci|oci-inside DIRECTORY POOL INTERNET [SOURCE TARGET]...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "channel.h"
#include "requests.h"
#include "sandbox.h"
#include "sys.h"
#include "zygotes.h"

#define EVENTS_MAX 64
/* A pool is refilled when nobody has asked for so long: a launch comes before its successor, */
#define QUIET_BEFORE_REFILL_MS 3
/* and so does what was launched last: its init, which the building of another would hold up. */
#define QUIET_BEFORE_REFILL_BESIDE_INIT_MS 50
/* How long a machine that refuses to build is left alone. */
#define QUIET_AFTER_REFUSAL_MS 1000
/* At most so many are built for the pool at the same time. */
#define BUILDING_MAX 2u
/* Launchers on one machine: each has a /16 of addresses and a range of user ids. */
#define LAUNCHERS_MAX 64u
/* The range that systemd leaves to nobody. @see https://systemd.io/UIDS-GIDS/ */
#define UID_FIRST 1879048192u
#define LOCK_DIRECTORY "/run/hearth"
/* Leaves as many serial numbers above it. */
#define SERIAL_FIRST_MASK 0x7fffffffu

#define SOURCE_SIGNALS 1u
#define SOURCE_CLAIM 2u
#define CLAIM_BACKLOG 64

static struct sandboxes all;
static int signals = -1;
/* The name by which launchers of other roots know that this number is taken. */
static int claim = -1;
static bool is_ending;

static int open_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  signal(SIGPIPE, SIG_IGN);
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return fail("block signals");
  signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return signals < 0 ? fail("signalfd") : 0;
}

/* `source` tells handle() who speaks; those from SANDBOX_EVENT_FIRST on are sandboxes. */
static int watch(int fd, uint32_t source) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
  return epoll_ctl(all.epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? fail("watch %d", fd) : 0;
}

static void read_signals(void) {
  struct signalfd_siginfo information;
  while (read(signals, &information, sizeof information) > 0) {
    if (information.ssi_signo != SIGCHLD) is_ending = true;
  }
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    zygote_reaped(&all, pid);
    sandbox_reaped(&all, pid, status);
  }
}

/* Lets go of those who only looked: a full queue would hide this launcher. */
static void answer_claims(void) {
  for (int visitor; (visitor = accept4(claim, NULL, NULL, SOCK_CLOEXEC)) >= 0;) close(visitor);
}

static void handle(uint32_t source) {
  if (source >= SANDBOX_EVENT_FIRST) {
    struct sandbox *sandbox = &all.table[source - SANDBOX_EVENT_FIRST];
    if (sandbox->state != SANDBOX_FREE) sandbox_listen(&all, sandbox);
  } else if (source >= ZYGOTE_EVENT_FIRST) {
    zygote_listen(&all, source - ZYGOTE_EVENT_FIRST);
  } else if (source == CHANNEL_FRAMES_FD) {
    is_ending |= !channel_read(request_handle, &all);
  } else if (source == CHANNEL_HANDLES_FD) {
    is_ending |= !channel_drain_handles();
  } else if (source == SOURCE_CLAIM) {
    answer_claims();
  } else {
    read_signals();
  }
}

static bool wants_refill(void) {
  return all.building_count < BUILDING_MAX &&
         all.ready_count + all.building_count < all.pool_target;
}

/* Not for longer, whatever comes between: nobody may ever tell that the init is over, as of a sandbox for later. */
static int left_of_init(void) {
  uint64_t since = milliseconds_now() - all.started_at;
  if (all.starting == 0 || since >= QUIET_BEFORE_REFILL_BESIDE_INIT_MS) return 0;
  return QUIET_BEFORE_REFILL_BESIDE_INIT_MS - (int)since;
}

static int quiet_before_refill(bool is_refused) {
  if (!wants_refill()) return -1;
  if (is_refused) return QUIET_AFTER_REFUSAL_MS;
  int left = left_of_init();
  return left > QUIET_BEFORE_REFILL_MS ? left : QUIET_BEFORE_REFILL_MS;
}

static void run(void) {
  bool is_refused = false;
  while (!is_ending) {
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(all.epoll, events, EVENTS_MAX, quiet_before_refill(is_refused));
    for (int i = 0; i < count; i++) handle(events[i].data.u32);
    if (count != 0) continue;
    is_refused = sandbox_build(&all) == NULL;
    if (is_refused) fprintf(stderr, "hearth-launcher: the pool is not filled: %s\n", failure());
  }
}

/* Whether a launcher listens at this name: a process of root's, as any user can take a name. */
static bool is_launcher(const struct sockaddr_un *name, socklen_t bytes) {
  struct ucred holder = {.uid = (uid_t)-1};
  socklen_t length = sizeof holder;
  int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return true;
  bool is_root = connect(probe, (const struct sockaddr *)name, bytes) == 0 &&
                 getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &holder, &length) == 0 &&
                 holder.uid == geteuid();
  close(probe);
  return is_root;
}

/*
 * A launcher with another root directory, in a chroot, sees other lock files, but the same network
 * and control groups: this name is seen by both. False where a launcher has it; who else has it
 * only hides this launcher from those in other roots.
 */
static bool claim_network_name(unsigned number) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "hearth-launcher-%u", number);
  socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
  claim = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (claim < 0) return true;
  /* Whatever is sent along would be closed here, and be waited for: refused where the kernel can. */
  int no = 0;
  setsockopt(claim, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof no);
  if (bind(claim, (struct sockaddr *)&name, bytes) == 0) {
    listen(claim, CLAIM_BACKLOG);
    return true;
  }
  bool is_taken = errno == EADDRINUSE;
  close_fd(&claim);
  if (is_taken && is_launcher(&name, bytes)) return false;
  fprintf(stderr, "hearth-launcher: the name @%s is somebody else's\n", name.sun_path + 1);
  return true;
}

/* The first number that no living launcher holds; what a dead one of that number left is swept. */
static int take_number(void) {
  if (directory_make(LOCK_DIRECTORY, 0755) < 0) return -1;
  for (unsigned number = 0; number < LAUNCHERS_MAX; number++) {
    char path[PATH_BYTES_MAX];
    path_format(path, LOCK_DIRECTORY "/%u.lock", number);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return fail("open %s", path);
    /* Both are kept open, and so kept, until this process ends. */
    if (flock(lock, LOCK_EX | LOCK_NB) == 0 && claim_network_name(number)) return (int)number;
    close(lock);
  }
  errno = EAGAIN;
  return fail("%u launchers run on this machine", LAUNCHERS_MAX);
}

static int open_cgroups(unsigned number) {
  char name[32];
  snprintf(name, sizeof name, "hearth%u", number);
  const char *mounts = "/proc/self/mounts";
  const char *own = "/proc/self/cgroup";
  if (cgroups_open(&all.cgroups, mounts, own, name) < 0) return -1;
  cgroups_sweep(&all.cgroups);
  return cgroups_open(&all.cgroups, mounts, own, name);
}

static int open_root(const char *endpoint_name, int mount_count, char **mounts) {
  char path[PATH_BYTES_MAX];
  path_format(path, "%s/root", all.directory);
  struct root_plan plan = {
      .directory = path,
      .endpoint_name = endpoint_name,
      .first_uid = all.first_uid,
      .uid_count = SANDBOXES_MAX,
  };
  for (int i = 0; i + 1 < mount_count && plan.mount_count < ROOT_MOUNTS_MAX; i += 2) {
    plan.mounts[plan.mount_count++] = (struct root_mount){mounts[i], mounts[i + 1]};
  }
  if (root_open(&all.root, &plan) < 0) return -1;
  path_format(path, "%s/storage", all.directory);
  if (storage_open(&all.storage, path) < 0) {
    fprintf(stderr, "hearth-launcher: /tmp has no limit: %s\n", failure());
  }
  return 0;
}

/* `options`: yes or no to the internet, the endpoint's port and name, paths of mounts in pairs. */
static int open_mode(int count, char **options) {
  if (!all.has_network) return 0;
  int number = take_number();
  if (number < 0) return -1;
  all.first_uid = UID_FIRST + (unsigned)number * SANDBOXES_MAX;
  all.network.number = (unsigned)number;
  all.network.endpoint_port = (unsigned)atoi(options[1]);
  if (network_open(&all.network, strcmp(options[0], "yes") == 0) < 0) return -1;
  if (open_cgroups((unsigned)number) < 0) return -1;
  return all.is_isolated ? open_root(options[2], count - 3, options + 3) : 0;
}

static void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * An OCI runtime remembers containers by the path of their groups, also those of a launcher that died, and
 * takes them away by it: no launcher names its groups as one of that number did before.
 */
static uint32_t serial_never_used(void) {
  return (uint32_t)milliseconds_now() & SERIAL_FIRST_MASK;
}

static void tell_hello(void) {
  const struct cgroups *groups = &all.cgroups;
  bool has_any = false;
  for (int i = 0; i < CGROUP_CONTROLLERS; i++) has_any |= cgroups_has(groups, i);
  channel_send("0|hello|%d|%s|%d|%d|%d|%d|%d|%d|%s|%s|%u", getpid(),
               !has_any        ? "none"
               : groups->is_v2 ? "v2"
                               : "v1",
               cgroups_has(groups, CGROUP_MEMORY), cgroups_has(groups, CGROUP_CPU),
               cgroups_has(groups, CGROUP_PIDS), cgroups_has(groups, CGROUP_FREEZER),
               all.storage.has_quota, all.network.has_internet, groups->own,
               groups->path, all.first_uid);
}

int main(int count, char **arguments) {
  if (count < 7) {
    fprintf(stderr, "usage: hearth-launcher namespaces|process|oci|oci-inside DIRECTORY POOL "
                    "yes|no PORT NAME [FROM TO]...\n");
    return 64;
  }
  /* Away from the terminal: Ctrl-C is the server's to answer, in its order. */
  setsid();
  close_from(CHANNEL_FRAMES_FD + 1);
  raise_descriptors();
  all.is_isolated = strcmp(arguments[1], "namespaces") == 0;
  all.has_network = strcmp(arguments[1], "process") != 0;
  all.is_kept = all.has_network;
  all.is_confined = all.is_isolated || !all.is_kept;
  /* The init, or the OCI runtime where it runs in the container's groups. */
  bool is_inside = strcmp(arguments[1], "oci-inside") == 0;
  if (!all.is_isolated && all.is_kept) all.serial_last = serial_never_used();
  all.own_processes = all.is_isolated || is_inside ? 1 : 0;
  all.pool_target = (unsigned)atoi(arguments[3]);
  snprintf(all.directory, sizeof all.directory, "%s", arguments[2]);
  all.epoll = epoll_create1(EPOLL_CLOEXEC);
  bool is_open = all.epoll >= 0 && directory_make(all.directory, 0700) == 0;
  is_open = is_open && open_mode(count - 4, arguments + 4) == 0;
  if (!is_open || open_signals() < 0 || watch(signals, SOURCE_SIGNALS) < 0 ||
      (claim >= 0 && watch(claim, SOURCE_CLAIM) < 0) ||
      watch(CHANNEL_FRAMES_FD, CHANNEL_FRAMES_FD) < 0 ||
      watch(CHANNEL_HANDLES_FD, CHANNEL_HANDLES_FD) < 0) {
    channel_send("0|refused|%s", failure());
    return 69;
  }
  tell_hello();
  run();
  zygotes_end(&all);
  sandboxes_end(&all);
  if (all.has_network) network_close(&all.network);
  if (all.is_kept) cgroups_sweep(&all.cgroups);
  return 0;
}
