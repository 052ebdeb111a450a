#define _GNU_SOURCE
#include "root.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "mounts.h"
#include "resolver.h"
#include "sys.h"

#define COPIED_BYTES_MAX (1 << 20)

/* Directories of the host that programs need and that hold nothing private. */
static const char *const shared_directories[] = {
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives",
    "/etc/ssl/certs", "/etc/pki/ca-trust/extracted", "/etc/pki/tls/certs",
    "/etc/crypto-policies",
};

static const char *const copied_files[] = {
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/protocols", "/etc/services", "/etc/mime.types",
    "/etc/os-release", "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf",
};

static const struct {
  const char *path;
  unsigned major;
  unsigned minor;
} devices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9},
};

static const struct {
  const char *path;
  const char *target;
} device_links[] = {
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

static int copy_file(const char *base, const char *path) {
  static char bytes[COPIED_BYTES_MAX];
  char target[PATH_BYTES_MAX];
  ssize_t length = file_read(path, bytes, sizeof bytes);
  if (length <= 0) return 0;
  path_format(target, "%s%s", base, path);
  *strrchr(target, '/') = '\0';
  if (directory_make(target, 0755) < 0) return -1;
  path_format(target, "%s%s", base, path);
  int fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return fail("create %s", target);
  int result = write_all(fd, bytes, (size_t)length);
  close(fd);
  return result;
}

/* One line for each user id that a sandbox may have, because programs look their own name up. */
static int write_users(const char *base, const struct root_plan *plan) {
  static const char *const kinds[] = {"passwd", "group"};
  for (int kind = 0; kind < 2; kind++) {
    char path[PATH_BYTES_MAX];
    path_format(path, "%s/etc/%s", base, kinds[kind]);
    FILE *file = fopen(path, "we");
    if (file == NULL) return fail("create %s", path);
    fputs(kind == 0 ? "root:x:0:0:root:/:/usr/sbin/nologin\n" : "root:x:0:\n", file);
    for (unsigned i = 0; i < plan->uid_count; i++) {
      unsigned id = plan->first_uid + i;
      if (kind == 0) fprintf(file, "sbx_user%u:x:%u:%u::/tmp:/usr/sbin/nologin\n", i, id, id);
      if (kind == 1) fprintf(file, "sbx_user%u:x:%u:\n", i, id);
    }
    fclose(file);
  }
  return 0;
}

static int write_resolver(const char *base) {
  char servers[RESOLVER_SERVERS_MAX][RESOLVER_ADDRESS_BYTES];
  char text[512] = "";
  char path[PATH_BYTES_MAX];
  int count = resolver_servers(servers);
  for (int i = 0; i < count; i++) {
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length, "nameserver %s\n", servers[i]);
  }
  path_format(path, "%s/etc/resolv.conf", base);
  return file_create(path, text, 0644);
}

static int write_etc(const char *base, const struct root_plan *plan) {
  char path[PATH_BYTES_MAX];
  char hosts[512];
  snprintf(hosts, sizeof hosts,
           "127.0.0.1 localhost sandbox sandbox.localdomain %s\n::1 localhost\n", plan->endpoint_name);
  path_format(path, "%s/etc/hosts", base);
  if (file_create(path, hosts, 0644) < 0) return -1;
  path_format(path, "%s/etc/hostname", base);
  if (file_create(path, "sandbox\n", 0644) < 0) return -1;
  path_format(path, "%s/etc/nsswitch.conf", base);
  if (file_create(path, "passwd: files\ngroup: files\nhosts: files dns\n", 0644) < 0) return -1;
  for (size_t i = 0; i < sizeof copied_files / sizeof copied_files[0]; i++) {
    if (copy_file(base, copied_files[i]) < 0) return -1;
  }
  if (write_users(base, plan) < 0) return -1;
  return write_resolver(base);
}

/* Makes an empty directory or file to mount on. */
static int make_point(const char *base, const char *target, bool is_directory) {
  char path[PATH_BYTES_MAX];
  path_format(path, "%s%s", base, target);
  if (access(path, F_OK) == 0) return 0;
  if (is_directory) return directory_make(path, 0755);
  char *name = strrchr(path, '/');
  *name = '\0';
  if (directory_make(path, 0755) < 0) return -1;
  *name = '/';
  return file_create(path, "", 0644);
}

static int share_directory(const char *base, const char *path) {
  struct stat status;
  char target[PATH_BYTES_MAX];
  path_format(target, "%s%s", base, path);
  if (lstat(path, &status) < 0) return 0;
  if (S_ISLNK(status.st_mode)) {
    char link[PATH_BYTES_MAX];
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0) return fail("readlink %s", path);
    link[length] = '\0';
    return symlink(link, target) < 0 && errno != EEXIST ? fail("symlink %s", target) : 0;
  }
  if (!S_ISDIR(status.st_mode)) return 0;
  if (make_point(base, path, true) < 0) return -1;
  return mount_bind_read_only(path, target);
}

