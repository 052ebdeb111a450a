/* How the processes of a sandbox end, and what the server is told of it. */
#ifndef HEARTH_ENDS_H
#define HEARTH_ENDS_H

#include "sandbox.h"

/* Tells that its processes are gone; `status` is the first one's. */
void sandbox_tell_end(const struct sandboxes *all, const struct sandbox *sandbox, int status);
/* Its init says that it is alone: the control group is the judge of that. */
void sandbox_become_empty(struct sandboxes *all, struct sandbox *sandbox);
/* A process was reaped; false where it cleaned no sandbox. */
bool sandbox_end_cleaning(struct sandboxes *all, pid_t pid, int status);

#endif
