#define _GNU_SOURCE
#include "cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* AWS throttles in slices of 20 ms; a longer period would make a small function stall for longer. */
#define CPU_PERIOD_MICROSECONDS 20000u
#define CPU_QUOTA_MICROSECONDS_MIN 1000u
#define CPU_SHARES_OF_A_CORE 1024u
#define CPU_WEIGHT_OF_A_CORE 100u
#define CPU_WEIGHT_MAX 10000u
#define MEMORY_BYTES_OF_A_CORE (1769ull << 20)

static const char *const controller_names[CGROUP_CONTROLLERS] = {"memory", "cpu", "pids",
                                                                 "freezer"};

bool cgroups_has(const struct cgroups *cgroups, enum cgroup_controller controller) {
  return cgroups->base[controller][0] != '\0';
}

static void group_file(const struct cgroups *cgroups, enum cgroup_controller controller,
                       uint32_t serial, char *path, const char *file) {
  path_format(path, "%s/%u%s%s", cgroups->base[controller], serial, *file ? "/" : "", file);
}

/* Writes where the controller is there; without it the limit is not enforced, as doctor says. */
static int group_write(const struct cgroups *cgroups, enum cgroup_controller controller,
                       uint32_t serial, const char *file, const char *text) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, controller)) return 0;
  group_file(cgroups, controller, serial, path, file);
  return file_write(path, text) < 0 ? fail("write %s to %s", text, path) : 0;
}

static bool options_have(const char *options, const char *name) {
  size_t length = strlen(name);
  for (const char *at = options; (at = strstr(at, name)) != NULL; at += length) {
    bool starts = at == options || at[-1] == ',';
    if (starts && (at[length] == ',' || at[length] == '\0')) return true;
  }
  return false;
}

/* All sandboxes together weigh as much as a process group on each processor would, not as one of them.
 * Where it cannot be set they weigh what a group weighs. */
static void weigh_all(const char *base, bool is_v2) {
  char path[PATH_BYTES_MAX];
  char text[32];
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  uint64_t processors = online < 1 ? 1 : (uint64_t)online;
  uint64_t weight = processors * (is_v2 ? CPU_WEIGHT_OF_A_CORE : CPU_SHARES_OF_A_CORE);
  if (is_v2 && weight > CPU_WEIGHT_MAX) weight = CPU_WEIGHT_MAX;
  path_format(path, "%s/%s", base, is_v2 ? "cpu.weight" : "cpu.shares");
  snprintf(text, sizeof text, "%llu", (unsigned long long)weight);
  file_write(path, text);
}

static void find_v1(struct cgroups *cgroups, const char *directory, const char *options,
                    const char *name) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (!options_have(options, controller_names[controller])) continue;
    char base[PATH_BYTES_MAX];
    path_format(base, "%s/%s", directory, name);
    if (mkdir(base, 0755) == 0 || errno == EEXIST) {
      path_format(cgroups->base[controller], "%s", base);
      if (controller == CGROUP_CPU) weigh_all(base, false);
    }
  }
}

/* Moves the processes of a group one down, because a group with children may hold none itself. */
static void v2_make_room(const char *group) {
  char path[PATH_BYTES_MAX];
  char leaf[PATH_BYTES_MAX];
  char text[65536];
  path_format(leaf, "%s/hearth-server", group);
  if (mkdir(leaf, 0755) < 0 && errno != EEXIST) return;
  path_format(leaf, "%s/hearth-server/cgroup.procs", group);
  path_format(path, "%s/cgroup.procs", group);
  if (file_read(path, text, sizeof text) <= 0) return;
  char *rest = NULL;
  for (char *pid = strtok_r(text, "\n", &rest); pid != NULL; pid = strtok_r(NULL, "\n", &rest)) {
    file_write(leaf, pid);
  }
}

