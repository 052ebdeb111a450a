#define _GNU_SOURCE
#include "runtime_name.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "network.h"
#include "sys.h"

/* Of the processes that a sandbox has at once. */
#define CONNECTIONS_MAX 16u

int runtime_name_watch(int epoll, struct sandbox *sandbox) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = SANDBOX_EVENT_FIRST + sandbox->index};
  runtime_name_renew(sandbox);
  if (sandbox->runtime_api < 0) return 0;
  int result = epoll_ctl(epoll, EPOLL_CTL_ADD, sandbox->runtime_api, &event);
  return result < 0 ? fail("epoll") : 0;
}

void runtime_name_renew(struct sandbox *sandbox) {
  sandbox->connections_left = CONNECTIONS_MAX;
}

/* Before the last is answered, so that whoever comes after is refused; a child that is being born has the socket, too. */
static void end_name(struct sandbox *sandbox) {
  shutdown(sandbox->runtime_api, SHUT_RDWR);
  close_fd(&sandbox->runtime_api);
}

void runtime_name_accept(struct sandbox *sandbox) {
  while (sandbox->runtime_api >= 0) {
    int connection = accept4(sandbox->runtime_api, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    /* Else nobody is there any more. Who has no descriptor left would be told of the same one for ever. */
    if (connection < 0 && (errno == EMFILE || errno == ENFILE)) end_name(sandbox);
    if (connection < 0) return;
    if (--sandbox->connections_left == 0) end_name(sandbox);
    channel_send_runtime(connection, sandbox->serial, RUNTIME_API_PORT);
    close(connection);
  }
}
