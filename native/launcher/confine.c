#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "seccomp.h"
#include "sys.h"

/* @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
#define DESCRIPTORS_MAX 1024
#define STACK_BYTES (8u << 20)
#define LOCKED_BYTES_MAX 65536
#define CAPABILITIES_MAX 64

static int limit_resources(void) {
  static const struct {
    int resource;
    struct rlimit limit;
  } limits[] = {
      {RLIMIT_NOFILE, {DESCRIPTORS_MAX, DESCRIPTORS_MAX}},
      /*
       * A program of the machine's that takes crashes (core_pattern) is started as root, whatever the limit: but
       * for 1, by which the kernel knows the crashes of that program itself. The filter keeps it.
       */
      {RLIMIT_CORE, {1, 1}},
      {RLIMIT_STACK, {STACK_BYTES, RLIM_INFINITY}},
      {RLIMIT_MEMLOCK, {LOCKED_BYTES_MAX, LOCKED_BYTES_MAX}},
      {RLIMIT_MSGQUEUE, {0, 0}},
      {RLIMIT_NICE, {0, 0}},
      {RLIMIT_RTPRIO, {0, 0}},
  };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    struct rlimit limit = limits[i].limit;
    struct rlimit now;
    if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) == 0) continue;
    if (getrlimit((__rlimit_resource_t)limits[i].resource, &now) < 0) return fail("getrlimit");
    /* Without privileges a hard limit goes only down. */
    if (limit.rlim_max > now.rlim_max) limit.rlim_max = now.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0) return fail("setrlimit");
  }
  return 0;
}

static int drop_user(uid_t uid) {
  for (int capability = 0; capability < CAPABILITIES_MAX; capability++) {
    /* EINVAL: past the last that this kernel knows. */
    if (prctl(PR_CAPBSET_DROP, capability) < 0 && errno != EINVAL) return fail("drop bounds");
  }
  if (setgroups(0, NULL) < 0) return fail("drop groups");
  if (setresgid(uid, uid, uid) < 0) return fail("become group %u", uid);
  /* From root to another: the kernel empties the permitted, effective and ambient sets. */
  return setresuid(uid, uid, uid) < 0 ? fail("become user %u", uid) : 0;
}

int tie_to_parent(void) {
  if (prctl(PR_SET_DUMPABLE, 0) < 0) return fail("forbid to be looked into");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) return fail("become the reaper of orphans");
  return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? fail("die with the launcher") : 0;
}

static int give_up_privileges(uid_t uid) {
  umask(022);
  if (limit_resources() < 0) return -1;
  return uid != 0 ? drop_user(uid) : 0;
}

static int filter(int *listener) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return fail("forbid new privileges");
  return seccomp_install(listener);
}

int confine_process(uid_t uid, int *listener) {
  return give_up_privileges(uid) < 0 ? -1 : filter(listener);
}

int confine(uid_t uid, int *listener) {
  if (give_up_privileges(uid) < 0) return -1;
  /* Once more: a change of user clears the tie. */
  if (tie_to_parent() < 0) return -1;
  return filter(listener);
}
