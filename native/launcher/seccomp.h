/* The filter of system calls that every process of a sandbox runs under. */
#ifndef HEARTH_SECCOMP_H
#define HEARTH_SECCOMP_H

#include <stdint.h>

#define SECCOMP_KEY_WORDS 2

/*
 * Installs the filter on the calling process, for good; no_new_privs must be set. 0 or -1. `*listener`, where it is
 * wanted, is where calls wait for sockets of netlink; -1 where the kernel lets nobody be asked, or who started the launcher
 * is asked already: then they are allowed. Whoever is to be asked wants a `key`, SECCOMP_KEY_WORDS drawn at random: the
 * call that has them as its fourth and fifth argument goes on. No function may ever read it.
 */
int seccomp_install(int *listener, uint64_t *key);

#endif
