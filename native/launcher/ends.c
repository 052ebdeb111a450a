#define _GNU_SOURCE
#include "ends.h"

#include <stdio.h>
#include <sys/wait.h>

#include "shared_memory.h"

/* How long a group may still name a process that its parent has reaped. */
#define EMPTY_LOOKS_MAX 100
#define EMPTY_LOOK_MICROSECONDS 100

/* As the kernel counts it, with cached files; `kills`: how often it killed there for want of memory. */
static uint64_t kernel_peak(const struct sandboxes *all, const struct sandbox *sandbox,
                            uint64_t kills) {
  if (sandbox->peak_reader >= 0) return cgroup_memory_peak_by(sandbox->peak_reader);
  return cgroup_memory_peak(&all->cgroups, sandbox->serial, kills);
}

static uint64_t kills_of(const struct sandboxes *all, const struct sandbox *sandbox) {
  return cgroup_out_of_memory_kills(&all->cgroups, sandbox->serial) - sandbox->kills_before;
}

uint64_t sandbox_memory_peak(const struct sandboxes *all, struct sandbox *sandbox) {
  uint64_t peak = kernel_peak(all, sandbox, 0);
  if (sandbox->state != SANDBOX_RUNNING || kills_of(all, sandbox) > 0) return peak;
  return memory_used_most(&all->cgroups, sandbox->serial, peak, &sandbox->memory);
}

void sandbox_tell_end(const struct sandboxes *all, const struct sandbox *sandbox, int status) {
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  unsigned long long kills = 0;
  unsigned long long peak = 0;
  if (all->is_kept) {
    kills = kills_of(all, sandbox);
    peak = kernel_peak(all, sandbox, kills);
    /* Of those that are gone nobody can tell any more how much of it was files. */
    if (kills == 0 && sandbox->peak_before_end > 0) peak = sandbox->peak_before_end;
  }
  channel_send("0|exited|%u|%d|%d|%llu|%llu|%d|%d", sandbox->serial, code, number, kills, peak,
               sandbox->start_error, sandbox->state == SANDBOX_EMPTY);
}

static void tell_empty(struct sandboxes *all, struct sandbox *sandbox) {
  sandbox_has_started(all, sandbox);
  sandbox->state = SANDBOX_EMPTY;
  sandbox_tell_end(all, sandbox, sandbox->first_status);
}

void sandbox_become_empty(struct sandboxes *all, struct sandbox *sandbox) {
  /* Told last, and it is reaped already: its number may be another process's. */
  if (sandbox->init <= 0) return;
  /* Around an OCI runtime it is in no group itself. */
  pid_t alone = all->is_isolated ? sandbox->init : 0;
  for (int look = 0; look < EMPTY_LOOKS_MAX; look++) {
    if (cgroup_holds_only(&all->cgroups, sandbox->serial, alone)) {
      if (!all->is_isolated || !shared_memory_clean(sandbox)) tell_empty(all, sandbox);
      return;
    }
    usleep(EMPTY_LOOK_MICROSECONDS);
  }
  /* Then all of it ends, and its reaping tells so. */
  fprintf(stderr, "hearth-launcher: sandbox %u is not empty\n", sandbox->serial);
  sandbox_kill(all, sandbox);
}

bool sandbox_end_cleaning(struct sandboxes *all, pid_t pid, int status) {
  for (uint32_t i = 0; i < SANDBOXES_MAX; i++) {
    struct sandbox *sandbox = &all->table[i];
    if (sandbox->state == SANDBOX_FREE || sandbox->cleaner != pid) continue;
    sandbox->cleaner = 0;
    /* Its init may have ended meanwhile, and all with it. */
    if (sandbox->state == SANDBOX_RUNNING && status == 0) tell_empty(all, sandbox);
    else if (sandbox->state == SANDBOX_RUNNING) sandbox_kill(all, sandbox);
    return true;
  }
  return false;
}