static void v2_delegate(const char *group, const char *controllers) {
  static const char *const wanted[] = {"memory", "cpu", "pids"};
  char path[PATH_BYTES_MAX];
  path_format(path, "%s/cgroup.subtree_control", group);
  for (int i = 0; i < 3; i++) {
    char order[16];
    if (strstr(controllers, wanted[i]) == NULL) continue;
    snprintf(order, sizeof order, "+%s", wanted[i]);
    if (file_write(path, order) == 0 || errno != EBUSY) continue;
    v2_make_room(group);
    file_write(path, order);
  }
}

/* The launcher's own group, so that what systemd or a container delegated is all that is touched. */
static void find_v2(struct cgroups *cgroups, const char *directory, const char *own,
                    const char *name) {
  char group[PATH_BYTES_MAX];
  char base[PATH_BYTES_MAX];
  char text[4096];
  char enabled[256] = "";
  const char *inside = "";
  if (file_read(own, text, sizeof text) > 0) {
    char *line = strstr(text, "0::/");
    if (line != NULL) {
      inside = line + 3;
      *strchrnul(line, '\n') = '\0';
    }
  }
  size_t tail = strlen("/hearth-server");
  size_t length = strlen(inside);
  if (length >= tail && strcmp(inside + length - tail, "/hearth-server") == 0) length -= tail;
  path_format(group, "%s%.*s", directory, length == 1 ? 0 : (int)length, inside);
  path_format(base, "%s/cgroup.controllers", group);
  file_read(base, text, sizeof text);
  if (strstr(text, "memory") == NULL && strstr(text, "cpu") == NULL) return;
  v2_delegate(group, text);
  path_format(base, "%s/%s", group, name);
  if (mkdir(base, 0755) < 0 && errno != EEXIST) return;
  v2_delegate(base, text);
  path_format(text, "%s/cgroup.subtree_control", base);
  char path[PATH_BYTES_MAX];
  path_format(path, "%s", text);
  file_read(path, enabled, sizeof enabled);
  cgroups->is_v2 = true;
  for (int controller = 0; controller < CGROUP_FREEZER; controller++) {
    const char *here = strstr(enabled, controller_names[controller]);
    path_format(cgroups->base[controller], "%s", here != NULL ? base : "");
  }
  path_format(cgroups->base[CGROUP_FREEZER], "%s", base);
  if (cgroups_has(cgroups, CGROUP_CPU)) weigh_all(base, true);
}

int cgroups_open(struct cgroups *cgroups, const char *mounts, const char *own, const char *name) {
  memset(cgroups, 0, sizeof *cgroups);
  char v2_directory[PATH_BYTES_MAX] = "";
  FILE *table = fopen(mounts, "re");
  if (table == NULL) return fail("open %s", mounts);
  char line[4096];
  while (fgets(line, sizeof line, table) != NULL) {
    char directory[PATH_BYTES_MAX];
    char type[32];
    char options[1024];
    if (sscanf(line, "%*s %1023s %31s %1023s", directory, type, options) != 3) continue;
    if (strcmp(type, "cgroup") == 0) find_v1(cgroups, directory, options, name);
    if (strcmp(type, "cgroup2") == 0) path_format(v2_directory, "%s", directory);
  }
  fclose(table);
  /* A controller belongs to one version at a time: where version 1 has memory, 2 has not. */
  if (v2_directory[0] != '\0' && !cgroups_has(cgroups, CGROUP_MEMORY)) {
    find_v2(cgroups, v2_directory, own, name);
  }
  return 0;
}

/* Makes the group above all sandboxes once more: who tidies up sees an empty one while none runs. */
static void base_restore(const struct cgroups *cgroups, enum cgroup_controller controller) {
  const char *base = cgroups->base[controller];
  if (mkdir(base, 0755) < 0) return;
  if (cgroups->is_v2) v2_delegate(base, "memory cpu pids");
  if (controller == CGROUP_CPU || (cgroups->is_v2 && cgroups_has(cgroups, CGROUP_CPU))) {
    weigh_all(base, cgroups->is_v2);
  }
}

