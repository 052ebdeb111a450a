/**
 * The system calls that an OCI runtime refuses: those of native/launcher/seccomp.c, in the words of
 * libseccomp, which compares an argument once in a rule, so that "all but these" becomes many rules.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp
 */

interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ERRNO';
  readonly errnoRet: number;
  readonly args?: readonly Comparison[];
}

interface Comparison {
  readonly index: number;
  /** With SCMP_CMP_MASKED_EQ the mask. */
  readonly value: number;
  /** What remains under the mask. */
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GT' | 'SCMP_CMP_NE' | 'SCMP_CMP_MASKED_EQ';
}

/** Nothing is done, and it went well. */
const PRETENDED = 0;
const EPERM = 1;
const ENOENT = 2;
const ENODEV = 19;
const EINVAL = 22;
const ENOSYS = 38;
const ENOPROTOOPT = 92;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

const REFUSED_CALLS = [
  'mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick',
  'mount_setattr statmount listmount open_tree_attr name_to_handle_at open_by_handle_at quotactl',
  'quotactl_fd acct swapon swapoff fanotify_init fanotify_mark setns unshare init_module',
  'finit_module delete_module kexec_load kexec_file_load bpf reboot perf_event_open userfaultfd',
  'syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup',
  'io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key ptrace',
  'process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise move_pages migrate_pages',
  'lookup_dcookie iopl ioperm modify_ldt create_module get_kernel_syms query_module uselib ustat',
  'sysfs _sysctl nfsservctl',
]
  .join(' ')
  .split(' ');

/** CLONE_NEW*, which clone takes in its first argument; clone3's lie in memory and are not seen. */
const NAMESPACE_FLAGS = [
  0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
];
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
/** Types of sockets but streams and datagrams: raw, reliable, sequenced, congestion, packet. */
const OTHER_SOCKET_TYPES = [3, 4, 5, 6, 10];
const SOCKET_TYPE_MASK = 0xf;
/** TCP and UDP, which 0 means, too. */
const PROTOCOLS = [0, 6, 17];
const PROTOCOL_LAST = Math.max(...PROTOCOLS);
/** TIOCSTI and TIOCLINUX, which type at a terminal. */
const TYPING_REQUESTS = [0x5412, 0x541c];
const RLIMIT_CORE = 4;
/** Of prctl and seccomp: those that take programs of classic BPF. */
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const SECCOMP_SET_MODE_FILTER = 1;
const PR_SCHED_CORE = 62;
/** Options of sockets that bring memory which no group is charged with, by their level, and what is answered. */
const SOCKET_OPTIONS = [
  { level: 1, options: [26, 51, 37, 65], errno: ENOPROTOOPT },
  { level: 0, options: [11], errno: PRETENDED },
  { level: 41, options: [25], errno: PRETENDED },
  { level: 41, options: [20, 27, 42, 46], errno: ENODEV },
  { level: 6, options: [14, 32, 38], errno: ENOPROTOOPT },
  { level: 6, options: [31], errno: ENOENT },
  { level: 17, options: [100], errno: ENOPROTOOPT },
];
/** Bits of the personalities that containers allow: Linux 32 and the old uname. */
const PERSONALITY_BITS = [3, 17];
const WORD_MASK = 0xffffffff;

/**
 * The `seccomp` of a bundle, for a machine of Node's `architecture`. A kernel of the sandbox's own keeps
 * clone3: gVisor refuses with EPERM alone, and C libraries go on with clone only after ENOSYS.
 */
export function seccompOf(architecture: string, hasOwnKernel: boolean): object {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    // The second table of x86_64 is filtered by the same names, not answered by a kill.
    architectures:
      architecture === 'x64' ? ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32'] : ['SCMP_ARCH_AARCH64'],
    syscalls: [
      refuse(REFUSED_CALLS),
      refuse(['io_setup'], ENOSYS),
      refuse(['sync', 'syncfs'], PRETENDED),
      ...(hasOwnKernel ? [] : [refuse(['clone3'], ENOSYS)]),
      ...NAMESPACE_FLAGS.map((flag) => refuse(['clone'], EPERM, [masked(0, flag, flag)])),
      ...socketRules(),
      ...TYPING_REQUESTS.map((request) =>
        refuse(['ioctl'], EPERM, [masked(1, WORD_MASK, request)]),
      ),
      ...personalityRules(),
      ...coreLimitRules(),
      ...programRules(),
    ],
  };
}