/* Java's configuration lies in /etc under a name with its version. */
static int share_java(const char *base) {
  DIR *stream = opendir("/etc");
  int result = 0;
  if (stream == NULL) return fail("open /etc");
  for (struct dirent *entry; result == 0 && (entry = readdir(stream)) != NULL;) {
    char path[PATH_BYTES_MAX];
    if (strncmp(entry->d_name, "java-", 5) != 0) continue;
    path_format(path, "/etc/%s", entry->d_name);
    result = share_directory(base, path);
  }
  closedir(stream);
  return result;
}

static int make_devices(const char *base) {
  char path[PATH_BYTES_MAX];
  path_format(path, "%s/dev", base);
  unsigned long flags = MS_NOSUID | MS_NOEXEC;
  if (mount("tmpfs", path, "tmpfs", flags, "size=64k,mode=755") < 0) return fail("mount %s", path);
  for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
    path_format(path, "%s%s", base, devices[i].path);
    dev_t device = makedev(devices[i].major, devices[i].minor);
    if (mknod(path, S_IFCHR | 0666, device) == 0) continue;
    /* A container may forbid to make nodes, but not to show those that it has. */
    if (make_point(base, devices[i].path, false) < 0) return -1;
    if (mount(devices[i].path, path, NULL, MS_BIND, NULL) < 0) return fail("bind %s", path);
  }
  for (size_t i = 0; i < sizeof device_links / sizeof device_links[0]; i++) {
    path_format(path, "%s%s", base, device_links[i].path);
    if (symlink(device_links[i].target, path) < 0) return fail("symlink %s", path);
  }
  if (make_point(base, "/dev/shm", true) < 0) return -1;
  path_format(path, "%s/dev", base);
  flags |= MS_REMOUNT | MS_BIND | MS_RDONLY;
  return mount(NULL, path, NULL, flags, NULL) < 0 ? fail("make %s read-only", path) : 0;
}

static int populate(const char *base, const struct root_plan *plan) {
  static const char *const points[] = {"/proc",     "/tmp",         "/dev", "/etc", "/opt",
                                       "/var/task", "/var/runtime", "/var/lang/bin"};
  for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
    if (make_point(base, points[i], true) < 0) return -1;
  }
  /* Of zygotes: for every sandbox it is empty, as under gVisor. */
  char sys[PATH_BYTES_MAX];
  path_format(sys, "%s/sys", base);
  if (directory_make(sys, 0755) < 0) return -1;
  return write_etc(base, plan);
}

static int attach_all(const char *base, const struct root_plan *plan) {
  for (size_t i = 0; i < sizeof shared_directories / sizeof shared_directories[0]; i++) {
    if (share_directory(base, shared_directories[i]) < 0) return -1;
  }
  if (share_java(base) < 0) return -1;
  for (int i = 0; i < plan->mount_count; i++) {
    char target[PATH_BYTES_MAX];
    struct stat status;
    path_format(target, "%s%s", base, plan->mounts[i].target);
    if (stat(plan->mounts[i].source, &status) < 0) return fail("stat %s", plan->mounts[i].source);
    if (make_point(base, plan->mounts[i].target, S_ISDIR(status.st_mode)) < 0) return -1;
    if (mount_bind_read_only(plan->mounts[i].source, target) < 0) return -1;
  }
  return make_devices(base);
}

/*
 * Amazon Linux's sh is bash, which AWS's own examples of runtimes need. It is hung over the name alone, where that is a
 * link, too: whoever asks for another shell gets it. Without bash, or before Linux 5.12, sh is the machine's.
 */
static void show_bash_as_sh(void) {
  struct stat of_bash, of_sh;
  if (stat("/bin/bash", &of_bash) < 0 || stat("/bin/sh", &of_sh) < 0) return;
  if (of_bash.st_dev == of_sh.st_dev && of_bash.st_ino == of_sh.st_ino) return;
  int tree = mount_clone_read_only("/bin/bash");
  if (tree < 0) return;
  (void)mount_attach(tree, "/bin/sh");
  close(tree);
}

/* In a namespace of its own: hangs the mounts in, and lets nothing but them remain. */
static int become_template(const char *base, const struct root_plan *plan) {
  unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return fail("make mounts private");
  if (mount(base, base, NULL, MS_BIND, NULL) < 0) return fail("bind %s", base);
  if (attach_all(base, plan) < 0) return -1;
  if (chdir(base) < 0) return fail("chdir %s", base);
  if (syscall(SYS_pivot_root, ".", ".") < 0) return fail("pivot_root");
  if (umount2(".", MNT_DETACH) < 0) return fail("detach the host's tree");
  if (chdir("/") < 0) return fail("chdir to the template's root");
  show_bash_as_sh();
  return mount(NULL, "/", NULL, flags, NULL) < 0 ? fail("make the root read-only") : 0;
}

