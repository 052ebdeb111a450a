/* Booted languages that are forked for sandboxes, seen from the launcher. */
#ifndef HEARTH_ZYGOTES_H
#define HEARTH_ZYGOTES_H

#include "channel.h"
#include "sandbox.h"

/*
 * Begins one; `fields` are its mounts and its process, as a launch has them. The request is answered
 * with its number once it is ready. -1 where it could not be begun.
 */
int zygote_start(struct sandboxes *all, const char *id, struct fields fields);
/* Orders a fork into a sandbox that is RUNNING and has its limits and mounts; -1 on failure. */
int zygote_order_fork(struct sandboxes *all, struct sandbox *sandbox, const char *id);
/* Reads what the zygote at this place tells. */
void zygote_listen(struct sandboxes *all, unsigned place);
/* Ends one by its number; what was forked lives on. */
void zygote_retire(struct sandboxes *all, uint32_t number);
/* A child of the launcher's was reaped, which may have been one. */
void zygote_reaped(struct sandboxes *all, pid_t pid);
void zygotes_end(struct sandboxes *all);

#endif