/** Local sockets, TCP and UDP by IPv4 and IPv6, and netlink's routes for getifaddrs. */
function socketRules(): readonly Rule[] {
  const known = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK];
  const unknown = Array.from({ length: AF_NETLINK }, (_, family) => family).filter(
    (family) => !known.includes(family),
  );
  const others = Array.from({ length: PROTOCOL_LAST }, (_, protocol) => protocol).filter(
    (protocol) => !PROTOCOLS.includes(protocol),
  );
  const protocols: readonly Comparison[] = [
    { index: 2, value: PROTOCOL_LAST, op: 'SCMP_CMP_GT' },
    ...others.map((value) => ({ index: 2, value, op: 'SCMP_CMP_EQ' as const })),
  ];
  return [
    // Even a pair that is thrown away again loads its family's module.
    refuse(['socketpair'], EAFNOSUPPORT, [{ index: 0, value: AF_UNIX, op: 'SCMP_CMP_NE' }]),
    refuse(['socket'], EAFNOSUPPORT, [{ index: 0, value: AF_NETLINK, op: 'SCMP_CMP_GT' }]),
    ...unknown.map((value) =>
      refuse(['socket'], EAFNOSUPPORT, [{ index: 0, value, op: 'SCMP_CMP_EQ' }]),
    ),
    refuse(['socket'], EPERM, [
      { index: 0, value: AF_NETLINK, op: 'SCMP_CMP_EQ' },
      { index: 2, value: 0, op: 'SCMP_CMP_NE' },
    ]),
    ...[AF_INET, AF_INET6].flatMap((value) =>
      OTHER_SOCKET_TYPES.map((type) =>
        refuse(['socket'], EPERM, [
          { index: 0, value, op: 'SCMP_CMP_EQ' },
          masked(1, SOCKET_TYPE_MASK, type),
        ]),
      ),
    ),
    ...[AF_INET, AF_INET6].flatMap((value) =>
      protocols.map((protocol) =>
        refuse(['socket'], EPROTONOSUPPORT, [{ index: 0, value, op: 'SCMP_CMP_EQ' }, protocol]),
      ),
    ),
  ];
}

/** One for each other bit; the highest is set only where the caller asks, with all bits. */
function personalityRules(): readonly Rule[] {
  const highest = 2 ** 31;
  return Array.from({ length: 31 }, (_, bit) => bit)
    .filter((bit) => !PERSONALITY_BITS.includes(bit))
    .map((bit) => refuse(['personality'], EPERM, [masked(0, highest + 2 ** bit, 2 ** bit)]));
}

/**
 * The limit of core dumps stays as it is; programs that want none hear that they have it, but not where they ask in
 * the same call what it was, which no filter can answer. Of the limit's number the kernel reads the lower half.
 */
function coreLimitRules(): readonly Rule[] {
  const ofCore = (index: number): Comparison => masked(index, WORD_MASK, RLIMIT_CORE);
  const isNew: Comparison = { index: 2, value: 0, op: 'SCMP_CMP_NE' };
  const asks = (op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE'): Comparison => ({ index: 3, value: 0, op });
  return [
    refuse(['setrlimit'], PRETENDED, [ofCore(0)]),
    refuse(['prlimit64'], PRETENDED, [ofCore(1), isNew, asks('SCMP_CMP_EQ')]),
    refuse(['prlimit64'], EPERM, [ofCore(1), isNew, asks('SCMP_CMP_NE')]),
  ];
}

/** Programs for the kernel's own machine, cores of one's own, options; the answers are those of a kernel without. */
function programRules(): readonly Rule[] {
  const isWord = (index: number, value: number): Comparison => masked(index, WORD_MASK, value);
  return [
    refuse(['seccomp'], EINVAL, [isWord(0, SECCOMP_SET_MODE_FILTER)]),
    refuse(['prctl'], EINVAL, [isWord(0, PR_SET_SECCOMP), isWord(1, SECCOMP_MODE_FILTER)]),
    refuse(['prctl'], EINVAL, [isWord(0, PR_SCHED_CORE)]),
    ...SOCKET_OPTIONS.flatMap(({ level, options, errno }) =>
      options.map((option) => refuse(['setsockopt'], errno, [isWord(1, level), isWord(2, option)])),
    ),
  ];
}

function refuse(
  names: readonly string[],
  errnoRet = EPERM,
  args: readonly Comparison[] = [],
): Rule {
  return {
    names,
    action: 'SCMP_ACT_ERRNO',
    errnoRet,
    ...(args.length === 0 ? {} : { args }),
  };
}

function masked(index: number, mask: number, value: number): Comparison {
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}
