/* The most memory that a sandbox used, without what the kernel keeps of its files. */
#ifndef HEARTH_MEMORY_H
#define HEARTH_MEMORY_H

#include <stdint.h>

#include "cgroups.h"

/* What is known of a sandbox since its present processes began; all 0 in a new one. */
struct memory_seen {
  /* As the kernel told it last, and what that was taken for. */
  uint64_t kernel_peak;
  uint64_t told;
  /* Pages that those touched which have ended, as their parents know it. */
  uint64_t faults_of_ended;
};

/* Has all of it begin anew, while nobody is there but who outlives its processes. */
void memory_begin(const struct cgroups *cgroups, uint32_t serial, struct memory_seen *seen);
/* What its processes used at once, hardly ever less, and no more than `kernel_peak`, which counts cached files, too. */
uint64_t memory_used_most(const struct cgroups *cgroups, uint32_t serial, uint64_t kernel_peak,
                          struct memory_seen *seen);

#endif
