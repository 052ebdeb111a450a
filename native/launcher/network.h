/*
 * A network namespace for each sandbox: its own loopback with the Runtime API and the endpoint
 * listening on it, and, where the host can translate addresses, one cable to the internet.
 */
#ifndef HEARTH_NETWORK_H
#define HEARTH_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define RUNTIME_API_PORT 9001
/* Abstract, and so of the sandbox's network alone. The runtimes' clients have the same. */
#define RUNTIME_API_NAME "hearth-runtime"

struct network {
  /* Which of the launchers on this machine: it owns 100.(64 + number).0.0/16. */
  unsigned number;
  /* Of the server's endpoint, as it stands in the URLs that it hands out. */
  unsigned endpoint_port;
  bool has_internet;
  int host_namespace;
  int host_routes;
  int host_settings;
};

/*
 * What was made for one sandbox. The sockets listen inside, the Runtime API's at its port and at
 * RUNTIME_API_NAME, by which an event costs a third less (-1 where the kernel is too old for it); routes speaks
 * for its inside.
 */
struct sandbox_network {
  int runtime_api;
  int runtime_api_by_name;
  int endpoint;
  int routes;
};

/* `network` has its number and port. `wants_internet`: sets up forwarding and the firewall; without nft there is no internet. */
int network_open(struct network *network, bool wants_internet);
/* Takes firewall, gateway address and cables of this number away. */
void network_close(struct network *network);
/* Moves the CALLER into a new namespace, so that a child may be born there; then network_leave. */
int network_enter(const struct network *network, uint32_t index, uint32_t serial,
                  struct sandbox_network *made);
void network_leave(const struct network *network);
/* Lays the host's end of the cable; called after network_leave. */
int network_connect(const struct network *network, uint32_t index, uint32_t serial);
/*
 * A connection to a port at the loopback of the network that a process lives in, or -1. Where nobody answered once,
 * `*is_silent`, nobody is waited for again.
 */
int network_connect_inside(const struct network *network, pid_t process, unsigned port,
                           bool *is_silent);
/* Bits a second each way, as a token bucket; a sandbox without a cable has none to limit. */
int network_limit(const struct network *network, const struct sandbox_network *made,
                  uint32_t serial, uint64_t bits_per_second);

#endif
