/* Where control groups are: found, handed down to sandboxes, swept. What one sandbox's does: cgroups.c. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "cgroups.h"

#define CPU_WEIGHT_MAX 10000u
/* Where the processes of the own group go, because one with children may hold none itself. */
#define SERVER_LEAF "/hearth-server"
#define ROOM_LOOKS_MAX 10
/* Of the processes that the machine can have, what all sandboxes together leave to others: one in so many. */
#define PROCESSES_LEFT_PART 4
/* How long a swept group may hold processes that are killed and have not ended: five seconds. */
#define REMOVE_LOOKS_MAX 2500
#define REMOVE_LOOK_MICROSECONDS 2000

static const char *const controller_names[CGROUP_CONTROLLERS] = {"memory", "cpu", "pids",
                                                                 "freezer"};

/* Whether a list, of a mount's options or of controllers, names this one: not cpu where it has cpuset. */
static bool list_has(const char *list, const char *name) {
  static const char ends[] = ", \n";
  size_t length = strlen(name);
  for (const char *at = list; (at = strstr(at, name)) != NULL; at += length) {
    bool starts = at == list || strchr(ends, at[-1]) != NULL;
    /* The end of the text is found in `ends`, too. */
    if (starts && strchr(ends, at[length]) != NULL) return true;
  }
  return false;
}

static bool file_names(const char *directory, const char *file, const char *controller) {
  char path[PATH_BYTES_MAX];
  char text[4096];
  path_format(path, "%s/%s", directory, file);
  return file_read(path, text, sizeof text) > 0 && list_has(text, controller);
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

/* As many sandboxes as the machine holds could have more processes than there are numbers for. */
static void leave_processes(const char *base) {
  char path[PATH_BYTES_MAX];
  char text[32];
  uint64_t numbers = file_read_number("/proc/sys/kernel/pid_max", 0);
  uint64_t threads = file_read_number("/proc/sys/kernel/threads-max", numbers);
  uint64_t most = threads < numbers ? threads : numbers;
  if (most == 0) return;
  path_format(path, "%s/pids.max", base);
  snprintf(text, sizeof text, "%llu", (unsigned long long)(most - most / PROCESSES_LEFT_PART));
  file_write(path, text);
}

/* What all sandboxes together may have of a controller. */
static void limit_all(const char *base, bool is_v2, enum cgroup_controller controller) {
  if (controller == CGROUP_CPU) weigh_all(base, is_v2);
  if (controller == CGROUP_PIDS) leave_processes(base);
}

/* False where the hierarchy limits nothing here. */
static bool find_v1(struct cgroups *cgroups, const char *directory, const char *options,
                    const char *name) {
  bool is_found = false;
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (!list_has(options, controller_names[controller])) continue;
    char base[PATH_BYTES_MAX];
    path_format(base, "%s/%s", directory, name);
    if (mkdir(base, 0755) == 0 || errno == EEXIST) {
      path_format(cgroups->base[controller], "%s", base);
      limit_all(base, false, controller);
      is_found = true;
    }
  }
  return is_found;
}

static void note_other(struct cgroups *cgroups, const char *directory, const char *name) {
  if (cgroups->others_count == CGROUP_OTHERS_MAX) return;
  path_format(cgroups->others[cgroups->others_count++], "%s/%s", directory, name);
}

/* Moves the processes of a group one down. */
static void v2_make_room(const char *group) {
  char path[PATH_BYTES_MAX];
  char leaf[PATH_BYTES_MAX];
  char text[65536];
  path_format(leaf, "%s" SERVER_LEAF, group);
  if (mkdir(leaf, 0755) < 0 && errno != EEXIST) return;
  path_format(leaf, "%s" SERVER_LEAF "/cgroup.procs", group);
  path_format(path, "%s/cgroup.procs", group);
  if (file_read(path, text, sizeof text) <= 0) return;
  char *rest = NULL;
  for (char *pid = strtok_r(text, "\n", &rest); pid != NULL; pid = strtok_r(NULL, "\n", &rest)) {
    file_write(leaf, pid);
  }
}

/* Hands what a group has of the controllers down to its children. */
static void v2_hand_down(const char *group) {
  char path[PATH_BYTES_MAX];
  path_format(path, "%s/cgroup.subtree_control", group);
  for (int controller = 0; controller < CGROUP_FREEZER; controller++) {
    char order[16];
    if (!file_names(group, "cgroup.controllers", controller_names[controller])) continue;
    snprintf(order, sizeof order, "+%s", controller_names[controller]);
    /* Somebody may have been born there as the others moved. */
    for (int look = 0; look < ROOM_LOOKS_MAX; look++) {
      if (file_write(path, order) == 0 || errno != EBUSY) break;
      v2_make_room(group);
    }
  }
}

static bool v2_has_any(const char *group) {
  for (int controller = 0; controller < CGROUP_FREEZER; controller++) {
    if (file_names(group, "cgroup.controllers", controller_names[controller])) return true;
  }
  return false;
}

/*
 * The launcher's own group, so that what systemd or a container delegated is all that is touched; the one
 * above where its processes were put into a leaf: by a launcher before, or by systemd's DelegateSubgroup=.
 */
