/* The filter of system calls that every process of a sandbox runs under. */
#ifndef HEARTH_SECCOMP_H
#define HEARTH_SECCOMP_H

/*
 * Installs the filter on the calling process, for good; no_new_privs must be set. 0 or -1. `*listener`, where it is
 * wanted, is where calls wait for sockets of netlink; -1 where the kernel lets nobody be asked, or who started
 * the launcher is asked already: then they are allowed.
 */
int seccomp_install(int *listener);

#endif
