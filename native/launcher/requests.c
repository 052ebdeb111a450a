#define _GNU_SOURCE
#include "requests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "init.h"
#include "mounts.h"
#include "shared_memory.h"
#include "sys.h"
#include "zygotes.h"

#define PROCESSES_MAX 1024
#define MIB_SHIFT 20
/* How long an order to freeze is waited for before the server has to ask again. */
#define FREEZE_LOOKS_MAX 20
#define FREEZE_LOOK_MICROSECONDS 50

static void answer_ok(const char *id) { channel_send("%s|ok", id); }

static void answer_failure(const char *id) {
  char text[256];
  snprintf(text, sizeof text, "%s", failure());
  for (char *at = text; *at != '\0'; at++) {
    if (*at == '|') *at = '/';
  }
  channel_send("%s|error|%s", id, text);
}

/* A larger /tmp covers the first: nothing of the function's has run yet that could have used it. */
static int grow_tmp(struct sandboxes *all, struct sandbox *sandbox, unsigned mib) {
  if (!all->storage.has_quota || mib <= sandbox->tmp_mib) return 0;
  int tree = storage_create(&all->storage, mib, all->first_uid + sandbox->index);
  if (tree < 0) return -1;
  int namespace = sandbox_open_mounts(sandbox);
  int result = namespace < 0 ? -1 : mount_attach_in(tree, namespace, &all->root.home, "/tmp");
  if (result == 0) sandbox->tmp_mib = mib;
  close_fd(&namespace);
  close(tree);
  return result;
}

/* Fields: memory in bytes, thousandths of a core, MiB of /tmp, bits a second. */
static int apply_limits(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  struct sandbox_limits limits = {.group.pids = PROCESSES_MAX + all->own_processes};
  limits.group.memory_bytes = field_number(fields);
  limits.group.cpu_milli = (unsigned)field_number(fields);
  unsigned tmp_mib = (unsigned)field_number(fields);
  limits.bits_per_second = field_number(fields);
  if (sandbox_limit(all, sandbox, limits) < 0) return -1;
  return all->is_isolated ? grow_tmp(all, sandbox, tmp_mib) : 0;
}

static int attach(struct sandboxes *all, int namespace, const char *source, const char *target) {
  struct stat status;
  if (stat(source, &status) < 0) return fail("stat %s", source);
  if (strcmp(target, "/") == 0) return root_replace(&all->root, namespace, source);
  if (root_make_target(&all->root, target, S_ISDIR(status.st_mode)) < 0) return -1;
  int tree = mount_clone_read_only(source);
  if (tree < 0) return -1;
  int result = mount_attach_in(tree, namespace, &all->root.home, target);
  close(tree);
  return result;
}

/* Fields: the number of mounts, then source and target of each. */
static int apply_mounts(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  uint64_t count = field_number(fields);
  /* A plain process sees the host's paths; its driver has put them where it looks. */
  if (count == 0 || !all->is_isolated) return 0;
  int namespace = sandbox_open_mounts(sandbox);
  if (namespace < 0) return -1;
  int result = 0;
  for (uint64_t i = 0; i < count && result == 0; i++) {
    const char *source = field_text(fields);
    const char *target = field_text(fields);
    result = attach(all, namespace, source, target);
  }
  close(namespace);
  return result;
}

