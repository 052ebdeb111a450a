/*
 * The part of a zygote that is not the language: a library, loaded into Node.js or Python, that waits
 * for the launcher's orders and forks the process into a sandbox.
 *
 * I1 Code of a function never runs here, nor in a process that still has a privilege, a descriptor or
 *    a namespace of the zygote's: `hearth_zygote_wait` returns only in a fork that gave them all up.
 * I2 A fork shares no open file with the zygote or another fork: what was open is replaced.
 * I3 Threads do not live on in a fork. The language was told to do without them; where it would wait
 *    for them, at its end, the process ends.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "../launcher/confine.h"
#include "../launcher/sys.h"
#include "../launcher/zygote.h"

#ifndef MADV_DOFORK
#define MADV_DOFORK 11
#endif

#define EXPORTED __attribute__((visibility("default")))
#define OPTIONAL __attribute__((weak))
#define DESCRIPTORS_MAX 256
#define THREADS_MAX 64
#define MAPPINGS_MAX 16384
/* Of the sandbox's first process, both outputs; control groups follow. */
#define HANDLES_FIXED 3
#define HANDLES_MAX (HANDLES_FIXED + ZYGOTE_GROUPS_MAX + 1)

/* Of libuv, OpenSSL and Python, where the language has them. */
OPTIONAL int uv_loop_fork(void *loop);
OPTIONAL int RAND_poll(void);
OPTIONAL void PyOS_AfterFork_Child(void);

struct open_file {
  int fd;
  dev_t device;
  ino_t inode;
};

static struct open_file inherited[DESCRIPTORS_MAX];
static int inherited_count;
static pthread_t threads[THREADS_MAX];
static int thread_count;
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_fork;
/* With which the language is about to end. */
static int exit_code;

static void forget_thread(pthread_t thread) {
  for (int i = 0; i < thread_count; i++) {
    if (threads[i] == thread) threads[i] = 0;
  }
}

struct thread_start {
  void *(*run)(void *);
  void *argument;
};

static void *run_thread(void *given) {
  struct thread_start start = *(struct thread_start *)given;
  free(given);
  void *result = start.run(start.argument);
  /* It is not lost in a fork: it had ended. */
  pthread_mutex_lock(&threads_lock);
  if (!is_fork) forget_thread(pthread_self());
  pthread_mutex_unlock(&threads_lock);
  return result;
}

/* Threads that live at the fork are remembered (I3). */
EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                            void *(*run)(void *), void *argument) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
  struct thread_start *start = is_fork ? NULL : malloc(sizeof *start);
  if (start == NULL) {
    int result = real(thread, attributes, run, argument);
    /* The place of one that was lost is taken by a new one. */
    if (result == 0 && is_fork) forget_thread(*thread);
    return result;
  }
  *start = (struct thread_start){run, argument};
  pthread_mutex_lock(&threads_lock);
  int result = real(thread, attributes, run_thread, start);
  if (result == 0 && thread_count < THREADS_MAX) threads[thread_count++] = *thread;
  pthread_mutex_unlock(&threads_lock);
  if (result != 0) free(start);
  return result;
}

EXPORTED int pthread_join(pthread_t thread, void **result) {
  static int (*real)(pthread_t, void **);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_join");
  for (int i = 0; is_fork && i < thread_count; i++) {
    /* Only the language's own end waits for these, and what it would tidy up is not whole. */
    if (threads[i] == thread) _exit(exit_code);
  }
  return real(thread, result);
}

/*
 * Node.js puts its user's number into the name of a folder of compiled code. One folder serves the forks of all
 * users, and is named as the zygote's own would be.
 */
static bool is_naming;

EXPORTED uid_t getuid(void) { return is_naming ? 0 : (uid_t)syscall(SYS_getuid); }

/*
 * V8 exempts its heap from forks, which it takes for starts of programs. What is shared, and not copied
 * when it is written to, is of no fork's (I2). A file that the kernel lets nobody write to by its mapping stays:
 * the C library looks into its list of encodings, which it has mapped so, whenever it is to convert.
 */
static int choose_memory_of_forks(void) {
  static struct {
    unsigned long start;
    unsigned long end;
    char access[5];
    bool is_read_only;
  } mappings[MAPPINGS_MAX];
  char line[4096];
  int count = 0;
  FILE *maps = fopen("/proc/self/smaps", "re");
  if (maps == NULL) return fail("open /proc/self/smaps");
  while (count < MAPPINGS_MAX && fgets(line, sizeof line, maps) != NULL) {
    int found = sscanf(line, "%lx-%lx %4s", &mappings[count].start, &mappings[count].end,
                       mappings[count].access);
    if (found == 3) count++;
    else if (count > 0 && strncmp(line, "VmFlags:", 8) == 0) {
      mappings[count - 1].is_read_only = strstr(line, " sh") == NULL;
    }
  }
  fclose(maps);
  for (int i = 0; i < count; i++) {
    bool is_shared = mappings[i].access[3] == 's' && !mappings[i].is_read_only;
    int advice = is_shared ? MADV_DONTFORK : MADV_DOFORK;
    int result = madvise((void *)mappings[i].start, mappings[i].end - mappings[i].start, advice);
    /* The kernel's own refuse, and are forked anyway. */
    if (result < 0 && advice == MADV_DONTFORK) return fail("keep shared memory out of forks");
  }
  return 0;
}

