/*
 * The files that every sandbox shares, built once: a mount namespace in which nothing exists but
 * a small read-only root. A sandbox is born as a copy of it, so none ever saw the host's tree and
 * there is nothing to pivot away from or to unmount.
 */
#ifndef HEARTH_ROOT_H
#define HEARTH_ROOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "mounts.h"

#define ROOT_MOUNTS_MAX 16
/* What a sandbox keeps of its own below another root: directories and files. */
#define ROOT_KEPT "/proc", "/dev", "/tmp", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"

struct root_mount {
  const char *source;
  const char *target;
};

struct root_plan {
  /* A directory of the launcher's own, on which the root is mounted (in its namespace alone). */
  const char *directory;
  /* A name of this machine's that leads to the endpoint inside; empty for none. */
  const char *endpoint_name;
  /* What the operator adds for all sandboxes: the language's binary, for one. */
  struct root_mount mounts[ROOT_MOUNTS_MAX];
  int mount_count;
  uid_t first_uid;
  unsigned uid_count;
};

struct root {
  char directory[512];
  struct mount_home home;
  int template_namespace;
};

int root_open(struct root *root, const struct root_plan *plan);
/* Makes the point for a mount in the shared root; only below /var and /opt. */
int root_make_target(const struct root *root, const char *target, bool is_directory);
/*
 * Makes a directory of the host, read-only, the root of everybody in a sandbox's mount namespace, in place of the shared
 * one. It has a directory or a file wherever ROOT_KEPT says.
 */
int root_replace(const struct root *root, int namespace, const char *source);

#endif