static int open_own_namespace(void) {
  int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  return fd < 0 ? fail("open the mount namespace") : fd;
}

static int template_open(struct root *root, const struct root_plan *plan) {
  if (mount_home_open(&root->home) < 0) return -1;
  if (unshare(CLONE_NEWNS) < 0) return fail("make the template's namespace");
  root->template_namespace = open_own_namespace();
  if (root->template_namespace < 0) return -1;
  if (become_template(root->directory, plan) < 0) return -1;
  return mount_home_return(&root->home);
}

static bool is_same_directory(int left, int right) {
  struct stat of_left, of_right;
  if (fstat(left, &of_left) < 0 || fstat(right, &of_right) < 0) return false;
  return of_left.st_dev == of_right.st_dev && of_left.st_ino == of_right.st_ino;
}

/* Hangs a directory over itself, and lets nothing but what is below it remain. */
static int become_root(int directory) {
  int tree = mount_clone_over(directory);
  if (tree < 0) return -1;
  int result = fchdir(tree) < 0 ? fail("enter the chroot's tree") : 0;
  close(tree);
  if (result < 0) return -1;
  if (syscall(SYS_pivot_root, ".", ".") < 0) return fail("pivot_root to the chroot");
  if (umount2(".", MNT_DETACH) < 0) return fail("detach the host's tree");
  return chdir("/") < 0 ? fail("chdir to the root") : 0;
}

/*
 * Makes the caller's root the root of its mount namespace. In a chroot it is not: there pivot_root()
 * would leave the host's tree below, and setns() would come out of the chroot.
 */
static int adopt_root(void) {
  struct mount_home home;
  if (mount_home_open(&home) < 0) return -1;
  if (setns(home.namespace, CLONE_NEWNS) < 0) return fail("enter the own mount namespace");
  /* What the host unmounts shall not live on here; what is mounted here shall not appear there. */
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return fail("make mounts slaves");
  int outermost = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (outermost < 0) return fail("open the namespace's root");
  int result = is_same_directory(outermost, home.directory) ? 0 : become_root(home.directory);
  close(outermost);
  close(home.directory);
  close(home.namespace);
  return result;
}

int root_open(struct root *root, const struct root_plan *plan) {
  umask(022);
  snprintf(root->directory, sizeof root->directory, "%s", plan->directory);
  if (directory_make(plan->directory, 0700) < 0) return -1;
  if (unshare(CLONE_NEWNS) < 0) return fail("make the launcher's mount namespace");
  if (adopt_root() < 0) return -1;
  unsigned long flags = MS_NOSUID | MS_NODEV;
  if (mount("tmpfs", plan->directory, "tmpfs", flags, "size=32m,mode=755") < 0) {
    return fail("mount the root");
  }
  /* Device nodes are for everybody. */
  umask(0);
  int result = populate(root->directory, plan) < 0 ? -1 : template_open(root, plan);
  umask(022);
  return result;
}

/* Where the next root is mounted until it is the root. */
#define NEXT_ROOT "/var/task"

static int keep_in_next_root(const char *path) {
  char target[PATH_BYTES_MAX];
  path_format(target, NEXT_ROOT "%s", path);
  int tree = mount_clone_as_it_is(path);
  if (tree < 0) return -1;
  int result = mount_attach(tree, target);
  close(tree);
  return result;
}

static int enter_next_root(int tree) {
  static const char *const kept[] = {ROOT_KEPT};
  if (mount_attach(tree, NEXT_ROOT) < 0) return -1;
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
    if (keep_in_next_root(kept[i]) < 0) return -1;
  }
  if (chdir(NEXT_ROOT) < 0) return fail("enter the next root");
  if (syscall(SYS_pivot_root, ".", ".") < 0) return fail("pivot_root to the next root");
  return umount2(".", MNT_DETACH) < 0 ? fail("detach the shared root") : 0;
}

int root_replace(const struct root *root, int namespace, const char *source) {
  int tree = mount_clone_read_only(source);
  if (tree < 0) return -1;
  int result = setns(namespace, CLONE_NEWNS) < 0 ? fail("setns into the sandbox's mounts") : 0;
  if (result == 0) {
    result = enter_next_root(tree);
    if (mount_home_return(&root->home) < 0) _exit(70);
  }
  close(tree);
  return result;
}

static bool is_plain_path(const char *path) {
  return path[0] == '/' && strstr(path, "//") == NULL && strstr(path, "/.") == NULL;
}

int root_make_target(const struct root *root, const char *target, bool is_directory) {
  bool is_allowed = strncmp(target, "/var/", 5) == 0 || strncmp(target, "/opt", 4) == 0;
  if (!is_allowed || !is_plain_path(target)) {
    errno = EINVAL;
    return fail("mount at %s", target);
  }
  return make_point(root->directory, target, is_directory);
}
