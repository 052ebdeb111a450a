/* Mounts by descriptor: a tree is cloned, made read-only while nobody sees it, then attached. */
#ifndef HEARTH_MOUNTS_H
#define HEARTH_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct mount_option {
  const char *name;
  /* NULL where the name says it all. */
  const char *value;
};

/* A new filesystem, detached, nosuid and nodev: its root, or -1. */
int mount_new(const char *type, const struct mount_option *options, size_t count);
/* A detached read-only, nosuid, nodev copy of a host path (file or directory); -1 on failure. */
int mount_clone_read_only(const char *source);
/* A detached nosuid, nodev copy of a host directory that may be written to; -1 on failure. */
int mount_clone_writable(const char *source);
/* A detached copy of a path, with all that is mounted below, each as it is; -1 on failure. */
int mount_clone_as_it_is(const char *path);
/* Mounts a directory, and all that is mounted below, over itself; answers its descriptor, or -1. */
int mount_clone_over(int directory);
/* Attaches a detached tree at `target` of the caller's mount namespace. */
int mount_attach(int tree, const char *target);
/* Where the launcher lives: its mount namespace, and its root there, which setns() forgets in a chroot. */
struct mount_home {
  int namespace;
  int directory;
};

/* Remembers the caller's own; -1 on failure. */
int mount_home_open(struct mount_home *home);
/* Comes back from another namespace; -1 on failure. */
int mount_home_return(const struct mount_home *home);
/* Attaches a tree inside the mount namespace of another process, then comes back home. */
int mount_attach_in(int tree, int target_namespace, const struct mount_home *home,
                    const char *target);
/* A new, empty /dev/shm in the caller's mount namespace. */
int mount_shared_memory(void);
/* The same in place of another one. */
int mount_replace_shared_memory(void);
/* Binds source to target read-only by the calls that Linux before 5.12 has too. */
int mount_bind_read_only(const char *source, const char *target);

#endif
