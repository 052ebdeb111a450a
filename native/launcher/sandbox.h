/*
 * The sandboxes and their lives: building, ready in the pool, running, ended, gone. Every sandbox
 * is built whole before it is asked for; a launch gives it limits, code and a process.
 */
#ifndef HEARTH_SANDBOX_H
#define HEARTH_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroups.h"
#include "channel.h"
#include "memory.h"
#include "network.h"
#include "root.h"
#include "storage.h"

/* User ids and addresses; more than one machine has memory for. */
#define SANDBOXES_MAX 4096u
/* One for each interpreter that is here, and its successor. */
#define ZYGOTES_MAX 16u

/* What an event of epoll is about; smaller numbers are the launcher's own. */
#define ZYGOTE_EVENT_FIRST 16u
#define SANDBOX_EVENT_FIRST (ZYGOTE_EVENT_FIRST + ZYGOTES_MAX)

enum sandbox_state {
  SANDBOX_FREE,
  SANDBOX_BUILDING,
  SANDBOX_READY,
  SANDBOX_RUNNING,
  /* Every process is gone but its init, which waits for new ones, or for its end. */
  SANDBOX_EMPTY,
  /* Every process is gone; its output waits until the server lets go. */
  SANDBOX_ENDED,
};

struct sandbox_limits {
  struct cgroup_limits group;
  uint64_t bits_per_second;
};

struct sandbox {
  enum sandbox_state state;
  /* Never used twice in a launcher's life; names groups, cables and directories. */
  uint32_t serial;
  /* The place in the table; gives the user id and the address. */
  uint32_t index;
  pid_t init;
  int control;
  int output;
  int errors;
  /* MiB of /tmp. */
  unsigned tmp_mib;
  /* What was set; zeros before. */
  struct sandbox_limits limits;
  /* Of network_enter: for the token bucket inside. */
  int routes;
  /* Where its runtime connects by name, and how often it still may. */
  int runtime_api;
  unsigned connections_left;
  /* It was asked to stand still, and did not at once. */
  bool is_freezing;
  /* Somebody in it listens and takes no connections. */
  bool is_silent;
  /* True when the server will not ask about it again. */
  bool is_released;
  /* Of the request to release it: answered when nothing is left. */
  char *releasing;
  /* Whose fork its first process is; 0: a program is started. */
  uint32_t zygote;
  /* The launch that waits for the build, as it came, or, once it runs, for the zygote: its id. */
  char *pending;
  size_t pending_length;
  /* Kills of those processes that were there before the present ones; their peak of memory is forgotten. */
  uint64_t kills_before;
  int peak_reader;
  /* What of its memory is known, and the most that it used until it was told to end. */
  struct memory_seen memory;
  uint64_t peak_before_end;
  /* Its processes were told to end: nothing may make them stand still any more. */
  bool is_ending;
  /* Takes away what they left in /dev/shm, where that is much: until it has ended they are not told to be gone. */
  pid_t cleaner;
  bool has_first_status;
  int first_status;
  int start_error;
};

/* A booted language that is forked for sandboxes. */
struct zygote {
  /* Never used twice. */
  uint32_t number;
  /* 0: the place is free. */
  pid_t pid;
  bool is_reaped;
  int control;
  /* Of the request that waits until it is ready. */
  char request[24];
};

struct sandboxes {
  /* Namespaces, groups, a root and a user of its own. */
  bool is_isolated;
  /* A network namespace; also around an OCI runtime, which makes the rest itself. */
  bool has_network;
  /* Without new privileges and under the filter; an OCI runtime could not work so. */
  bool is_confined;
  /* Control groups, and an init that outlives its first process: all but plain processes. */
  bool is_kept;
  /* Processes of ours in each sandbox's groups, beside the function's. */
  unsigned own_processes;
  uid_t first_uid;
  char directory[512];
  unsigned pool_target;
  struct cgroups cgroups;
  struct root root;
  struct storage storage;
  struct network network;
  /* Watches control descriptors; the data is the sandbox's index plus SANDBOX_EVENT_FIRST. */
  int epoll;
  uint32_t serial_last;
  uint32_t index_next;
  unsigned ready_count;
  unsigned building_count;
  /* The serial of what was launched last, until the server sets what holds after its init, or it ends; 0: nobody. */
  uint32_t starting;
  /* When that was, as milliseconds_now() tells. */
  uint64_t started_at;
  /* Of the last launch: the next is likely to have them, so that they are set while nobody waits. */
  struct sandbox_limits usual_limits;
  struct sandbox table[SANDBOXES_MAX];
  uint32_t zygote_last;
  struct zygote zygotes[ZYGOTES_MAX];
};

/* Begins to build one more for the pool; NULL where the machine refuses. */
struct sandbox *sandbox_build(struct sandboxes *all);
/* The sandbox of a serial number, or NULL when it is gone. */
struct sandbox *sandbox_find(struct sandboxes *all, uint32_t serial);
/* One that is ready, or is being built for nobody yet, or is begun now; NULL on failure. */
struct sandbox *sandbox_take(struct sandboxes *all);
/* Reads what its init tells; may free it. */
void sandbox_listen(struct sandboxes *all, struct sandbox *sandbox);
/* An init was reaped. */
void sandbox_reaped(struct sandboxes *all, pid_t init, int status);
/* Its init is over, or will never be: whatever is built beside it holds nobody up. */
void sandbox_has_started(struct sandboxes *all, const struct sandbox *sandbox);
/* Kills everything in it; what it held is freed once it is reaped and released. */
void sandbox_kill(struct sandboxes *all, struct sandbox *sandbox);
/* Clears an empty one of what processes left but in /tmp, and has its counts begin anew. */
int sandbox_renew(struct sandboxes *all, struct sandbox *sandbox);
/* The most memory that its present processes used, which live. */
uint64_t sandbox_memory_peak(const struct sandboxes *all, struct sandbox *sandbox);
/* Sets what is not set already. */
int sandbox_limit(struct sandboxes *all, struct sandbox *sandbox, struct sandbox_limits limits);
void sandbox_release(struct sandboxes *all, struct sandbox *sandbox);
/* Kills all, waits for all, frees all. */
void sandboxes_end(struct sandboxes *all);

#endif
