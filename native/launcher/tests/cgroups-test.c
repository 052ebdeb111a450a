/*
 * The two versions of control groups against directories that only look like them:
 *   cgroups-test MOUNTS OWN v1|v2
 *   cgroups-test MOUNTS OWN find [DELEGATED]    only what is found, printed; DELEGATED is marked as systemd does
 * Files that the kernel would make are made here; what is written into them is printed by the test.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "../cgroups.h"
#include "../memory.h"

static void make(const char *directory, const char *file, const char *text) {
  char path[PATH_BYTES_MAX];
  path_format(path, "%s/%s", directory, file);
  if (file_create(path, text, 0644) < 0) {
    fprintf(stderr, "%s\n", failure());
    exit(1);
  }
}

static void make_files(const struct cgroups *groups, bool is_v2) {
  static const char *const v1[CGROUP_CONTROLLERS][5] = {
      {"cgroup.procs", "memory.limit_in_bytes", "memory.swappiness",
       "memory.kmem.tcp.limit_in_bytes"},
      {"cgroup.procs", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.shares"},
      {"cgroup.procs", "pids.max"},
      {"cgroup.procs", "freezer.state"},
  };
  static const char *const v2[] = {"cgroup.procs", "memory.max",    "memory.swap.max",
                                   "memory.oom.group", "cpu.max",   "cpu.weight",
                                   "pids.max",     "cgroup.freeze", "cgroup.kill"};
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    char directory[PATH_BYTES_MAX];
    path_format(directory, "%s/7", groups->base[controller]);
    for (int i = 0; !is_v2 && i < 5 && v1[controller][i] != NULL; i++) {
      make(directory, v1[controller][i], "");
    }
    for (size_t i = 0; is_v2 && i < sizeof v2 / sizeof v2[0]; i++) make(directory, v2[i], "");
  }
  char memory[PATH_BYTES_MAX];
  path_format(memory, "%s/7", groups->base[CGROUP_MEMORY]);
  make(memory, is_v2 ? "memory.peak" : "memory.max_usage_in_bytes", "4096");
  make(memory, is_v2 ? "memory.events" : "memory.oom_control",
       is_v2 ? "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n" : "oom_kill_disable 0\noom_kill 1\n");
  if (is_v2) make(memory, "cgroup.events", "populated 1\nfrozen 1\n");
}

/* What boots has another share of the processor: nothing else is written anew. */
static void limit_twice(const struct cgroups *groups, struct cgroup_limits limits) {
  char directory[PATH_BYTES_MAX];
  char path[PATH_BYTES_MAX];
  char text[16];
  struct cgroup_limits held = {0};
  struct cgroup_limits booting = limits;
  booting.cpu_milli = 50;
  assert(cgroup_limit(groups, 7, booting, &held) == 0);
  cgroup_file(groups, CGROUP_PIDS, 7, directory, "");
  make(directory, "pids.max", "kept");
  assert(cgroup_limit(groups, 7, limits, &held) == 0);
  cgroup_file(groups, CGROUP_PIDS, 7, path, "pids.max");
  assert(file_read(path, text, sizeof text) == 4 && strcmp(text, "kept") == 0);
  make(directory, "pids.max", "1025");
  assert(held.cpu_milli == limits.cpu_milli && held.pids == limits.pids);
}

/* As Linux before 5.19 is. */
static void without_peak(const struct cgroups *groups) {
  char directory[PATH_BYTES_MAX];
  char path[PATH_BYTES_MAX];
  char hidden[PATH_BYTES_MAX];
  cgroup_file(groups, CGROUP_MEMORY, 7, directory, "");
  cgroup_file(groups, CGROUP_MEMORY, 7, path, "memory.peak");
  cgroup_file(groups, CGROUP_MEMORY, 7, hidden, "hidden");
  assert(rename(path, hidden) == 0);
  make(directory, "memory.current", "1234");
  assert(cgroup_memory_peak(groups, 7, 0) == 1234);
  assert(cgroup_memory_peak(groups, 7, 1) == 1 << 27);
  assert(rename(hidden, path) == 0);
}

