/* The host's name servers, as far as a sandbox can reach them. */
#ifndef HEARTH_RESOLVER_H
#define HEARTH_RESOLVER_H

#define RESOLVER_SERVERS_MAX 3
#define RESOLVER_ADDRESS_BYTES 46

/* IPv4 name servers that are not on the host's own loopback; their count. */
int resolver_servers(char servers[RESOLVER_SERVERS_MAX][RESOLVER_ADDRESS_BYTES]);

#endif
