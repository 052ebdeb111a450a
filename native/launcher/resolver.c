#define _GNU_SOURCE
#include "resolver.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static int read_servers(const char *path, char servers[][RESOLVER_ADDRESS_BYTES]) {
  FILE *file = fopen(path, "re");
  int count = 0;
  char line[512];
  if (file == NULL) return 0;
  while (count < RESOLVER_SERVERS_MAX && fgets(line, sizeof line, file) != NULL) {
    struct in_addr address;
    char text[RESOLVER_ADDRESS_BYTES];
    if (sscanf(line, " nameserver %45s", text) != 1) continue;
    if (inet_pton(AF_INET, text, &address) != 1 || strncmp(text, "127.", 4) == 0) continue;
    memcpy(servers[count++], text, sizeof text);
  }
  fclose(file);
  return count;
}

int resolver_servers(char servers[RESOLVER_SERVERS_MAX][RESOLVER_ADDRESS_BYTES]) {
  /* A resolver on the host's loopback is out of reach; systemd keeps the real ones beside it. */
  int count = read_servers("/etc/resolv.conf", servers);
  return count > 0 ? count : read_servers("/run/systemd/resolve/resolv.conf", servers);
}
