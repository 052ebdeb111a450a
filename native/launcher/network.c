#define _GNU_SOURCE
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "firewall.h"
#include "mounts.h"
#include "netlink.h"
#include "sys.h"

#define LISTEN_BACKLOG 1024
/* How long the launcher, which has one thread, waits for a listener inside a sandbox: once, if in vain. */
#define CONNECT_MS 10
#define CREATE (NLM_F_CREATE | NLM_F_EXCL)
/* The size that Linux's own drivers give a queue's bucket when nobody asks: a few jumbo frames. */
#define BUCKET_BYTES_MIN 65536u
#define QUEUE_BYTES (1u << 20)

static uint32_t sandbox_address(const struct network *network, uint32_t index) {
  return htonl(0x64400000u + (network->number << 16) + 256 + index);
}

static uint32_t gateway_address(const struct network *network) {
  return htonl(0x64400001u + (network->number << 16));
}

static void cable_name(const struct network *network, uint32_t serial, char name[IFNAMSIZ]) {
  snprintf(name, IFNAMSIZ, "hv%u.%x", network->number, serial);
}

static int listen_on(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  if (fd < 0) return fail("open a socket");
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(fd, LISTEN_BACKLOG) < 0) {
    fail("listen on port %u of the sandbox", port);
    close(fd);
    return -1;
  }
  return fd;
}

/*
 * -1 on kernels before 6.16, too, which let no one refuse descriptors that are sent along: whoever reads past
 * them closes them, and the server stood still as long as a socket of the function's lingers.
 */
static int listen_by_name(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path + 1, RUNTIME_API_NAME, strlen(RUNTIME_API_NAME));
  socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof RUNTIME_API_NAME);
  int no = 0;
  if (fd < 0) return fail("open a socket");
  if (setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof no) < 0 ||
      bind(fd, (struct sockaddr *)&address, bytes) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
    fail("listen at the name " RUNTIME_API_NAME);
    close(fd);
    return -1;
  }
  return fd;
}

