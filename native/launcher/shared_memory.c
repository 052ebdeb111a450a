#define _GNU_SOURCE
#include "shared_memory.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/vfs.h>

#include "sys.h"

/* Given back in a few milliseconds. */
#define LITTLE_BYTES (16u << 20)
#define FEW_FILES 4096u

int sandbox_open_mounts(const struct sandbox *sandbox) {
  char path[PATH_BYTES_MAX];
  path_format(path, "/proc/%d/ns/mnt", sandbox->init);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  return namespace < 0 ? fail("open %s", path) : namespace;
}

static bool has_little(const struct sandbox *sandbox) {
  char path[PATH_BYTES_MAX];
  struct statfs status;
  path_format(path, "/proc/%d/root%s", sandbox->init, "/dev/shm");
  if (statfs(path, &status) < 0) return true;
  uint64_t used = (uint64_t)(status.f_blocks - status.f_bfree);
  uint64_t files = (uint64_t)(status.f_files - status.f_ffree);
  return used * (uint64_t)status.f_bsize <= LITTLE_BYTES && files <= FEW_FILES;
}

/*
 * Gigabytes, or a million files without a byte, are a second's work, for which the launcher would stand
 * still. Holds nothing of the launcher's.
 */
static _Noreturn void clean(const struct sandbox *sandbox) {
  int namespace = sandbox_open_mounts(sandbox);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (namespace < 0 || dup2(namespace, STDIN_FILENO) < 0) _exit(1);
  close_from(STDIN_FILENO + 1);
  if (setns(STDIN_FILENO, CLONE_NEWNS) < 0) _exit(1);
  _exit(mount_replace_shared_memory() < 0 ? 1 : 0);
}

bool shared_memory_clean(struct sandbox *sandbox) {
  if (has_little(sandbox)) return false;
  pid_t pid = fork();
  if (pid == 0) clean(sandbox);
  if (pid < 0) return false;
  sandbox->cleaner = pid;
  sandbox->is_ending = true;
  return true;
}

int shared_memory_renew(const struct sandbox *sandbox, const struct mount_home *home) {
  int namespace = sandbox_open_mounts(sandbox);
  if (namespace < 0) return -1;
  int result = setns(namespace, CLONE_NEWNS) < 0 ? fail("setns into the sandbox's mounts") : 0;
  close(namespace);
  if (result < 0) return -1;
  result = mount_replace_shared_memory();
  if (mount_home_return(home) < 0) _exit(70);
  return result;
}