int cgroup_create(const struct cgroups *cgroups, uint32_t serial) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char path[PATH_BYTES_MAX];
    if (!cgroups_has(cgroups, controller)) continue;
    group_file(cgroups, controller, serial, path, "");
    int result = mkdir(path, 0755);
    if (result < 0 && errno == ENOENT) {
      base_restore(cgroups, controller);
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
    group_file(cgroups, controller, serial, path, "cgroup.procs");
    lists[count] = open(path, O_WRONLY | O_CLOEXEC);
    if (lists[count] < 0) return fail("open %s", path);
    count++;
    if (cgroups->is_v2) break;
  }
  return count;
}

/* The quota is what is asked for, more of it while a sandbox boots; the weight is always its memory's
 * share: where the processors are short, those that boot may not outweigh those that run. */
static int limit_cpu(const struct cgroups *cgroups, uint32_t serial, struct cgroup_limits limits) {
  char quota[64];
  char weight[32];
  uint64_t microseconds = (uint64_t)limits.cpu_milli * CPU_PERIOD_MICROSECONDS / 1000;
  if (microseconds < CPU_QUOTA_MICROSECONDS_MIN) microseconds = CPU_QUOTA_MICROSECONDS_MIN;
  uint64_t core = cgroups->is_v2 ? CPU_WEIGHT_OF_A_CORE : CPU_SHARES_OF_A_CORE;
  uint64_t share = limits.memory_bytes * core / MEMORY_BYTES_OF_A_CORE;
  snprintf(weight, sizeof weight, "%llu", (unsigned long long)(share < 2 ? 2 : share));
  if (cgroups->is_v2) {
    snprintf(quota, sizeof quota, "%llu %u", (unsigned long long)microseconds,
             CPU_PERIOD_MICROSECONDS);
    if (group_write(cgroups, CGROUP_CPU, serial, "cpu.max", quota) < 0) return -1;
    return group_write(cgroups, CGROUP_CPU, serial, "cpu.weight", weight);
  }
  char period[32];
  snprintf(period, sizeof period, "%u", CPU_PERIOD_MICROSECONDS);
  snprintf(quota, sizeof quota, "%llu", (unsigned long long)microseconds);
  if (group_write(cgroups, CGROUP_CPU, serial, "cpu.cfs_period_us", period) < 0) return -1;
  if (group_write(cgroups, CGROUP_CPU, serial, "cpu.cfs_quota_us", quota) < 0) return -1;
  return group_write(cgroups, CGROUP_CPU, serial, "cpu.shares", weight);
}

int cgroup_limit(const struct cgroups *cgroups, uint32_t serial, struct cgroup_limits limits) {
  char text[32];
  snprintf(text, sizeof text, "%llu", (unsigned long long)limits.memory_bytes);
  const char *memory = cgroups->is_v2 ? "memory.max" : "memory.limit_in_bytes";
  if (group_write(cgroups, CGROUP_MEMORY, serial, memory, text) < 0) return -1;
  if (cgroups->is_v2) {
    /*
     * A file that a kernel without swap lacks. Not the whole group is killed (memory.oom.group), as little as
     * under version 1: the init ends the others, and what is left of it can be given new ones.
     */
    group_write(cgroups, CGROUP_MEMORY, serial, "memory.swap.max", "0");
  } else {
    group_write(cgroups, CGROUP_MEMORY, serial, "memory.swappiness", "0");
  }
  if (limit_cpu(cgroups, serial, limits) < 0) return -1;
  snprintf(text, sizeof text, "%u", limits.pids);
  return group_write(cgroups, CGROUP_PIDS, serial, "pids.max", text);
}

