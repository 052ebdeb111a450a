#define _GNU_SOURCE
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys.h"

static struct nlmsghdr *head(struct netlink_message *message) {
  return (struct nlmsghdr *)(void *)message->bytes;
}

/* Room at the end of the message, zeroed; a message that outgrows its buffer is a bug. */
static void *extend(struct netlink_message *message, size_t length) {
  size_t start = NLMSG_ALIGN(head(message)->nlmsg_len);
  if (start + length > NETLINK_BYTES_MAX) abort();
  head(message)->nlmsg_len = (uint32_t)(start + length);
  return message->bytes + start;
}

int netlink_open(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  return fd < 0 ? fail("open a netlink socket") : fd;
}

void netlink_begin(struct netlink_message *message, uint16_t type, uint16_t flags,
                   const void *header, size_t length) {
  memset(message, 0, sizeof *message);
  *head(message) = (struct nlmsghdr){
      .nlmsg_len = NLMSG_HDRLEN,
      .nlmsg_type = type,
      .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags),
  };
  memcpy(extend(message, length), header, length);
}

void netlink_attribute(struct netlink_message *message, uint16_t type, const void *value,
                       size_t length) {
  struct rtattr *attribute = extend(message, RTA_LENGTH(length));
  attribute->rta_type = type;
  attribute->rta_len = (uint16_t)RTA_LENGTH(length);
  if (length > 0) memcpy(RTA_DATA(attribute), value, length);
}

void netlink_attribute_u32(struct netlink_message *message, uint16_t type, uint32_t value) {
  netlink_attribute(message, type, &value, sizeof value);
}

void netlink_attribute_text(struct netlink_message *message, uint16_t type, const char *text) {
  netlink_attribute(message, type, text, strlen(text) + 1);
}

size_t netlink_nest(struct netlink_message *message, uint16_t type) {
  return netlink_nest_header(message, type, 0);
}

size_t netlink_nest_header(struct netlink_message *message, uint16_t type, size_t header) {
  size_t start = NLMSG_ALIGN(head(message)->nlmsg_len);
  netlink_attribute(message, type, NULL, 0);
  if (header > 0) extend(message, header);
  return start;
}

void netlink_nest_end(struct netlink_message *message, size_t start) {
  struct rtattr *attribute = (struct rtattr *)(void *)(message->bytes + start);
  attribute->rta_len = (uint16_t)(NLMSG_ALIGN(head(message)->nlmsg_len) - start);
}

int netlink_send(int fd, struct netlink_message *message) {
  if (send(fd, message->bytes, head(message)->nlmsg_len, 0) < 0) return -1;
  _Alignas(8) char answer[4096];
  ssize_t length = recv(fd, answer, sizeof answer, 0);
  if (length < 0) return -1;
  const struct nlmsghdr *reply = (const struct nlmsghdr *)(const void *)answer;
  if (reply->nlmsg_type != NLMSG_ERROR) return 0;
  const struct nlmsgerr *verdict = NLMSG_DATA(reply);
  if (verdict->error == 0) return 0;
  errno = -verdict->error;
  return -1;
}
