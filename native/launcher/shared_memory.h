/* What is left in a sandbox's /dev/shm when its processes are gone. */
#ifndef HEARTH_SHARED_MEMORY_H
#define HEARTH_SHARED_MEMORY_H

#include <stdbool.h>

#include "mounts.h"
#include "sandbox.h"

/* The mount namespace of a sandbox; to be closed soon: while it is open, the sandbox's mounts outlive it. */
int sandbox_open_mounts(const struct sandbox *sandbox);
/*
 * Begins to give back what is there where that is much, by a process of its own (`cleaner`), which ends with 0 once
 * /dev/shm is a new one. False where there is little: that is done as the sandbox begins anew.
 */
bool shared_memory_clean(struct sandbox *sandbox);
/* A new /dev/shm in place of the old one. */
int shared_memory_renew(const struct sandbox *sandbox, const struct mount_home *home);

#endif
