#define _GNU_SOURCE
#include "cgroups.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* AWS throttles in slices of 20 ms; a longer period would make a small function stall for longer. */
#define CPU_PERIOD_MICROSECONDS 20000u
#define CPU_QUOTA_MICROSECONDS_MIN 1000u
#define MEMORY_BYTES_OF_A_CORE (1769ull << 20)
/* Which part of the memory sockets may have besides, where it is counted by itself, */
#define SOCKETS_PART 4
/* and of what the machine has for all connections of TCP's, beyond which none gets any more, the machine's own neither; */
#define MACHINES_SOCKETS_PART 8
/* but not less than what some connections at full speed take. */
#define SOCKETS_BYTES_LEAST (16ull << 20)

bool cgroups_has(const struct cgroups *cgroups, enum cgroup_controller controller) {
  return cgroups->base[controller][0] != '\0';
}

void cgroup_file(const struct cgroups *cgroups, enum cgroup_controller controller, uint32_t serial,
                 char *path, const char *file) {
  path_format(path, "%s/%u%s%s", cgroups->base[controller], serial, *file ? "/" : "", file);
}

/* Writes where the controller is there; without it the limit is not enforced, as doctor says. */
static int group_write(const struct cgroups *cgroups, enum cgroup_controller controller,
                       uint32_t serial, const char *file, const char *text) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, controller)) return 0;
  cgroup_file(cgroups, controller, serial, path, file);
  return file_write(path, text) < 0 ? fail("write %s to %s", text, path) : 0;
}

int cgroup_create(const struct cgroups *cgroups, uint32_t serial) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char path[PATH_BYTES_MAX];
    if (!cgroups_has(cgroups, controller)) continue;
    cgroup_file(cgroups, controller, serial, path, "");
    int result = mkdir(path, 0755);
    if (result < 0 && errno == ENOENT) {
      cgroups_restore(cgroups, controller);
      result = mkdir(path, 0755);
    }
    /* EEXIST: version 2, or two controllers mounted as one. */
    if (result < 0 && errno != EEXIST) return fail("mkdir %s", path);
  }
  return 0;
}

int cgroup_enter(const struct cgroups *cgroups, uint32_t serial) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (group_write(cgroups, controller, serial, "cgroup.procs", "0") < 0) return -1;
    if (cgroups->is_v2 && cgroups_has(cgroups, controller)) return 0;
  }
  return 0;
}

int cgroup_open_lists(const struct cgroups *cgroups, uint32_t serial, int *lists) {
  int count = 0;
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char path[PATH_BYTES_MAX];
    if (!cgroups_has(cgroups, controller)) continue;
    cgroup_file(cgroups, controller, serial, path, "cgroup.procs");
    lists[count] = open(path, O_WRONLY | O_CLOEXEC);
    if (lists[count] < 0) return fail("open %s", path);
    count++;
    if (cgroups->is_v2) break;
  }
  return count;
}

/* More of it is asked for while a sandbox boots. The period, which never changes, comes with the first. */
static int limit_quota(const struct cgroups *cgroups, uint32_t serial, unsigned cpu_milli, bool is_first) {
  char quota[64];
  char period[32];
  uint64_t microseconds = (uint64_t)cpu_milli * CPU_PERIOD_MICROSECONDS / 1000;
  if (microseconds < CPU_QUOTA_MICROSECONDS_MIN) microseconds = CPU_QUOTA_MICROSECONDS_MIN;
  snprintf(period, sizeof period, "%u", CPU_PERIOD_MICROSECONDS);
  if (cgroups->is_v2) {
    snprintf(quota, sizeof quota, "%llu %s", (unsigned long long)microseconds, period);
    return group_write(cgroups, CGROUP_CPU, serial, "cpu.max", quota);
  }
  if (is_first && group_write(cgroups, CGROUP_CPU, serial, "cpu.cfs_period_us", period) < 0) return -1;
  snprintf(quota, sizeof quota, "%llu", (unsigned long long)microseconds);
  return group_write(cgroups, CGROUP_CPU, serial, "cpu.cfs_quota_us", quota);
}

