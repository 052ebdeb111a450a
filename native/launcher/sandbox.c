#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ends.h"
#include "init.h"
#include "requests.h"
#include "runtime_name.h"
#include "shared_memory.h"
#include "sys.h"

/* What a child needs of the pipes and sockets that its parent made for it. */
struct birth {
  int control;
  int output;
  int errors;
};

static struct sandbox *find_free(struct sandboxes *all) {
  for (uint32_t step = 0; step < SANDBOXES_MAX; step++) {
    /* Round and round, so that a user id and an address rest before they are used again. */
    uint32_t index = (all->index_next + step) % SANDBOXES_MAX;
    if (all->table[index].state != SANDBOX_FREE) continue;
    all->index_next = index + 1;
    all->table[index] = (struct sandbox){
        .serial = ++all->serial_last,
        .index = index,
        .control = -1,
        .output = -1,
        .errors = -1,
        .tmp_mib = STORAGE_MIB_MIN,
        .routes = -1,
        .runtime_api = -1,
        .peak_reader = -1,
    };
    return &all->table[index];
  }
  errno = EAGAIN;
  fail("all %u places are taken", SANDBOXES_MAX);
  return NULL;
}

static void directory_of(const struct sandboxes *all, const struct sandbox *sandbox, char *path) {
  path_format(path, "%s/tmp-%u", all->directory, sandbox->serial);
}

/* A pipe whose both ends belong to the sandbox's user, or /dev/stdout could not be opened inside. */
static int open_output(const struct sandboxes *all, const struct sandbox *sandbox, int *read_end,
                       int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return fail("open a pipe");
  *read_end = ends[0];
  *write_end = ends[1];
  uid_t uid = all->first_uid + sandbox->index;
  if (all->is_isolated && fchown(ends[1], uid, uid) < 0) return fail("give a pipe away");
  return 0;
}

static int open_descriptors(struct sandboxes *all, struct sandbox *sandbox, struct birth *birth) {
  int control[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0) return fail("socketpair");
  sandbox->control = control[0];
  birth->control = control[1];
  if (open_output(all, sandbox, &sandbox->output, &birth->output) < 0) return -1;
  if (open_output(all, sandbox, &sandbox->errors, &birth->errors) < 0) return -1;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = SANDBOX_EVENT_FIRST + sandbox->index};
  if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, sandbox->control, &event) < 0) return fail("epoll");
  if (!all->is_isolated) return 0;
  if (all->storage.has_quota) return 0;
  char path[PATH_BYTES_MAX];
  uid_t uid = all->first_uid + sandbox->index;
  directory_of(all, sandbox, path);
  if (directory_make(path, 0700) < 0) return -1;
  return chown(path, uid, uid) < 0 ? fail("chown %s", path) : 0;
}

static pid_t give_birth(struct sandboxes *all, const struct sandbox *sandbox,
                        const struct birth *birth) {
  char path[PATH_BYTES_MAX];
  directory_of(all, sandbox, path);
  struct init_plan plan = {
      .is_isolated = all->is_isolated,
      .is_confined = all->is_confined,
      .is_kept = all->is_kept,
      .serial = sandbox->serial,
      .uid = all->first_uid + sandbox->index,
      .cgroups = &all->cgroups,
      .root = &all->root,
      .storage = &all->storage,
      .directory = path,
      .control = birth->control,
      .output = birth->output,
      .errors = birth->errors,
  };
  long namespaces = all->is_isolated ? CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS : 0;
  /* The bare call: a fork that makes the namespaces on the way. */
  pid_t pid = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) init_run(&plan);
  return pid < 0 ? fail("clone") : pid;
}