static int remember_open_files(void) {
  DIR *stream = opendir("/proc/self/fd");
  if (stream == NULL) return fail("open /proc/self/fd");
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    struct stat status;
    int fd = atoi(entry->d_name);
    if (entry->d_name[0] == '.' || fd == dirfd(stream) || fstat(fd, &status) < 0) continue;
    if (inherited_count == DESCRIPTORS_MAX) {
      closedir(stream);
      errno = EMFILE;
      return fail("more than %d files are open", DESCRIPTORS_MAX);
    }
    inherited[inherited_count++] = (struct open_file){fd, status.st_dev, status.st_ino};
  }
  closedir(stream);
  return 0;
}

/*
 * Where libuv knows their numbers, these stay taken, but lead nowhere; what it made anew in the fork under
 * an old number is another file, and stays.
 */
static int give_up_open_files(int empty, bool keeps_numbers) {
  for (int i = 0; i < inherited_count; i++) {
    const struct open_file *file = &inherited[i];
    struct stat status;
    if (file->fd <= STDERR_FILENO || fstat(file->fd, &status) < 0) continue;
    if (status.st_dev != file->device || status.st_ino != file->inode) continue;
    if (!keeps_numbers) close(file->fd);
    else if (dup3(empty, file->fd, O_CLOEXEC) < 0) return fail("replace descriptor %d", file->fd);
  }
  return 0;
}

/* To the sandbox's first process, who answers the calls that the filter asks about. */
static int hand_listener(int control, int *listener) {
  char order = LISTEN_ORDER;
  int sent = *listener < 0 ? 0 : message_send(control, &order, sizeof order, listener, 1, 0);
  close_fd(listener);
  close(control);
  return sent == 0 ? 0 : fail("hand the listener over");
}

/* The fork, in the sandbox's namespaces and control groups, becomes a process of the sandbox's user. */
static int become(const struct zygote_order *order, const int *handles, int count, void *loop) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  is_fork = true;
  setsid();
  int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (empty < 0) return fail("open /dev/null");
  if (dup2(empty, STDIN_FILENO) < 0 || dup2(handles[1], STDOUT_FILENO) < 0 ||
      dup2(handles[2], STDERR_FILENO) < 0) {
    return fail("set the outputs");
  }
  if (give_up_open_files(empty, loop != NULL) < 0) return -1;
  int others = order->has_control ? count - 1 : count;
  for (int i = 0; i < others; i++) close(handles[i]);
  close(empty);
  if (chdir("/") < 0) return fail("chdir");
  int listener = -1;
  if (confine_process(order->uid, order->has_control ? &listener : NULL) < 0) return -1;
  if (order->has_control && hand_listener(handles[others], &listener) < 0) return -1;
  /* A change of user hid it from its own user, who may look at it as at any process of his. */
  if (prctl(PR_SET_DUMPABLE, 1) < 0) return fail("show the process to its user");
  if (loop != NULL && uv_loop_fork != NULL && uv_loop_fork(loop) != 0) {
    errno = EIO;
    return fail("renew the event loop");
  }
  if (RAND_poll != NULL && RAND_poll() != 1) {
    errno = EIO;
    return fail("renew randomness");
  }
  if (PyOS_AfterFork_Child != NULL) PyOS_AfterFork_Child();
  return 0;
}

struct hatching {
  const struct zygote_order *order;
  const int *handles;
  int count;
  struct zygote_answer *answer;
};

/* In the helper, which shares the zygote's memory: goes where the fork is to be. */
static int enter_sandbox(const struct hatching *hatching) {
  int namespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  int groups_end = hatching->count - (hatching->order->has_control ? 1 : 0);
  for (int i = HANDLES_FIXED; i < groups_end; i++) {
    if (write(hatching->handles[i], "0", 1) < 0) return fail("enter a control group");
  }
  if (setns(hatching->handles[0], namespaces) < 0) return fail("enter the sandbox");
  return 0;
}

/*
 * A helper is born into the sandbox, as only a child enters a namespace of processes; it forks and
 * ends, so that the sandbox's own first process takes the fork over. True in the fork.
 */