/* Always the memory's share: where the processors are short, those that boot may not outweigh those that run. */
static int limit_weight(const struct cgroups *cgroups, uint32_t serial, uint64_t memory_bytes) {
  char weight[32];
  uint64_t core = cgroups->is_v2 ? CPU_WEIGHT_OF_A_CORE : CPU_SHARES_OF_A_CORE;
  uint64_t share = memory_bytes * core / MEMORY_BYTES_OF_A_CORE;
  snprintf(weight, sizeof weight, "%llu", (unsigned long long)(share < 2 ? 2 : share));
  return group_write(cgroups, CGROUP_CPU, serial, cgroups->is_v2 ? "cpu.weight" : "cpu.shares", weight);
}

static uint64_t socket_bytes(uint64_t memory_bytes) {
  char text[128];
  unsigned long long pages = 0;
  uint64_t most = UINT64_MAX;
  if (file_read("/proc/sys/net/ipv4/tcp_mem", text, sizeof text) > 0 &&
      sscanf(text, "%*u %*u %llu", &pages) == 1) {
    most = pages * (uint64_t)sysconf(_SC_PAGESIZE) / MACHINES_SOCKETS_PART;
  }
  if (most < SOCKETS_BYTES_LEAST) most = SOCKETS_BYTES_LEAST;
  uint64_t own = memory_bytes / SOCKETS_PART;
  return own < most ? own : most;
}

static int limit_memory(const struct cgroups *cgroups, uint32_t serial, uint64_t bytes, bool is_first) {
  char text[32];
  snprintf(text, sizeof text, "%llu", (unsigned long long)bytes);
  const char *memory = cgroups->is_v2 ? "memory.max" : "memory.limit_in_bytes";
  if (group_write(cgroups, CGROUP_MEMORY, serial, memory, text) < 0) return -1;
  /*
   * A file that a kernel without swap lacks. Not the whole group is killed (memory.oom.group), as little as
   * under version 1: the init ends the others, and what is left of it can be given new ones.
   */
  const char *swap = cgroups->is_v2 ? "memory.swap.max" : "memory.swappiness";
  if (is_first) group_write(cgroups, CGROUP_MEMORY, serial, swap, "0");
  if (cgroups->is_v2) return 0;
  /* Version 1 counts what waits in TCP's and UDP's sockets by itself, and only where it has a limit. */
  snprintf(text, sizeof text, "%llu", (unsigned long long)socket_bytes(bytes));
  group_write(cgroups, CGROUP_MEMORY, serial, "memory.kmem.tcp.limit_in_bytes", text);
  return 0;
}

static int limit_pids(const struct cgroups *cgroups, uint32_t serial, unsigned pids) {
  char text[32];
  snprintf(text, sizeof text, "%u", pids);
  return group_write(cgroups, CGROUP_PIDS, serial, "pids.max", text);
}

int cgroup_limit(const struct cgroups *cgroups, uint32_t serial, struct cgroup_limits limits,
                 struct cgroup_limits *held) {
  struct cgroup_limits before = *held;
  bool has_new_memory = limits.memory_bytes != before.memory_bytes;
  /* What fails in between is written anew. */
  *held = (struct cgroup_limits){0};
  if (has_new_memory) {
    bool is_first = before.memory_bytes == 0;
    if (limit_memory(cgroups, serial, limits.memory_bytes, is_first) < 0) return -1;
    if (limit_weight(cgroups, serial, limits.memory_bytes) < 0) return -1;
  }
  if (limits.cpu_milli != before.cpu_milli &&
      limit_quota(cgroups, serial, limits.cpu_milli, before.cpu_milli == 0) < 0) {
    return -1;
  }
  if (limits.pids != before.pids && limit_pids(cgroups, serial, limits.pids) < 0) return -1;
  *held = limits;
  return 0;
}