static int link_up(int routes, unsigned index) {
  struct netlink_message message;
  struct ifinfomsg header = {.ifi_index = (int)index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  netlink_begin(&message, RTM_NEWLINK, 0, &header, sizeof header);
  return netlink_send(routes, &message) < 0 ? fail("raise link %u", index) : 0;
}

static int address_add(int routes, unsigned index, uint32_t address) {
  struct netlink_message message;
  struct ifaddrmsg header = {
      .ifa_family = AF_INET,
      .ifa_prefixlen = 32,
      .ifa_scope = RT_SCOPE_UNIVERSE,
      .ifa_index = index,
  };
  netlink_begin(&message, RTM_NEWADDR, CREATE, &header, sizeof header);
  netlink_attribute_u32(&message, IFA_LOCAL, address);
  netlink_attribute_u32(&message, IFA_ADDRESS, address);
  if (netlink_send(routes, &message) < 0 && errno != EEXIST) return fail("add an address");
  return 0;
}

/* A route to one host (`target`), or to everything by way of `gateway` when target is 0. */
static int route_add(int routes, unsigned index, uint32_t target, uint32_t gateway) {
  struct netlink_message message;
  struct rtmsg header = {
      .rtm_family = AF_INET,
      .rtm_dst_len = target == 0 ? 0 : 32,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_protocol = RTPROT_STATIC,
      .rtm_scope = target == 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
      .rtm_type = RTN_UNICAST,
  };
  netlink_begin(&message, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof header);
  if (target != 0) netlink_attribute_u32(&message, RTA_DST, target);
  if (gateway != 0) netlink_attribute_u32(&message, RTA_GATEWAY, gateway);
  netlink_attribute_u32(&message, RTA_OIF, index);
  return netlink_send(routes, &message) < 0 ? fail("add a route") : 0;
}

/*
 * A /proc to find one network's settings in: they are those of whoever looks. In one for all networks, names that
 * each network has are looked up among those of all others: a thousand sandboxes cost a quarter of the processor.
 * Before Linux 5.8, or where none may be mounted, it is one for all.
 */
static int settings_open(void) {
  int settings = mount_new("proc", NULL, 0);
  return settings >= 0 ? settings : open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * No end of a cable speaks IPv6: its link-local address would reach the host past IPv4's rules. A kernel without IPv6
 * lacks the file.
 */
static int link_without_ipv6(int settings, const char *name) {
  char path[PATH_BYTES_MAX];
  path_format(path, "sys/net/ipv6/conf/%s/disable_ipv6", name);
  if (file_write_at(settings, path, "1") < 0 && errno != ENOENT) return fail("write %s", path);
  return 0;
}

/* Made from inside, so that the kernel builds each end where it belongs and moves none. */
static int cable_create(const struct network *network, int routes, uint32_t serial) {
  struct netlink_message message;
  struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
  char name[IFNAMSIZ];
  cable_name(network, serial, name);
  netlink_begin(&message, RTM_NEWLINK, CREATE, &header, sizeof header);
  netlink_attribute_text(&message, IFLA_IFNAME, "eth0");
  size_t info = netlink_nest(&message, IFLA_LINKINFO);
  netlink_attribute_text(&message, IFLA_INFO_KIND, "veth");
  size_t data = netlink_nest(&message, IFLA_INFO_DATA);
  size_t peer = netlink_nest_header(&message, VETH_INFO_PEER, sizeof(struct ifinfomsg));
  netlink_attribute_text(&message, IFLA_IFNAME, name);
  netlink_attribute_u32(&message, IFLA_NET_NS_FD, (uint32_t)network->host_namespace);
  netlink_nest_end(&message, peer);
  netlink_nest_end(&message, data);
  netlink_nest_end(&message, info);
  return netlink_send(routes, &message) < 0 ? fail("make a veth pair") : 0;
}

static int configure_inside(const struct network *network, uint32_t index, uint32_t serial,
                            int settings, struct sandbox_network *made) {
  if (link_up(made->routes, if_nametoindex("lo")) < 0) return -1;
  made->runtime_api = listen_on(RUNTIME_API_PORT);
  made->runtime_api_by_name = listen_by_name();
  made->endpoint = listen_on(network->endpoint_port);
  if (made->runtime_api < 0 || made->endpoint < 0) return -1;
  if (!network->has_internet) return 0;
  if (cable_create(network, made->routes, serial) < 0) return -1;
  unsigned link = if_nametoindex("eth0");
  uint32_t gateway = gateway_address(network);
  if (address_add(made->routes, link, sandbox_address(network, index)) < 0) return -1;
  if (link_without_ipv6(settings, "eth0") < 0) return -1;
  if (link_up(made->routes, link) < 0) return -1;
  if (route_add(made->routes, link, gateway, 0) < 0) return -1;
  return route_add(made->routes, link, 0, gateway);
}

/*
 * Memory of sockets that no group is charged with, and that no option has to be set for: what is told of times that a
 * message asks to be stamped (kernels that have this but once for the machine are left as they are), and groups of IPv4, of
 * which a socket could have twenty.
 */
static void bound_socket_memory(int settings) {
  (void)file_write_at(settings, "sys/net/core/tstamp_allow_data", "0");
  (void)file_write_at(settings, "sys/net/ipv4/igmp_max_memberships", "2");
}

int network_enter(const struct network *network, uint32_t index, uint32_t serial,
                  struct sandbox_network *made) {
  *made = (struct sandbox_network){
      .runtime_api = -1, .runtime_api_by_name = -1, .endpoint = -1, .routes = -1};
  if (unshare(CLONE_NEWNET) < 0) return fail("make a network namespace");
  made->routes = netlink_open();
  if (made->routes < 0) return -1;
  int settings = settings_open();
  if (settings < 0) return fail("open the settings of a network");
  bound_socket_memory(settings);
  int result = configure_inside(network, index, serial, settings, made);
  close(settings);
  return result;
}

void network_leave(const struct network *network) {
  /* A launcher that can not come home would build every later sandbox in this one's network. */
  if (setns(network->host_namespace, CLONE_NEWNET) < 0) _exit(70);
}

int network_connect(const struct network *network, uint32_t index, uint32_t serial) {
  char name[IFNAMSIZ];
  if (!network->has_internet) return 0;
  cable_name(network, serial, name);
  unsigned link = if_nametoindex(name);
  if (link == 0) return fail("find %s", name);
  if (link_without_ipv6(network->host_settings, name) < 0) return -1;
  if (link_up(network->host_routes, link) < 0) return -1;
  return route_add(network->host_routes, link, sandbox_address(network, index), 0);
}

static int network_enter_of(pid_t process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/net", process);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) return fail("open %s", path);
  int result = setns(namespace, CLONE_NEWNET);
  close(namespace);
  return result < 0 ? fail("enter a sandbox's network") : 0;
}

/* A loopback answers at once; who does not is no listener worth waiting for. */
static int connect_within(int connection, const struct sockaddr_in *address, int milliseconds) {
  if (connect(connection, (const struct sockaddr *)address, sizeof *address) == 0) return 0;
  if (errno != EINPROGRESS) return -1;
  struct pollfd watched = {.fd = connection, .events = POLLOUT};
  int error = ETIMEDOUT;
  socklen_t length = sizeof error;
  if (poll(&watched, 1, milliseconds) > 0) {
    getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &length);
  }
  errno = error;
  return error == 0 ? 0 : -1;
}

int network_connect_inside(const struct network *network, pid_t process, unsigned port,
                           bool *is_silent) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons((uint16_t)port),
      .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
  };
  if (network_enter_of(process) < 0) return -1;
  /* A socket stays in the network where it was made. It must not block: its listener may be full. */
  int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  network_leave(network);
  if (connection < 0) return fail("make a socket");
  if (connect_within(connection, &address, *is_silent ? 0 : CONNECT_MS) == 0) return connection;
  *is_silent = *is_silent || errno == ETIMEDOUT;
  fail("connect to port %u", port);
  close(connection);
  return -1;
}