int cgroup_freeze(const struct cgroups *cgroups, uint32_t serial, bool is_frozen) {
  char path[PATH_BYTES_MAX];
  char state[32] = "";
  if (!cgroups_has(cgroups, CGROUP_FREEZER)) return 1;
  if (cgroups->is_v2) {
    const char *order = is_frozen ? "1" : "0";
    if (group_write(cgroups, CGROUP_FREEZER, serial, "cgroup.freeze", order) < 0) return -1;
    if (!is_frozen) return 1;
    group_file(cgroups, CGROUP_FREEZER, serial, path, "cgroup.events");
    return file_read_field(path, "frozen", 1) == 1;
  }
  const char *order = is_frozen ? "FROZEN" : "THAWED";
  if (group_write(cgroups, CGROUP_FREEZER, serial, "freezer.state", order) < 0) return -1;
  if (!is_frozen) return 1;
  group_file(cgroups, CGROUP_FREEZER, serial, path, "freezer.state");
  file_read(path, state, sizeof state);
  return strncmp(state, "FROZEN", 6) == 0;
}

void cgroup_kill(const struct cgroups *cgroups, uint32_t serial) {
  if (cgroups->is_v2) group_write(cgroups, CGROUP_FREEZER, serial, "cgroup.kill", "1");
}

uint64_t cgroup_memory_peak(const struct cgroups *cgroups, uint32_t serial) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return 0;
  const char *file = cgroups->is_v2 ? "memory.peak" : "memory.max_usage_in_bytes";
  group_file(cgroups, CGROUP_MEMORY, serial, path, file);
  return file_read_number(path, 0);
}

int cgroup_forget_peak(const struct cgroups *cgroups, uint32_t serial, int *reader) {
  char path[PATH_BYTES_MAX];
  close_fd(reader);
  if (!cgroups->is_v2) {
    return group_write(cgroups, CGROUP_MEMORY, serial, "memory.max_usage_in_bytes", "0");
  }
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return 0;
  group_file(cgroups, CGROUP_MEMORY, serial, path, "memory.peak");
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
  group_file(cgroups, controller, serial, path, "cgroup.procs");
  if (file_read(path, text, sizeof text) <= 0) return false;
  char *rest = NULL;
  bool holds_it = false;
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
  group_file(cgroups, CGROUP_MEMORY, serial, path, file);
  return file_read_field(path, "oom_kill", 0);
}

int cgroup_remove(const struct cgroups *cgroups, uint32_t serial) {
  int result = 0;
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char path[PATH_BYTES_MAX];
    if (!cgroups_has(cgroups, controller)) continue;
    group_file(cgroups, controller, serial, path, "");
    if (rmdir(path) < 0 && errno != ENOENT) result = fail("rmdir %s", path);
  }
  return result;
}

static void kill_members(const char *procs) {
  char text[65536];
  if (file_read(procs, text, sizeof text) <= 0) return;
  char *rest = NULL;
  for (char *pid = strtok_r(text, "\n", &rest); pid != NULL; pid = strtok_r(NULL, "\n", &rest)) {
    if (atoi(pid) > 1) kill(atoi(pid), SIGKILL);
  }
}

static void sweep_children(const struct cgroups *cgroups, int controller) {
  DIR *stream = opendir(cgroups->base[controller]);
  if (stream == NULL) return;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    char path[PATH_BYTES_MAX];
    char *end = NULL;
    uint32_t serial = (uint32_t)strtoul(entry->d_name, &end, 10);
    if (entry->d_type != DT_DIR || *end != '\0' || end == entry->d_name) continue;
    group_file(cgroups, controller, serial, path, "cgroup.procs");
    kill_members(path);
    cgroup_freeze(cgroups, serial, false);
    group_file(cgroups, controller, serial, path, "");
    for (int attempt = 0; attempt < 100 && rmdir(path) < 0 && errno == EBUSY; attempt++) {
      usleep(2000);
    }
  }
  closedir(stream);
}

void cgroups_sweep(const struct cgroups *cgroups) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (!cgroups_has(cgroups, controller)) continue;
    sweep_children(cgroups, controller);
  }
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (cgroups_has(cgroups, controller)) rmdir(cgroups->base[controller]);
  }
}