/* Births it in a network of its own and hands the two listening sockets to the server. */
static int birth_in_network(struct sandboxes *all, struct sandbox *sandbox,
                            const struct birth *birth) {
  struct sandbox_network made;
  int result = network_enter(&all->network, sandbox->index, sandbox->serial, &made);
  if (result == 0) sandbox->init = give_birth(all, sandbox, birth);
  network_leave(&all->network);
  if (result == 0) result = sandbox->init < 0 ? -1 : 0;
  if (result == 0) result = network_connect(&all->network, sandbox->index, sandbox->serial);
  if (result == 0) {
    channel_send_listener(made.runtime_api, sandbox->serial, RUNTIME_API_PORT);
    channel_send_listener(made.endpoint, sandbox->serial, all->network.endpoint_port);
  }
  sandbox->routes = made.routes;
  sandbox->runtime_api = made.runtime_api_by_name;
  if (result == 0) result = runtime_name_watch(all->epoll, sandbox);
  close_fd(&made.runtime_api);
  close_fd(&made.endpoint);
  return result;
}

/* Only a machine without loop devices has it, where a function may have left any number of files: nobody waits. */
static void remove_directory(const char *path) {
  pid_t pid = fork();
  if (pid > 0) return;
  if (pid == 0) close_from(STDERR_FILENO + 1);
  tree_remove(path);
  if (pid == 0) _exit(0);
}

static void free_sandbox(struct sandboxes *all, struct sandbox *sandbox) {
  char path[PATH_BYTES_MAX];
  if (sandbox->control >= 0) epoll_ctl(all->epoll, EPOLL_CTL_DEL, sandbox->control, NULL);
  close_fd(&sandbox->control);
  close_fd(&sandbox->output);
  close_fd(&sandbox->errors);
  close_fd(&sandbox->routes);
  close_fd(&sandbox->runtime_api);
  close_fd(&sandbox->peak_reader);
  free(sandbox->pending);
  sandbox->pending = NULL;
  if (all->is_kept) cgroup_remove(&all->cgroups, sandbox->serial);
  if (all->is_kept && !all->is_isolated) cgroup_remove_others(&all->cgroups, sandbox->serial);
  if (all->is_isolated) {
    directory_of(all, sandbox, path);
    if (!all->storage.has_quota) remove_directory(path);
  }
  sandbox->state = SANDBOX_FREE;
  if (sandbox->releasing == NULL) return;
  channel_send("%s|ok", sandbox->releasing);
  free(sandbox->releasing);
  sandbox->releasing = NULL;
}

int sandbox_limit(struct sandboxes *all, struct sandbox *sandbox, struct sandbox_limits limits) {
  struct sandbox_limits *held = &sandbox->limits;
  /* An OCI runtime has its own way with the groups. */
  if (!all->is_isolated) *held = (struct sandbox_limits){0};
  uint32_t serial = sandbox->serial;
  if (all->is_kept && cgroup_limit(&all->cgroups, serial, limits.group, &held->group) < 0) return -1;
  if (!all->has_network || limits.bits_per_second == held->bits_per_second) return 0;
  struct sandbox_network made = {.routes = sandbox->routes};
  if (network_limit(&all->network, &made, serial, limits.bits_per_second) < 0) return -1;
  held->bits_per_second = limits.bits_per_second;
  return 0;
}

struct sandbox *sandbox_build(struct sandboxes *all) {
  struct sandbox *sandbox = find_free(all);
  struct birth birth = {-1, -1, -1};
  if (sandbox == NULL) return NULL;
  int result = open_descriptors(all, sandbox, &birth);
  if (result == 0 && all->is_kept) result = cgroup_create(&all->cgroups, sandbox->serial);
  if (result == 0 && all->has_network) {
    result = birth_in_network(all, sandbox, &birth);
  } else if (result == 0) {
    sandbox->init = give_birth(all, sandbox, &birth);
    result = sandbox->init < 0 ? -1 : 0;
  }
  close_fd(&birth.control);
  close_fd(&birth.output);
  close_fd(&birth.errors);
  if (result == 0 && all->is_isolated && all->usual_limits.group.memory_bytes != 0) {
    result = sandbox_limit(all, sandbox, all->usual_limits);
  }
  sandbox->state = SANDBOX_BUILDING;
  all->building_count++;
  if (result == 0) {
    channel_send("0|prepared|%u|%d|%d", sandbox->serial, sandbox->output, sandbox->errors);
    return sandbox;
  }
  all->building_count--;
  if (sandbox->init > 0) {
    sandbox->state = SANDBOX_ENDED;
    sandbox->is_released = true;
    kill(sandbox->init, SIGKILL);
  } else {
    free_sandbox(all, sandbox);
  }
  return NULL;
}

