/* The filter of system calls that every process of a sandbox runs under. */
#ifndef HEARTH_SECCOMP_H
#define HEARTH_SECCOMP_H

/* Installs the filter on the calling process, for good; no_new_privs must be set. 0 or -1. */
int seccomp_install(void);

#endif
