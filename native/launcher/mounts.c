#define _GNU_SOURCE
#include "mounts.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mount.h>

#include "sys.h"

/* Named here and not by <linux/mount.h>, which some versions of glibc cannot stand beside. */
#define TREE_CLONE 1
#define TREE_CLOEXEC O_CLOEXEC
#define TREE_RECURSIVE 0x8000
#define MOVE_FROM_EMPTY_PATH 0x4
#define MOVE_TO_EMPTY_PATH 0x40
#define ATTRIBUTE_READ_ONLY 0x1
#define ATTRIBUTE_NOSUID 0x2
#define ATTRIBUTE_NODEV 0x4

#define CONFIG_FLAG 0
#define CONFIG_TEXT 1
#define CONFIG_CREATE 6
#define NEW_CLOEXEC 1
#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif

struct mount_attributes {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace;
};

static int set_option(int context, const struct mount_option *option) {
  int kind = option->value == NULL ? CONFIG_FLAG : CONFIG_TEXT;
  return (int)syscall(SYS_fsconfig, context, kind, option->name, option->value, 0);
}

int mount_new(const char *type, const struct mount_option *options, size_t count) {
  int context = (int)syscall(SYS_fsopen, type, NEW_CLOEXEC);
  if (context < 0) return fail("fsopen %s", type);
  int tree = -1;
  int result = 0;
  for (size_t i = 0; i < count && result == 0; i++) result = set_option(context, &options[i]);
  if (result == 0 && syscall(SYS_fsconfig, context, CONFIG_CREATE, NULL, NULL, 0) == 0) {
    unsigned attributes = ATTRIBUTE_NOSUID | ATTRIBUTE_NODEV;
    tree = (int)syscall(SYS_fsmount, context, NEW_CLOEXEC, attributes);
  }
  if (tree < 0) fail("mount a new %s", type);
  close(context);
  return tree;
}

static int clone_tree(const char *source, uint64_t attribute) {
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, source, TREE_CLONE | TREE_CLOEXEC);
  if (tree < 0) return fail("open_tree %s", source);
  struct mount_attributes attributes = {
      .set = attribute | ATTRIBUTE_NOSUID | ATTRIBUTE_NODEV,
      .propagation = MS_PRIVATE,
  };
  if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0) {
    fail("mount_setattr %s", source);
    close(tree);
    return -1;
  }
  return tree;
}

int mount_clone_read_only(const char *source) { return clone_tree(source, ATTRIBUTE_READ_ONLY); }

int mount_clone_writable(const char *source) { return clone_tree(source, 0); }

int mount_clone_as_it_is(const char *path) {
  unsigned flags = TREE_CLONE | TREE_CLOEXEC | TREE_RECURSIVE;
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
  return tree < 0 ? fail("open_tree %s", path) : tree;
}

int mount_clone_over(int directory) {
  unsigned flags = TREE_CLONE | TREE_CLOEXEC | TREE_RECURSIVE | AT_EMPTY_PATH;
  int tree = (int)syscall(SYS_open_tree, directory, "", flags);
  if (tree < 0) return fail("open_tree");
  unsigned both = MOVE_FROM_EMPTY_PATH | MOVE_TO_EMPTY_PATH;
  if (syscall(SYS_move_mount, tree, "", directory, "", both) == 0) return tree;
  close(tree);
  return fail("move_mount over a directory");
}

int mount_attach(int tree, const char *target) {
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_FROM_EMPTY_PATH) < 0) {
    return fail("move_mount to %s", target);
  }
  return 0;
}

int mount_home_open(struct mount_home *home) {
  home->namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (home->namespace < 0) return fail("open the mount namespace");
  home->directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return home->directory < 0 ? fail("open the root") : 0;
}

int mount_home_return(const struct mount_home *home) {
  if (setns(home->namespace, CLONE_NEWNS) < 0) return fail("return to the mount namespace");
  if (fchdir(home->directory) < 0 || chroot(".") < 0) return fail("return to the root");
  return 0;
}

int mount_attach_in(int tree, int target_namespace, const struct mount_home *home,
                    const char *target) {
  if (setns(target_namespace, CLONE_NEWNS) < 0) return fail("setns into the sandbox's mounts");
  int result = mount_attach(tree, target);
  /* Without the way back every later request would look at the wrong files: better no launcher. */
  if (mount_home_return(home) < 0) _exit(70);
  return result;
}

int mount_shared_memory(void) {
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("tmpfs", "/dev/shm", "tmpfs", flags, "mode=1777") < 0) return fail("mount /dev/shm");
  return 0;
}

int mount_replace_shared_memory(void) {
  if (umount2("/dev/shm", MNT_DETACH) < 0) return fail("unmount /dev/shm");
  return mount_shared_memory();
}

int mount_bind_read_only(const char *source, const char *target) {
  unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV;
  if (mount(source, target, NULL, MS_BIND, NULL) < 0) return fail("bind %s", source);
  if (mount(NULL, target, NULL, flags, NULL) < 0) return fail("bind %s read-only", source);
  return 0;
}