/* 150 MiB are charged, 100 of them for files, of which 10 are mapped; this process has no more than it had. */
static void without_files(const struct cgroups *groups) {
  static const uint64_t mib = 1 << 20;
  static const char *const stats[] = {
      "cache 0\ninactive_file 1\nactive_file 1\ntotal_mapped_file 10485760\n"
      "total_inactive_file 62914560\ntotal_active_file 41943040\n",
      "anon 0\nfile_mapped 10485760\ninactive_file 62914560\nactive_file 41943040\n"};
  char directory[PATH_BYTES_MAX];
  char pid[32];
  cgroup_file(groups, CGROUP_PIDS, 7, directory, "");
  make(directory, "pids.current", "1");
  cgroup_file(groups, CGROUP_MEMORY, 7, directory, "");
  snprintf(pid, sizeof pid, "%d\n", getpid());
  make(directory, "cgroup.procs", pid);
  make(directory, "memory.stat", stats[groups->is_v2]);
  make(directory, groups->is_v2 ? "memory.current" : "memory.usage_in_bytes", "157286400");
  struct memory_seen seen = {0};
  uint64_t most = memory_used_most(groups, 7, 200 * mib, &seen);
  assert(most >= 60 * mib && most < 64 * mib);
  /* The kernel's peak is the most in any case, and what is little above needs no explanation. */
  seen = (struct memory_seen){0};
  assert(memory_used_most(groups, 7, 50 * mib, &seen) == 50 * mib);
  seen = (struct memory_seen){0};
  assert(memory_used_most(groups, 7, 67 * mib, &seen) == 67 * mib);
  /* One more ended and is not reaped. */
  cgroup_file(groups, CGROUP_PIDS, 7, directory, "");
  make(directory, "pids.current", "2");
  assert(memory_used_most(groups, 7, 200 * mib, &seen) == 200 * mib);
  cgroup_file(groups, CGROUP_MEMORY, 7, directory, "");
  make(directory, "cgroup.procs", "0");
}

/* The peak of the kernel's own use begins anew with new processes, where it is counted. */
static void with_new_processes(const struct cgroups *groups) {
  char directory[PATH_BYTES_MAX];
  char path[PATH_BYTES_MAX];
  struct memory_seen seen = {.kernel_peak = 9, .told = 9, .faults_of_ended = 9};
  memory_begin(groups, 7, &seen);
  assert(seen.kernel_peak == 0 && seen.told == 0 && seen.faults_of_ended != 9);
  cgroup_file(groups, CGROUP_MEMORY, 7, directory, "");
  make(directory, "memory.kmem.max_usage_in_bytes", "9");
  memory_begin(groups, 7, &seen);
  cgroup_file(groups, CGROUP_MEMORY, 7, path, "memory.kmem.max_usage_in_bytes");
  assert(file_read_number(path, 1) == (groups->is_v2 ? 9 : 0));
}

static int find(int count, char **arguments) {
  static struct cgroups groups;
  static const char *const names[CGROUP_CONTROLLERS] = {"memory", "cpu", "pids", "freezer"};
  if (count == 5 && setxattr(arguments[4], "user.delegate", "1", 1, 0) < 0) {
    puts("no attributes");
    return 0;
  }
  assert(cgroups_open(&groups, arguments[1], arguments[2], "hearth0") == 0);
  printf("%s", groups.is_v2 ? "v2" : "not v2");
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    if (cgroups_has(&groups, controller)) printf(" %s", names[controller]);
  }
  printf(" in %s\n", groups.own);
  return 0;
}

int main(int count, char **arguments) {
  static struct cgroups groups;
  assert(count >= 4);
  if (strcmp(arguments[3], "find") == 0) return find(count, arguments);
  bool is_v2 = strcmp(arguments[3], "v2") == 0;
  assert(cgroups_open(&groups, arguments[1], arguments[2], "hearth0") == 0);
  assert(groups.is_v2 == is_v2);
  for (int controller = 0; controller < CGROUP_CONTROLLERS; controller++) {
    assert(cgroups_has(&groups, controller));
  }
  assert(cgroup_create(&groups, 7) == 0);
  make_files(&groups, is_v2);
  assert(cgroup_enter(&groups, 7) == 0);
  struct cgroup_limits limits = {.memory_bytes = 1 << 27, .cpu_milli = 72, .pids = 1025};
  limit_twice(&groups, limits);
  /* The fake freezer of version 1 reads what was written: FROZEN. */
  assert(cgroup_freeze(&groups, 7, true) == 1);
  assert(cgroup_memory_peak(&groups, 7, 0) == 4096);
  assert(cgroup_out_of_memory_kills(&groups, 7) == 1);
  int reader = -1;
  assert(cgroup_forget_peak(&groups, 7, &reader) == 0);
  /* The kernel would answer by it with the new peak; this file, with what was written. */
  assert(is_v2 ? reader >= 0 && cgroup_memory_peak_by(reader) == 0 : reader < 0);
  /* What was written to enter the group, "0", is all that its list has. */
  assert(cgroup_holds_only(&groups, 7, 0) && !cgroup_holds_only(&groups, 7, 1));
  if (is_v2) without_peak(&groups);
  without_files(&groups);
  with_new_processes(&groups);
  cgroup_kill(&groups, 7);
  /* Files keep a fake directory; the kernel's go with theirs. */
  assert(cgroup_remove(&groups, 7) < 0);
  puts("ok");
  return 0;
}
