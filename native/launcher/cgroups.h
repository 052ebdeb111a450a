/*
 * Control groups: version 1 (also where a hybrid host mounts an empty version 2 beside it) and
 * version 2. One group of this launcher, below it one for each sandbox.
 */
#ifndef HEARTH_CGROUPS_H
#define HEARTH_CGROUPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sys.h"

/* What one processor weighs. */
#define CPU_SHARES_OF_A_CORE 1024u
#define CPU_WEIGHT_OF_A_CORE 100u

enum cgroup_controller {
  CGROUP_MEMORY,
  CGROUP_CPU,
  CGROUP_PIDS,
  CGROUP_FREEZER,
  CGROUP_CONTROLLERS,
};

/* Hierarchies that a machine may mount beside those of the controllers. */
#define CGROUP_OTHERS_MAX 24

struct cgroups {
  bool is_v2;
  /* The launcher's group, from where the hierarchies are mounted on. */
  char path[PATH_BYTES_MAX];
  /* The directory of the launcher's group for each controller; empty where there is none. */
  char base[CGROUP_CONTROLLERS][PATH_BYTES_MAX];
  /* Where it would be in all other hierarchies: an OCI runtime makes its groups there, too. */
  char others[CGROUP_OTHERS_MAX][PATH_BYTES_MAX];
  unsigned others_count;
  /* The directory of the launcher's own group of version 2, whose children may be ours; empty under version 1. */
  char own[PATH_BYTES_MAX];
};

struct cgroup_limits {
  uint64_t memory_bytes;
  /* Thousandths of one core. */
  unsigned cpu_milli;
  unsigned pids;
};

/*
 * Finds the controllers below `root` ("/sys/fs/cgroup") as `mounts` ("/proc/self/mounts") names
 * them, and makes the group `name` in each. `own` is "/proc/self/cgroup".
 */
int cgroups_open(struct cgroups *cgroups, const char *mounts, const char *own, const char *name);
bool cgroups_has(const struct cgroups *cgroups, enum cgroup_controller controller);
/* Makes the group above all sandboxes once more: who tidies up sees an empty one while none runs. */
int cgroups_restore(const struct cgroups *cgroups, enum cgroup_controller controller);
/* The path of a sandbox's file, or of its group where `file` is empty. */
void cgroup_file(const struct cgroups *cgroups, enum cgroup_controller controller, uint32_t serial,
                 char *path, const char *file);

int cgroup_create(const struct cgroups *cgroups, uint32_t serial);
/* Moves the calling process into the sandbox's group. */
int cgroup_enter(const struct cgroups *cgroups, uint32_t serial);
/* Opens the lists of processes of a group, to be entered by who writes 0; how many (at most CGROUP_CONTROLLERS). */
int cgroup_open_lists(const struct cgroups *cgroups, uint32_t serial, int *lists);
/* Writes what differs from `held`, which the group has and which then is `limits`; zeros where it has none. */
int cgroup_limit(const struct cgroups *cgroups, uint32_t serial, struct cgroup_limits limits,
                 struct cgroup_limits *held);
/* Asks for a standstill or its end; 1 when it is reached, 0 while it is on its way, -1. */
int cgroup_freeze(const struct cgroups *cgroups, uint32_t serial, bool is_frozen);
/* Kills all of its processes where the kernel can do it at once (cgroup.kill). */
void cgroup_kill(const struct cgroups *cgroups, uint32_t serial);
/*
 * Version 2 counts a peak since Linux 5.19. Before, what is used now, or, where the kernel killed for want of
 * memory so often, the limit, which was reached then.
 */
uint64_t cgroup_memory_peak(const struct cgroups *cgroups, uint32_t serial, uint64_t kills);
/*
 * Has the peak begin anew. Version 2 does so for each who reads: `*reader` is then the descriptor by which
 * cgroup_memory_peak_by tells it, -1 where there is none. A kernel before 6.12 keeps its old peak there.
 */
int cgroup_forget_peak(const struct cgroups *cgroups, uint32_t serial, int *reader);
uint64_t cgroup_memory_peak_by(int reader);
/* Whether the group has this process and no other; with 0, none at all. */
bool cgroup_holds_only(const struct cgroups *cgroups, uint32_t serial, pid_t pid);
uint64_t cgroup_out_of_memory_kills(const struct cgroups *cgroups, uint32_t serial);
/* 0 once every directory is gone. */
int cgroup_remove(const struct cgroups *cgroups, uint32_t serial);
/* Takes away what an OCI runtime made in the other hierarchies. */
void cgroup_remove_others(const struct cgroups *cgroups, uint32_t serial);
/* Kills and removes whatever is below the launcher's group, and the group itself. */
void cgroups_sweep(const struct cgroups *cgroups);

#endif
