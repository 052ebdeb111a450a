/* Messages of rtnetlink(7), built by hand: what `ip` would do, without a process for each. */
#ifndef HEARTH_NETLINK_H
#define HEARTH_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#define NETLINK_BYTES_MAX 1024

struct netlink_message {
  _Alignas(8) char bytes[NETLINK_BYTES_MAX];
};

/* A socket to the routes of the calling process's network namespace; -1 on failure. */
int netlink_open(void);
/* Begins a message: type, flags, and the fixed header that follows. */
void netlink_begin(struct netlink_message *message, uint16_t type, uint16_t flags,
                   const void *header, size_t length);
void netlink_attribute(struct netlink_message *message, uint16_t type, const void *value,
                       size_t length);
void netlink_attribute_u32(struct netlink_message *message, uint16_t type, uint32_t value);
void netlink_attribute_text(struct netlink_message *message, uint16_t type, const char *text);
/* Opens a nested attribute; what netlink_nest_end needs to close it. */
size_t netlink_nest(struct netlink_message *message, uint16_t type);
/* A nest whose content begins with a fixed header, as IFLA's VETH_INFO_PEER. */
size_t netlink_nest_header(struct netlink_message *message, uint16_t type, size_t header);
void netlink_nest_end(struct netlink_message *message, size_t start);
/* Sends and waits for the kernel's verdict; 0, or -1 with errno. */
int netlink_send(int fd, struct netlink_message *message);

#endif
