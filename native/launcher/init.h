/*
 * The first process of a sandbox: builds it from inside, gives up every privilege, tells that it
 * is ready, and then starts the function's processes as it is told. It runs no code but this.
 */
#ifndef HEARTH_INIT_H
#define HEARTH_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroups.h"
#include "channel.h"
#include "root.h"
#include "storage.h"
#include "zygote.h"

/* What an init tells the launcher, and what the launcher believes only as far as it must. */
enum init_report_kind {
  /* text: why it could not be built. */
  REPORT_FAILED = 1,
  REPORT_READY,
  /* value: errno of the exec, for the first process. */
  REPORT_NOT_STARTED,
  /* value: the wait status of the first process. Where init is kept every other process is gone, too. */
  REPORT_EXITED,
};

struct init_report {
  int32_t kind;
  int32_t value;
  char text[248];
};

/* What a launcher orders: one byte, for ORDER_START followed by four of length and the fields. */
enum init_order {
  ORDER_START = 'S',
  ORDER_TERMINATE = 'T',
  /* Without cgroups: the first process's group stands still, or goes on. */
  ORDER_STOP = 'Z',
  ORDER_CONTINUE = 'C',
  /* Followed by a number, int32_t: that process, a zygote's fork, is the first. */
  ORDER_ADOPT = 'A',
  /* Of a zygote's fork itself: with the listener of its filter. */
  ORDER_LISTEN = LISTEN_ORDER,
  /* Where it is kept: every process ends, so that another may be the first. */
  ORDER_RESET = 'R',
};

struct init_plan {
  /* False: a plain process, without namespaces, groups or another user. */
  bool is_isolated;
  /* False: keeps its privileges, as an OCI runtime needs them. */
  bool is_confined;
  /* Outlives its first process. */
  bool is_kept;
  uint32_t serial;
  uid_t uid;
  const struct cgroups *cgroups;
  const struct root *root;
  /* Makes /tmp; where it can not, `directory` is bound. */
  struct storage *storage;
  const char *directory;
  int control;
  int output;
  int errors;
};

/* Becomes the process that directory, arguments, environment and what is tried first describe; returns only with errno. */
int process_become(struct fields fields);

_Noreturn void init_run(const struct init_plan *plan);

#endif