int cgroup_freeze(const struct cgroups *cgroups, uint32_t serial, bool is_frozen) {
  char path[PATH_BYTES_MAX];
  char state[32] = "";
  if (!cgroups_has(cgroups, CGROUP_FREEZER)) return 1;
  if (cgroups->is_v2) {
    const char *order = is_frozen ? "1" : "0";
    if (group_write(cgroups, CGROUP_FREEZER, serial, "cgroup.freeze", order) < 0) return -1;
    if (!is_frozen) return 1;
    cgroup_file(cgroups, CGROUP_FREEZER, serial, path, "cgroup.events");
    return file_read_field(path, "frozen", 1) == 1;
  }
  const char *order = is_frozen ? "FROZEN" : "THAWED";
  if (group_write(cgroups, CGROUP_FREEZER, serial, "freezer.state", order) < 0) return -1;
  if (!is_frozen) return 1;
  cgroup_file(cgroups, CGROUP_FREEZER, serial, path, "freezer.state");
  file_read(path, state, sizeof state);
  return strncmp(state, "FROZEN", 6) == 0;
}

void cgroup_kill(const struct cgroups *cgroups, uint32_t serial) {
  if (cgroups->is_v2) group_write(cgroups, CGROUP_FREEZER, serial, "cgroup.kill", "1");
}

uint64_t cgroup_memory_peak(const struct cgroups *cgroups, uint32_t serial, uint64_t kills) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return 0;
  const char *file = cgroups->is_v2 ? "memory.peak" : "memory.max_usage_in_bytes";
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, file);
  uint64_t peak = file_read_number(path, 0);
  if (peak > 0 || !cgroups->is_v2) return peak;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, kills > 0 ? "memory.max" : "memory.current");
  return file_read_number(path, 0);
}

int cgroup_forget_peak(const struct cgroups *cgroups, uint32_t serial, int *reader) {
  char path[PATH_BYTES_MAX];
  close_fd(reader);
  if (!cgroups->is_v2) {
    return group_write(cgroups, CGROUP_MEMORY, serial, "memory.max_usage_in_bytes", "0");
  }
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return 0;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "memory.peak");
  *reader = open(path, O_RDWR | O_CLOEXEC);
  if (*reader >= 0 && write(*reader, "reset", 5) != 5) close_fd(reader);
  return 0;
}

uint64_t cgroup_memory_peak_by(int reader) {
  char text[32] = "";
  return pread(reader, text, sizeof text - 1, 0) <= 0 ? 0 : strtoull(text, NULL, 10);
}

bool cgroup_holds_only(const struct cgroups *cgroups, uint32_t serial, pid_t pid) {
  char path[PATH_BYTES_MAX];
  char text[65536];
  int controller = 0;
  while (controller < CGROUP_CONTROLLERS && !cgroups_has(cgroups, controller)) controller++;
  /* Without groups there is nobody to ask but the sandbox's first process. */
  if (controller == CGROUP_CONTROLLERS) return true;
  cgroup_file(cgroups, controller, serial, path, "cgroup.procs");
  /* An OCI runtime may have taken it away. */
  if (file_read(path, text, sizeof text) <= 0) return pid == 0;
  char *rest = NULL;
  bool holds_it = pid == 0;
  for (char *one = strtok_r(text, "\n", &rest); one != NULL; one = strtok_r(NULL, "\n", &rest)) {
    if (atoi(one) != pid) return false;
    holds_it = true;
  }
  return holds_it;
}

uint64_t cgroup_out_of_memory_kills(const struct cgroups *cgroups, uint32_t serial) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return 0;
  const char *file = cgroups->is_v2 ? "memory.events" : "memory.oom_control";
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, file);
  return file_read_field(path, "oom_kill", 0);
}

int cgroup_remove(const struct cgroups *cgroups, uint32_t serial) {
  int result = 0;
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char path[PATH_BYTES_MAX];
    if (!cgroups_has(cgroups, controller)) continue;
    cgroup_file(cgroups, controller, serial, path, "");
    if (rmdir(path) < 0 && errno != ENOENT) result = fail("rmdir %s", path);
  }
  return result;
}

void cgroup_remove_others(const struct cgroups *cgroups, uint32_t serial) {
  for (unsigned other = 0; other < cgroups->others_count; other++) {
    char path[PATH_BYTES_MAX];
    path_format(path, "%s/%u", cgroups->others[other], serial);
    rmdir(path);
  }
}