static int bucket_set(int routes, unsigned link, uint64_t bytes_per_second) {
  struct netlink_message message;
  struct tcmsg header = {
      .tcm_family = AF_UNSPEC,
      .tcm_ifindex = (int)link,
      .tcm_parent = TC_H_ROOT,
      .tcm_handle = 0x10000,
  };
  uint32_t rate = bytes_per_second > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes_per_second;
  uint32_t bucket = rate / 100 > BUCKET_BYTES_MIN ? rate / 100 : BUCKET_BYTES_MIN;
  /* In ticks of 64 ns, the kernel's unit of packet scheduling: how long the bucket takes to fill. */
  uint64_t fill = (uint64_t)bucket * 1000000000u / rate / 64;
  struct tc_tbf_qopt options = {
      .rate = {.rate = rate, .linklayer = 1},
      .limit = QUEUE_BYTES,
      .buffer = (uint32_t)fill,
  };
  netlink_begin(&message, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof header);
  netlink_attribute_text(&message, TCA_KIND, "tbf");
  size_t nest = netlink_nest(&message, TCA_OPTIONS);
  netlink_attribute(&message, TCA_TBF_PARMS, &options, sizeof options);
  netlink_attribute_u32(&message, TCA_TBF_BURST, bucket);
  netlink_nest_end(&message, nest);
  return netlink_send(routes, &message) < 0 ? fail("set the token bucket") : 0;
}

int network_limit(const struct network *network, const struct sandbox_network *made,
                  uint32_t serial, uint64_t bits_per_second) {
  char name[IFNAMSIZ];
  if (!network->has_internet || bits_per_second == 0) return 0;
  cable_name(network, serial, name);
  unsigned link = if_nametoindex(name);
  if (bucket_set(network->host_routes, link, bits_per_second / 8) < 0) return -1;
  /* Inside there are two links, made in this order: lo is 1, eth0 the next. */
  return bucket_set(made->routes, 2, bits_per_second / 8);
}

/* Cables of sandboxes whose launcher died before the kernel took them down. */
static void cables_sweep(const struct network *network) {
  char prefix[16];
  snprintf(prefix, sizeof prefix, "hv%u.", network->number);
  struct if_nameindex *links = if_nameindex();
  for (struct if_nameindex *link = links; link != NULL && link->if_index != 0; link++) {
    if (strncmp(link->if_name, prefix, strlen(prefix)) != 0) continue;
    struct netlink_message message;
    struct ifinfomsg header = {.ifi_index = (int)link->if_index};
    netlink_begin(&message, RTM_DELLINK, 0, &header, sizeof header);
    netlink_send(network->host_routes, &message);
  }
  if (links != NULL) if_freenameindex(links);
}

/* Makes one cable that nobody uses: some kernels and containers have none. */
static bool can_connect(const struct network *network) {
  struct sandbox_network made;
  int result = network_enter(network, 0, 0, &made);
  network_leave(network);
  close_fd(&made.runtime_api);
  close_fd(&made.runtime_api_by_name);
  close_fd(&made.endpoint);
  close_fd(&made.routes);
  return result == 0;
}

int network_open(struct network *network, bool wants_internet) {
  unsigned number = network->number;
  network->host_routes = -1;
  network->host_namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (network->host_namespace < 0) return fail("open the host's network namespace");
  network->host_routes = netlink_open();
  if (network->host_routes < 0) return -1;
  network->host_settings = settings_open();
  if (network->host_settings < 0) return fail("open the settings of the host's network");
  cables_sweep(network);
  firewall_remove(number);
  if (!wants_internet) return 0;
  network->has_internet = true;
  if (!can_connect(network) || firewall_install(number) < 0 ||
      address_add(network->host_routes, if_nametoindex("lo"), gateway_address(network)) < 0) {
    fprintf(stderr, "hearth-launcher: no internet for sandboxes: %s\n", failure());
    firewall_remove(number);
    network->has_internet = false;
  }
  return 0;
}

void network_close(struct network *network) {
  cables_sweep(network);
  if (!network->has_internet) return;
  firewall_remove(network->number);
  struct netlink_message message;
  struct ifaddrmsg header = {
      .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = if_nametoindex("lo")};
  netlink_begin(&message, RTM_DELADDR, 0, &header, sizeof header);
  netlink_attribute_u32(&message, IFA_LOCAL, gateway_address(network));
  netlink_send(network->host_routes, &message);
}