struct sandbox *sandbox_find(struct sandboxes *all, uint32_t serial) {
  for (uint32_t i = 0; i < SANDBOXES_MAX; i++) {
    struct sandbox *sandbox = &all->table[i];
    if (sandbox->serial == serial && sandbox->state != SANDBOX_FREE) return sandbox;
  }
  return NULL;
}

struct sandbox *sandbox_take(struct sandboxes *all) {
  struct sandbox *building = NULL;
  for (uint32_t i = 0; i < SANDBOXES_MAX && all->ready_count + all->building_count > 0; i++) {
    struct sandbox *sandbox = &all->table[i];
    if (sandbox->state == SANDBOX_READY) {
      all->ready_count--;
      sandbox->state = SANDBOX_RUNNING;
      return sandbox;
    }
    if (sandbox->state == SANDBOX_BUILDING && sandbox->pending == NULL) building = sandbox;
  }
  return building != NULL ? building : sandbox_build(all);
}

int sandbox_renew(struct sandboxes *all, struct sandbox *sandbox) {
  if (all->is_isolated && shared_memory_renew(sandbox, &all->root.home) < 0) return -1;
  /* An OCI runtime takes the groups of a container away with it. */
  if (!all->is_isolated && cgroup_create(&all->cgroups, sandbox->serial) < 0) return -1;
  /* A standstill that was asked for as its processes ended would hold up the new ones. */
  if (cgroup_freeze(&all->cgroups, sandbox->serial, false) < 0) return -1;
  sandbox->kills_before = cgroup_out_of_memory_kills(&all->cgroups, sandbox->serial);
  runtime_name_renew(sandbox);
  sandbox->has_first_status = false;
  sandbox->is_ending = false;
  sandbox->start_error = 0;
  sandbox->is_freezing = false;
  sandbox->is_silent = false;
  memory_begin(&all->cgroups, sandbox->serial, &sandbox->memory);
  sandbox->peak_before_end = 0;
  return cgroup_forget_peak(&all->cgroups, sandbox->serial, &sandbox->peak_reader);
}

static void end_build(struct sandboxes *all, struct sandbox *sandbox, const char *why) {
  all->building_count--;
  if (sandbox->pending != NULL) {
    request_fail_launch(sandbox, why);
  } else if (!sandbox->is_released) {
    fprintf(stderr, "hearth-launcher: a sandbox could not be built: %s\n", why);
  }
  channel_send("0|gone|%u", sandbox->serial);
  sandbox->state = SANDBOX_ENDED;
  sandbox->is_released = true;
}

void sandbox_listen(struct sandboxes *all, struct sandbox *sandbox) {
  struct init_report report;
  runtime_name_accept(sandbox);
  ssize_t count = recv(sandbox->control, &report, sizeof report, MSG_DONTWAIT);
  if (count != (ssize_t)sizeof report) {
    if (count < 0 && errno == EAGAIN) return;
    /* The end of it is heard by its reaping. */
    epoll_ctl(all->epoll, EPOLL_CTL_DEL, sandbox->control, NULL);
    return;
  }
  report.text[sizeof report.text - 1] = '\0';
  if (report.kind == REPORT_FAILED && sandbox->state == SANDBOX_BUILDING) {
    end_build(all, sandbox, report.text);
  } else if (report.kind == REPORT_READY && sandbox->state == SANDBOX_BUILDING) {
    all->building_count--;
    if (sandbox->pending == NULL) {
      all->ready_count++;
      sandbox->state = SANDBOX_READY;
      return;
    }
    sandbox->state = SANDBOX_RUNNING;
    request_resume_launch(all, sandbox);
  } else if (report.kind == REPORT_NOT_STARTED) {
    sandbox->start_error = report.value;
  } else if (report.kind == REPORT_EXITED) {
    sandbox->has_first_status = true;
    sandbox->first_status = report.value;
    if (all->is_kept && sandbox->state == SANDBOX_RUNNING) sandbox_become_empty(all, sandbox);
  }
}