static void v2_find_own(const char *directory, const char *own, char *group) {
  char text[4096];
  char *inside = NULL;
  if (file_read(own, text, sizeof text) > 0) inside = strstr(text, "0::/");
  if (inside == NULL) {
    path_format(group, "%s", directory);
    return;
  }
  inside += strlen("0::");
  *strchrnul(inside, '\n') = '\0';
  path_format(group, "%s%s", directory, strcmp(inside, "/") == 0 ? "" : inside);
  char *leaf = strrchr(group, '/');
  if (strlen(group) <= strlen(directory)) return;
  bool is_ours = strcmp(leaf, SERVER_LEAF) == 0;
  if (!is_ours && v2_has_any(group)) return;
  *leaf = '\0';
  char mark = '0';
  bool is_delegated = getxattr(group, "user.delegate", &mark, 1) == 1 && mark == '1';
  if (!is_ours && !is_delegated) *leaf = '/';
}

static void find_v2(struct cgroups *cgroups, const char *directory, const char *own,
                    const char *name) {
  char base[PATH_BYTES_MAX];
  char *group = cgroups->own;
  v2_find_own(directory, own, group);
  if (!v2_has_any(group)) return;
  v2_hand_down(group);
  path_format(base, "%s/%s", group, name);
  if (mkdir(base, 0755) < 0 && errno != EEXIST) return;
  /* Below a group of threads ("domain invalid") none can hold processes. */
  if (file_names(base, "cgroup.type", "invalid")) {
    rmdir(base);
    return;
  }
  v2_hand_down(base);
  cgroups->is_v2 = true;
  path_format(cgroups->path, "%s", base + strlen(directory));
  for (int controller = 0; controller < CGROUP_FREEZER; controller++) {
    bool is_here = file_names(base, "cgroup.subtree_control", controller_names[controller]);
    path_format(cgroups->base[controller], "%s", is_here ? base : "");
    if (is_here) limit_all(base, true, controller);
  }
  char freeze[PATH_BYTES_MAX];
  path_format(freeze, "%s/cgroup.freeze", base);
  /* Since Linux 5.2. */
  path_format(cgroups->base[CGROUP_FREEZER], "%s", access(freeze, F_OK) == 0 ? base : "");
}

int cgroups_open(struct cgroups *cgroups, const char *mounts, const char *own, const char *name) {
  memset(cgroups, 0, sizeof *cgroups);
  path_format(cgroups->path, "/%s", name);
  char v2_directory[PATH_BYTES_MAX] = "";
  FILE *table = fopen(mounts, "re");
  if (table == NULL) return fail("open %s", mounts);
  char line[4096];
  while (fgets(line, sizeof line, table) != NULL) {
    char directory[PATH_BYTES_MAX];
    char type[32];
    char options[1024];
    if (sscanf(line, "%*s %1023s %31s %1023s", directory, type, options) != 3) continue;
    if (strcmp(type, "cgroup") == 0 && !find_v1(cgroups, directory, options, name)) {
      note_other(cgroups, directory, name);
    }
    if (strcmp(type, "cgroup2") == 0) path_format(v2_directory, "%s", directory);
  }
  fclose(table);
  /* A controller belongs to one version at a time: where version 1 has memory, 2 has not. */
  if (v2_directory[0] != '\0' && !cgroups_has(cgroups, CGROUP_MEMORY)) {
    find_v2(cgroups, v2_directory, own, name);
  } else if (v2_directory[0] != '\0') {
    note_other(cgroups, v2_directory, name);
  }
  return 0;
}

int cgroups_restore(const struct cgroups *cgroups, enum cgroup_controller controller) {
  const char *base = cgroups->base[controller];
  if (mkdir(base, 0755) < 0) return -1;
  if (cgroups->is_v2) v2_hand_down(base);
  /* Of version 2 it is the base of all controllers. */
  for (int other = 0; other < CGROUP_CONTROLLERS; other++) {
    bool is_same = cgroups->is_v2 ? cgroups_has(cgroups, other) : other == (int)controller;
    if (is_same) limit_all(base, cgroups->is_v2, other);
  }
  return 0;
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
    cgroup_file(cgroups, controller, serial, path, "cgroup.procs");
    kill_members(path);
    cgroup_freeze(cgroups, serial, false);
    cgroup_file(cgroups, controller, serial, path, "");
    for (int look = 0; look < REMOVE_LOOKS_MAX && rmdir(path) < 0 && errno == EBUSY; look++) {
      usleep(REMOVE_LOOK_MICROSECONDS);
    }
  }
  closedir(stream);
}

/* Each process there was a member of a controller's group, too, and is gone. */
static void sweep_other(const char *base) {
  DIR *stream = opendir(base);
  if (stream == NULL) return;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    char path[PATH_BYTES_MAX];
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    path_format(path, "%s/%s", base, entry->d_name);
    rmdir(path);
  }
  closedir(stream);
  rmdir(base);
}

void cgroups_sweep(const struct cgroups *cgroups) {
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (!cgroups_has(cgroups, controller)) continue;
    sweep_children(cgroups, controller);
  }
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (cgroups_has(cgroups, controller)) rmdir(cgroups->base[controller]);
  }
  for (unsigned other = 0; other < cgroups->others_count; other++) {
    sweep_other(cgroups->others[other]);
  }
}
