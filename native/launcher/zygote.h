/*
 * What the launcher and a zygote say to one another on the zygote's descriptor 3, which keeps
 * messages apart. A zygote is a booted language that runs nobody's code and is forked for each
 * sandbox: ../zygote/README.md.
 */
#ifndef HEARTH_ZYGOTE_H
#define HEARTH_ZYGOTE_H

#include <stdint.h>

#define ZYGOTE_CONTROL_FD 3
#define ZYGOTE_GROUPS_MAX 4
/* init.h has it as ORDER_LISTEN. */
#define LISTEN_ORDER 'L'

/* Where the library for the language lies, for the zygote alone. */
#define ZYGOTE_LIBRARY_DIRECTORY "/var/lang/zygote"

/*
 * The launcher's order of one fork. With it come descriptors: of the sandbox's first process, of its
 * two outputs, then of the lists of processes of its control groups, and, where `has_control`, the socket by which
 * the first process is ordered, to which the fork hands its filter's listener. An older launcher's ends before that.
 */
struct zygote_order {
  uint32_t serial;
  uint32_t uid;
  uint32_t has_control;
};

/* The zygote's answer; a first one, with no serial, says that it is ready. */
struct zygote_answer {
  uint32_t serial;
  /* As the sandbox counts; 0 where it could not be made. */
  int32_t pid;
  char failure[120];
};

#endif