/* What is left of the fields is the process: directory, arguments, environment. */
static int order_start(const struct sandbox *sandbox, struct fields fields) {
  char order = ORDER_START;
  uint32_t length = (uint32_t)(fields.end - fields.next);
  struct iovec parts[] = {
      {&order, 1}, {&length, sizeof length}, {(void *)(uintptr_t)fields.next, length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
  ssize_t sent = sendmsg(sandbox->control, &message, MSG_NOSIGNAL);
  return sent < 0 ? fail("order the start") : 0;
}

static void give_up(struct sandboxes *all, struct sandbox *sandbox) {
  channel_send("0|gone|%u", sandbox->serial);
  sandbox->state = SANDBOX_ENDED;
  sandbox_release(all, sandbox);
}

static void launch_now(struct sandboxes *all, struct sandbox *sandbox, const char *id,
                       struct fields fields) {
  if (apply_limits(all, sandbox, &fields) == 0 && apply_mounts(all, sandbox, &fields) == 0) {
    all->usual_limits = sandbox->limits;
    /* A fork is answered when it is there. */
    if (sandbox->zygote != 0 && zygote_order_fork(all, sandbox, id) == 0) return;
    if (sandbox->zygote == 0 && order_start(sandbox, fields) == 0) {
      channel_send("%s|ok|%u", id, sandbox->serial);
      return;
    }
  }
  answer_failure(id);
  give_up(all, sandbox);
}

void request_end_fork(struct sandboxes *all, struct sandbox *sandbox, const char *why) {
  char *id = sandbox->pending;
  sandbox->pending = NULL;
  if (why == NULL) channel_send("%s|ok|%u", id, sandbox->serial);
  else channel_send("%s|error|%s", id, why);
  free(id);
  if (why != NULL) give_up(all, sandbox);
}

/* `zygote` 0: a program is started in it. */
static void launch(struct sandboxes *all, const char *id, struct fields fields, uint32_t zygote) {
  struct sandbox *sandbox = sandbox_take(all);
  if (sandbox == NULL) return answer_failure(id);
  all->starting = sandbox->serial;
  all->started_at = milliseconds_now();
  sandbox->zygote = zygote;
  if (sandbox->state == SANDBOX_RUNNING) return launch_now(all, sandbox, id, fields);
  size_t id_length = strlen(id) + 1;
  size_t rest = (size_t)(fields.end - fields.next);
  sandbox->pending_length = id_length + rest;
  sandbox->pending = malloc(sandbox->pending_length);
  if (sandbox->pending == NULL) abort();
  memcpy(sandbox->pending, id, id_length);
  memcpy(sandbox->pending + id_length, fields.next, rest);
}

void request_resume_launch(struct sandboxes *all, struct sandbox *sandbox) {
  char *pending = sandbox->pending;
  sandbox->pending = NULL;
  struct fields fields = {pending, pending + sandbox->pending_length};
  const char *id = field_text(&fields);
  launch_now(all, sandbox, id, fields);
  free(pending);
}

void request_fail_launch(struct sandbox *sandbox, const char *why) {
  channel_send("%s|error|%s", sandbox->pending, why);
}

static int bind_late(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  sandbox_has_started(all, sandbox);
  if (apply_limits(all, sandbox, fields) < 0) return -1;
  return apply_mounts(all, sandbox, fields);
}

static int start_another(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)all;
  return order_start(sandbox, *fields);
}

static int order(const struct sandbox *sandbox, char order) {
  ssize_t sent = send(sandbox->control, &order, 1, MSG_NOSIGNAL);
  return sent < 0 && errno != EPIPE ? fail("order '%c'", order) : 0;
}

static int freeze(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)fields;
  if (!all->is_kept) return order(sandbox, ORDER_STOP);
  /* Once, while all others wait; from then on whoever asks again finds it as it is. */
  int looks = sandbox->is_freezing ? 1 : FREEZE_LOOKS_MAX;
  sandbox->is_freezing = true;
  for (int look = 0; look < looks; look++) {
    if (look > 0) usleep(FREEZE_LOOK_MICROSECONDS);
    int frozen = cgroup_freeze(&all->cgroups, sandbox->serial, true);
    if (frozen == 0) continue;
    sandbox->is_freezing = false;
    return frozen < 0 ? -1 : 0;
  }
  errno = EAGAIN;
  return fail("freeze sandbox %u", sandbox->serial);
}

static int thaw(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)fields;
  sandbox->is_freezing = false;
  if (!all->is_kept) return order(sandbox, ORDER_CONTINUE);
  return cgroup_freeze(&all->cgroups, sandbox->serial, false) < 0 ? -1 : 0;
}

static int terminate(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)all;
  (void)fields;
  return order(sandbox, ORDER_TERMINATE);
}

/* Its processes end; what is left is told when they have. */
static int reset(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)fields;
  errno = ENOTSUP;
  if (!all->is_kept) return fail("reset a process");
  sandbox->peak_before_end = sandbox_memory_peak(all, sandbox);
  if (cgroup_freeze(&all->cgroups, sandbox->serial, false) < 0) return -1;
  sandbox->is_ending = true;
  return order(sandbox, ORDER_RESET);
}

static int kill_all(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields) {
  (void)fields;
  sandbox_kill(all, sandbox);
  return 0;
}

typedef int verb_function(struct sandboxes *all, struct sandbox *sandbox, struct fields *fields);

static const struct {
  const char *name;
  verb_function *function;
  /* False for what may still be asked when every process is gone. */
  bool needs_life;
} verbs[] = {
    {"bind", bind_late, true},      {"start", start_another, true}, {"freeze", freeze, true},
    {"thaw", thaw, true},           {"terminate", terminate, true}, {"kill", kill_all, false},
    {"reset", reset, true},
};