static bool hatch(const struct hatching *hatching, int home, void *loop) {
  struct zygote_answer *answer = hatching->answer;
  answer->pid = 0;
  if (setns(hatching->handles[0], CLONE_NEWPID) < 0) {
    fail("enter the sandbox's processes");
  } else {
    pid_t helper = vfork();
    if (helper == 0) {
      pid_t fork_pid = enter_sandbox(hatching) < 0 ? -1 : fork();
      if (fork_pid == 0) {
        if (become(hatching->order, hatching->handles, hatching->count, loop) == 0) return true;
        dprintf(STDERR_FILENO, "hearth: %s\n", failure());
        _exit(1);
      }
      if (fork_pid > 0) answer->pid = fork_pid;
      _exit(0);
    }
    if (helper < 0) fail("start a helper");
    else waitpid(helper, NULL, 0);
  }
  if (answer->pid == 0) snprintf(answer->failure, sizeof answer->failure, "%.110s", failure());
  /* A zygote that does not find home would make every later fork a process of this sandbox. */
  if (setns(home, CLONE_NEWPID) < 0) _exit(70);
  return false;
}

/* The next order with its descriptors; the number of these, or -1 when the launcher has gone. */
static int receive(struct zygote_order *order, int *handles) {
  int count = 0;
  ssize_t length =
      message_receive(ZYGOTE_CONTROL_FD, order, sizeof *order, handles, HANDLES_MAX, &count);
  if (length < (ssize_t)offsetof(struct zygote_order, has_control)) return -1;
  return count < HANDLES_FIXED ? -1 : count;
}

static bool answer_launcher(const struct zygote_answer *answer) {
  return send(ZYGOTE_CONTROL_FD, answer, sizeof *answer, MSG_NOSIGNAL) == (ssize_t)sizeof *answer;
}

/*
 * Waits for orders; returns in each fork, and in the zygote never. `loop` is libuv's, or NULL. Called
 * when no other thread does anything.
 */
EXPORTED void hearth_zygote_wait(void *loop) {
  struct zygote_answer answer = {0};
  int home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
  if (home < 0 || choose_memory_of_forks() < 0 || remember_open_files() < 0) _exit(71);
  while (answer_launcher(&answer)) {
    struct zygote_order order = {0};
    int handles[HANDLES_MAX];
    int count = receive(&order, handles);
    if (count < 0) break;
    answer = (struct zygote_answer){.serial = order.serial};
    struct hatching hatching = {&order, handles, count, &answer};
    if (hatch(&hatching, home, loop)) return;
    for (int i = 0; i < count; i++) close(handles[i]);
  }
  _exit(0);
}

/* What Node.js asks of a native module; its headers are not needed for a few names. */
typedef struct napi_env_ *napi_env;
typedef struct napi_value_ *napi_value;
typedef struct napi_info_ *napi_info;
typedef napi_value napi_function(napi_env environment, napi_info information);
OPTIONAL int napi_create_function(napi_env environment, const char *name, size_t length,
                                  napi_function *function, void *data, napi_value *result);
OPTIONAL int napi_set_named_property(napi_env environment, napi_value object, const char *name,
                                     napi_value value);
OPTIONAL int napi_get_cb_info(napi_env environment, napi_info information, size_t *count,
                              napi_value *values, napi_value *self, void **data);
OPTIONAL int napi_get_value_int32(napi_env environment, napi_value value, int32_t *result);
OPTIONAL int napi_get_uv_event_loop(napi_env environment, void **loop);

static napi_value wait_in_node(napi_env environment, napi_info information) {
  void *loop = NULL;
  (void)information;
  if (napi_get_uv_event_loop(environment, &loop) != 0) _exit(72);
  hearth_zygote_wait(loop);
  return NULL;
}

static napi_value note_exit_code(napi_env environment, napi_info information) {
  size_t count = 1;
  napi_value code = NULL;
  napi_get_cb_info(environment, information, &count, &code, NULL, NULL);
  napi_get_value_int32(environment, code, &exit_code);
  return NULL;
}

static napi_value note_naming(napi_env environment, napi_info information) {
  size_t count = 1;
  napi_value value = NULL;
  int32_t on = 0;
  napi_get_cb_info(environment, information, &count, &value, NULL, NULL);
  napi_get_value_int32(environment, value, &on);
  is_naming = on != 0;
  return NULL;
}

EXPORTED napi_value napi_register_module_v1(napi_env environment, napi_value exports) {
  static const struct {
    const char *name;
    napi_function *function;
  } functions[] = {{"wait", wait_in_node},
                 {"noteExitCode", note_exit_code},
                 {"noteNaming", note_naming}};
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    napi_value made = NULL;
    const char *name = functions[i].name;
    if (napi_create_function(environment, name, strlen(name), functions[i].function, NULL, &made) != 0 ||
        napi_set_named_property(environment, exports, name, made) != 0) {
      _exit(72);
    }
  }
  return exports;
}
