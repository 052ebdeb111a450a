#define _GNU_SOURCE
#include "firewall.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "resolver.h"
#include "sys.h"

#define RULES_BYTES_MAX 8192

/*
 * Everything that is not the public internet: this network, private, shared and link-local
 * addresses (where clouds keep their instances' credentials), benchmarks, multicast, reserved.
 */
#define NOT_PUBLIC                                                                            \
  "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, "        \
  "192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/3"

static const char rules[] =
    "table inet hearth%1$u {\n"
    "  set connections { type ipv4_addr; size 65535; flags dynamic; }\n"
    "  chain input {\n"
    "    type filter hook input priority -10; policy accept;\n"
    "    iifname \"hv%1$u.*\" counter reject with icmpx type admin-prohibited\n"
    "  }\n"
    "  chain forward {\n"
    "    type filter hook forward priority -10; policy accept;\n"
    "    iifname \"hv%1$u.*\" jump leaving\n"
    "    oifname \"hv%1$u.*\" ct state established,related accept\n"
    "    oifname \"hv%1$u.*\" drop\n"
    "  }\n"
    "  chain leaving {\n"
    "    meta nfproto ipv6 drop\n"
    "    fib saddr . iif oif missing drop\n"
    "    ct state established,related accept\n"
    "    ct state invalid drop\n"
    "    ct state new add @connections { ip saddr ct count over 1024 } drop\n"
    "%2$s"
    "    ip daddr { " NOT_PUBLIC " } reject with icmp type admin-prohibited\n"
    "    tcp dport 25 reject with icmp type admin-prohibited\n"
    "  }\n"
    "  chain postrouting {\n"
    "    type nat hook postrouting priority 100; policy accept;\n"
    "    ip saddr 100.%3$u.0.0/16 oifname != \"hv%1$u.*\" masquerade\n"
    "  }\n"
    "}\n";

static void allow_name_servers(char *text, size_t size) {
  char servers[RESOLVER_SERVERS_MAX][RESOLVER_ADDRESS_BYTES];
  int count = resolver_servers(servers);
  size_t length = 0;
  text[0] = '\0';
  for (int i = 0; i < count && length < size; i++) {
    length += (size_t)snprintf(text + length, size - length,
                               "    ip daddr %s meta l4proto { tcp, udp } th dport 53 accept\n",
                               servers[i]);
  }
}

int firewall_install(unsigned number) {
  char servers[1024];
  char text[RULES_BYTES_MAX];
  const char *const arguments[] = {"nft", "-f", "-", NULL};
  allow_name_servers(servers, sizeof servers);
  snprintf(text, sizeof text, rules, number, servers, 64 + number);
  if (run_program(arguments, text) != 0) {
    errno = ENOENT;
    return fail("load the firewall's rules with nft");
  }
  if (file_write("/proc/sys/net/ipv4/ip_forward", "1") < 0) {
    firewall_remove(number);
    return fail("let the host forward packets");
  }
  return 0;
}

void firewall_remove(unsigned number) {
  char text[128];
  const char *const arguments[] = {"nft", "-f", "-", NULL};
  /* Added first, because deleting what is not there is an error. */
  snprintf(text, sizeof text, "add table inet hearth%1$u\ndelete table inet hearth%1$u\n", number);
  run_program(arguments, text);
}
