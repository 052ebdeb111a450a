/* Mounts by descriptor: a tree is cloned, made read-only while nobody sees it, then attached. */
#ifndef HEARTH_MOUNTS_H
#define HEARTH_MOUNTS_H

#include <stdbool.h>

/* A detached read-only, nosuid, nodev copy of a host path (file or directory); -1 on failure. */
int mount_clone_read_only(const char *source);
/* A detached nosuid, nodev copy of a host directory that may be written to; -1 on failure. */
int mount_clone_writable(const char *source);
/* Attaches a detached tree at `target` of the caller's mount namespace. */
int mount_attach(int tree, const char *target);
/* Attaches a tree inside the mount namespace of another process, then comes back to `home`. */
int mount_attach_in(int tree, int target_namespace, int home_namespace, const char *target);
/* Binds source to target read-only by the calls that Linux before 5.12 has too. */
int mount_bind_read_only(const char *source, const char *target);

#endif
