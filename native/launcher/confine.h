/* Gives up, for good, what a function's code shall not have. */
#ifndef HEARTH_CONFINE_H
#define HEARTH_CONFINE_H

#include <sys/types.h>

/*
 * Sets limits of resources, becomes `uid` (0: stays who it is), empties every set of capabilities,
 * forbids new privileges, filters system calls; `listener` as seccomp_install has it.
 */
int confine_process(uid_t uid, int *listener);
/* The same, tied to its parent. */
int confine(uid_t uid, int *listener);

/* This process ends with its parent, takes its orphans over, and nobody looks into it. */
int tie_to_parent(void);

#endif
