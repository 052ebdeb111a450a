/*
 * The kernel tells the peak of all that a group is charged with, and what it caches of the files in /tmp is charged, up
 * to the limit, and given back for the asking: it is nobody's need, and AWS shows none of it. A peak without it is
 * counted nowhere, so it is put together of bounds:
 *  - what is used now but for cached files that nobody has mapped,
 *  - for each process that lives, how much larger it once was than it is,
 *  - for those that ended since the last look, the pages that they touched, as parents are told when they reap,
 *  - and never more than the kernel's own peak.
 * Where a bound cannot be had, because a process is not reaped, or pages are huge, the kernel's peak is all there is.
 * Together they are never too small but for what was gone before the look and nobody keeps: bytes that were written to
 * /dev/shm without being mapped, children whose parents ignore SIGCHLD, and, under version 2, the kernel's own use.
 */
#define _GNU_SOURCE
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's own peak is exact but for this; most sandboxes have no more in files, and are read in one go. */
#define FILES_IGNORED_BYTES (8ull << 20)
/* More would hold the launcher up. */
#define PROCESSES_MAX 64
#define KIB 1024
#define PAGE_BYTES 4096

struct processes {
  /* Bytes by which those that live were larger than they are. */
  uint64_t shrunk;
  uint64_t faults_of_ended;
  uint64_t threads;
};

static uint64_t number_after(const char *text, const char *key) {
  const char *at = strstr(text, key);
  return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* The field of /proc/PID/stat by its number in the manual, from 3 on: the name before may hold anything. */
static uint64_t field_of(const char *stat, unsigned number) {
  const char *at = strrchr(stat, ')');
  for (unsigned field = 2; at != NULL && field < number; field++) at = strchr(at + 1, ' ');
  return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

static void add_process(struct processes *processes, const char *pid) {
  char path[64];
  char text[4096];
  snprintf(path, sizeof path, "/proc/%.20s/status", pid);
  if (file_read(path, text, sizeof text) <= 0) return;
  uint64_t most = number_after(text, "\nVmHWM:");
  uint64_t now = number_after(text, "\nVmRSS:");
  if (most > now) processes->shrunk += (most - now) * KIB;
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  if (file_read(path, text, sizeof text) <= 0) return;
  processes->faults_of_ended += field_of(text, 11);
  processes->threads += field_of(text, 20);
}

/* False where there are too many to look at. */
static bool look_at_processes(const struct cgroups *cgroups, uint32_t serial,
                              struct processes *processes) {
  char path[PATH_BYTES_MAX];
  char list[PROCESSES_MAX * 12];
  unsigned count = 0;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "cgroup.procs");
  if (file_read(path, list, sizeof list) <= 0) return false;
  char *rest = NULL;
  for (char *pid = strtok_r(list, "\n", &rest); pid != NULL; pid = strtok_r(NULL, "\n", &rest)) {
    if (++count > PROCESSES_MAX) return false;
    add_process(processes, pid);
  }
  return true;
}

/* Those who ended and are not reaped are in no list, and nobody was told yet what they had. */
static bool has_unreaped(const struct cgroups *cgroups, uint32_t serial, uint64_t threads) {
  char path[PATH_BYTES_MAX];
  if (!cgroups_has(cgroups, CGROUP_PIDS)) return false;
  cgroup_file(cgroups, CGROUP_PIDS, serial, path, "pids.current");
  return file_read_number(path, UINT64_MAX) > threads;
}

static bool has_huge_pages(void) {
  char text[64];
  const char *path = "/sys/kernel/mm/transparent_hugepage/enabled";
  return file_read(path, text, sizeof text) > 0 && strstr(text, "[always]") != NULL;
}

/* What is charged to it now, but for cached files that nobody has mapped. */
static uint64_t used_now(const struct cgroups *cgroups, uint32_t serial) {
  char path[PATH_BYTES_MAX];
  char text[8192];
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "memory.stat");
  if (file_read(path, text, sizeof text) <= 0) return UINT64_MAX;
  bool is_v2 = cgroups->is_v2;
  uint64_t files = number_after(text, is_v2 ? "\ninactive_file " : "\ntotal_inactive_file ") +
                   number_after(text, is_v2 ? "\nactive_file " : "\ntotal_active_file ");
  uint64_t mapped = number_after(text, is_v2 ? "\nfile_mapped " : "\ntotal_mapped_file ");
  if (mapped < files) files -= mapped;
  else files = 0;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path,
              is_v2 ? "memory.current" : "memory.usage_in_bytes");
  uint64_t all = file_read_number(path, UINT64_MAX);
  if (all != UINT64_MAX) all = all > files ? all - files : 0;
  return all;
}

/* Of what the kernel has for its own use version 1 tells the peak. */
static uint64_t kernel_shrunk(const struct cgroups *cgroups, uint32_t serial) {
  char path[PATH_BYTES_MAX];
  if (cgroups->is_v2) return 0;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "memory.kmem.max_usage_in_bytes");
  uint64_t most = file_read_number(path, 0);
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "memory.kmem.usage_in_bytes");
  uint64_t now = file_read_number(path, 0);
  return most > now ? most - now : 0;
}

void memory_begin(const struct cgroups *cgroups, uint32_t serial, struct memory_seen *seen) {
  struct processes processes = {0};
  char path[PATH_BYTES_MAX];
  *seen = (struct memory_seen){0};
  if (!cgroups_has(cgroups, CGROUP_MEMORY)) return;
  /* The init was told what all those touched that it reaped. */
  if (look_at_processes(cgroups, serial, &processes)) {
    seen->faults_of_ended = processes.faults_of_ended;
  }
  if (cgroups->is_v2) return;
  cgroup_file(cgroups, CGROUP_MEMORY, serial, path, "memory.kmem.max_usage_in_bytes");
  /* Not there where the kernel does not count its own use. */
  file_write(path, "0");
}

static uint64_t bound(const struct cgroups *cgroups, uint32_t serial, struct memory_seen *seen) {
  struct processes processes = {0};
  uint64_t used = used_now(cgroups, serial);
  if (used == UINT64_MAX || !look_at_processes(cgroups, serial, &processes)) return UINT64_MAX;
  uint64_t before = seen->faults_of_ended;
  uint64_t faults = processes.faults_of_ended > before ? processes.faults_of_ended - before : 0;
  seen->faults_of_ended = processes.faults_of_ended;
  if (has_unreaped(cgroups, serial, processes.threads)) return UINT64_MAX;
  if (faults > 0 && has_huge_pages()) return UINT64_MAX;
  return used + processes.shrunk + kernel_shrunk(cgroups, serial) + faults * PAGE_BYTES;
}

uint64_t memory_used_most(const struct cgroups *cgroups, uint32_t serial, uint64_t kernel_peak,
                          struct memory_seen *seen) {
  /* What was exact stays so until it grows. */
  if (seen->kernel_peak == kernel_peak && seen->told == kernel_peak) return kernel_peak;
  uint64_t most = bound(cgroups, serial, seen);
  if (most > kernel_peak || kernel_peak - most <= FILES_IGNORED_BYTES) most = kernel_peak;
  if (most > seen->told) seen->told = most;
  seen->kernel_peak = kernel_peak;
  return seen->told;
}
