/*
 * How many sockets of netlink a sandbox has. Functions need one for a moment, to list their addresses, and each keeps
 * answers that nobody reads: up to megabytes, which the kernel charges to nobody.
 */
#ifndef HEARTH_NETLINK_SOCKETS_H
#define HEARTH_NETLINK_SOCKETS_H

/* Remembers how many the kernel itself has in this process's network. */
void netlink_sockets_begin(void);
/* Begins to be asked at a listener; -1 is none. */
void netlink_sockets_listen(int listener);
/* Answers one call that waits at a filter's listener for being allowed. */
void netlink_sockets_answer(int listener);

#endif