static void handle_verb(struct sandboxes *all, const char *id, const char *verb,
                        struct fields fields) {
  struct sandbox *sandbox = sandbox_find(all, (uint32_t)field_number(&fields));
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    if (strcmp(verb, verbs[i].name) != 0) continue;
    bool is_alive = sandbox != NULL && sandbox->state == SANDBOX_RUNNING && !sandbox->is_ending;
    /* The sandbox may end while a request about it is on its way: no failure of anybody. */
    if (sandbox == NULL || (verbs[i].needs_life && !is_alive)) {
      channel_send("%s|gone", id);
    } else if (verbs[i].function(all, sandbox, &fields) == 0) {
      answer_ok(id);
    } else {
      answer_failure(id);
    }
    return;
  }
  errno = EINVAL;
  fail("%s", verb);
  answer_failure(id);
}

/* Fields: serial, a zygote's number or 0, limits; without a zygote the process. As a launch, in one that is empty. */
static void restart(struct sandboxes *all, const char *id, struct fields fields) {
  struct sandbox *sandbox = sandbox_find(all, (uint32_t)field_number(&fields));
  if (sandbox == NULL || sandbox->state != SANDBOX_EMPTY) {
    channel_send("%s|gone", id);
    return;
  }
  sandbox->zygote = (uint32_t)field_number(&fields);
  if (sandbox_renew(all, sandbox) < 0 || apply_limits(all, sandbox, &fields) < 0) {
    return answer_failure(id);
  }
  sandbox->state = SANDBOX_RUNNING;
  if (sandbox->zygote != 0 && zygote_order_fork(all, sandbox, id) == 0) return;
  if (sandbox->zygote == 0 && order_start(sandbox, fields) == 0) {
    channel_send("%s|ok|%u", id, sandbox->serial);
    return;
  }
  sandbox->state = SANDBOX_EMPTY;
  answer_failure(id);
}

static void release(struct sandboxes *all, const char *id, struct fields fields) {
  struct sandbox *sandbox = sandbox_find(all, (uint32_t)field_number(&fields));
  if (sandbox == NULL || sandbox->releasing != NULL) {
    channel_send("%s|gone", id);
    return;
  }
  sandbox->releasing = strdup(id);
  if (sandbox->releasing == NULL) abort();
  sandbox_release(all, sandbox);
}

static void connect_inside(struct sandboxes *all, const char *id, struct fields fields) {
  struct sandbox *sandbox = sandbox_find(all, (uint32_t)field_number(&fields));
  unsigned port = (unsigned)field_number(&fields);
  if (sandbox == NULL || sandbox->state != SANDBOX_RUNNING || !all->has_network) {
    channel_send("%s|gone", id);
    return;
  }
  int connection = network_connect_inside(&all->network, sandbox->init, port,
                                          &sandbox->is_silent);
  if (connection < 0 || channel_send_connection(connection, id) < 0) answer_failure(id);
  else answer_ok(id);
  close_fd(&connection);
}

static void tell_peak(struct sandboxes *all, const char *id, struct fields fields) {
  uint32_t serial = (uint32_t)field_number(&fields);
  struct sandbox *sandbox = sandbox_find(all, serial);
  unsigned long long peak = sandbox == NULL ? 0
                            : all->is_kept  ? sandbox_memory_peak(all, sandbox)
                                            : process_tree_peak(sandbox->init);
  channel_send("%s|ok|%llu", id, peak);
}

static void start_zygote(struct sandboxes *all, const char *id, struct fields fields) {
  if (!all->is_isolated) errno = ENOTSUP;
  bool is_begun = all->is_isolated ? zygote_start(all, id, fields) == 0 : fail("a zygote") == 0;
  if (!is_begun) answer_failure(id);
}

static void retire_zygote(struct sandboxes *all, const char *id, struct fields fields) {
  zygote_retire(all, (uint32_t)field_number(&fields));
  answer_ok(id);
}

void request_handle(void *context, struct fields fields) {
  struct sandboxes *all = context;
  const char *id = field_text(&fields);
  const char *verb = field_text(&fields);
  if (strcmp(verb, "launch") == 0) return launch(all, id, fields, 0);
  if (strcmp(verb, "fork") == 0) {
    uint32_t zygote = (uint32_t)field_number(&fields);
    return launch(all, id, fields, zygote);
  }
  if (strcmp(verb, "zygote") == 0) return start_zygote(all, id, fields);
  if (strcmp(verb, "retire") == 0) return retire_zygote(all, id, fields);
  if (strcmp(verb, "release") == 0) return release(all, id, fields);
  if (strcmp(verb, "restart") == 0) return restart(all, id, fields);
  if (strcmp(verb, "connect") == 0) return connect_inside(all, id, fields);
  if (strcmp(verb, "peak") == 0) return tell_peak(all, id, fields);
  handle_verb(all, id, verb, fields);
}
