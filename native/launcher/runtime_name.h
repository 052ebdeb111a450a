/*
 * Connections to the Runtime API by its name, RUNTIME_API_NAME: Node's messages have no listener of this kind, so
 * that the launcher accepts them and hands each over.
 */
#ifndef HEARTH_RUNTIME_NAME_H
#define HEARTH_RUNTIME_NAME_H

#include "sandbox.h"

/* Hears of those who connect beside what the sandbox's first process reports. */
int runtime_name_watch(int epoll, struct sandbox *sandbox);
/* Its new processes may connect as often as the old ones might. */
void runtime_name_renew(struct sandbox *sandbox);
/*
 * Hands over whoever connected. A runtime connects once; the name is gone for those who connect again and again,
 * so that no sandbox keeps the launcher from the others: the port stays for them.
 */
void runtime_name_accept(struct sandbox *sandbox);

#endif