void sandbox_reaped(struct sandboxes *all, pid_t init, int status) {
  struct sandbox *sandbox = NULL;
  if (sandbox_end_cleaning(all, init, status)) return;
  for (uint32_t i = 0; i < SANDBOXES_MAX && sandbox == NULL; i++) {
    struct sandbox *candidate = &all->table[i];
    if (candidate->state != SANDBOX_FREE && candidate->init == init) sandbox = candidate;
  }
  if (sandbox == NULL) return;
  sandbox->init = 0;
  sandbox_has_started(all, sandbox);
  /* What it told last is still in the socket. */
  while (sandbox->state != SANDBOX_ENDED && sandbox->control >= 0) {
    char byte;
    if (recv(sandbox->control, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) break;
    sandbox_listen(all, sandbox);
  }
  /* A launch that waited for it was tried, and given up. */
  if (sandbox->state == SANDBOX_FREE) return;
  if (sandbox->state == SANDBOX_BUILDING) end_build(all, sandbox, "its first process died");
  if (sandbox->state == SANDBOX_READY) {
    all->ready_count--;
    channel_send("0|gone|%u", sandbox->serial);
    sandbox->is_released = true;
  }
  if (sandbox->state == SANDBOX_RUNNING && sandbox->pending != NULL) {
    /* It died before its zygote's fork was there. */
    request_fail_launch(sandbox, "its first process died");
    channel_send("0|gone|%u", sandbox->serial);
    sandbox->is_released = true;
  } else if (sandbox->state == SANDBOX_RUNNING) {
    sandbox_tell_end(all, sandbox, sandbox->has_first_status ? sandbox->first_status : status);
  }
  sandbox->state = SANDBOX_ENDED;
  if (sandbox->is_released) free_sandbox(all, sandbox);
}

void sandbox_has_started(struct sandboxes *all, const struct sandbox *sandbox) {
  if (all->starting == sandbox->serial) all->starting = 0;
}

void sandbox_kill(struct sandboxes *all, struct sandbox *sandbox) {
  if (sandbox->init <= 0) return;
  sandbox->is_ending = true;
  if (!all->is_isolated) {
    /* Its descendants would outlive it: the end of control lets it take them along first. */
    shutdown(sandbox->control, SHUT_WR);
    if (all->is_kept) cgroup_freeze(&all->cgroups, sandbox->serial, false);
    return;
  }
  /* The end of the first process of a namespace is the end of all. */
  kill(sandbox->init, SIGKILL);
  cgroup_kill(&all->cgroups, sandbox->serial);
  /* Version 1 lets the frozen not even die. */
  cgroup_freeze(&all->cgroups, sandbox->serial, false);
}

void sandbox_release(struct sandboxes *all, struct sandbox *sandbox) {
  sandbox->is_released = true;
  if (sandbox->state == SANDBOX_ENDED && sandbox->init <= 0) {
    free_sandbox(all, sandbox);
    return;
  }
  sandbox_kill(all, sandbox);
}

void sandboxes_end(struct sandboxes *all) {
  bool is_empty = false;
  for (uint32_t i = 0; i < SANDBOXES_MAX; i++) {
    struct sandbox *sandbox = &all->table[i];
    if (sandbox->state == SANDBOX_FREE) continue;
    sandbox_release(all, sandbox);
  }
  while (!is_empty) {
    int status = 0;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid > 0) sandbox_reaped(all, pid, status);
    is_empty = pid < 0 && errno == ECHILD;
  }
}
