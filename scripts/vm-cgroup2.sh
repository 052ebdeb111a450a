#!/bin/sh
# Runs a command as root in a virtual machine: Debian's kernel and systemd, control groups of version 2 alone.
#   npm run vm:cgroup2 -- 'node --test test/attack/resets.test.ts'
# The checkout stands there at the path that it has here; what is written in the machine is forgotten with it.
# The command is a unit with Delegate=yes; for other groups let it use systemd-run. Installs what it needs,
# and downloads Debian, once.
# HEARTH_VM_SUITE names another release of Debian (trixie), HEARTH_VM_MEMORY another size than 8G,
# HEARTH_VM_PROCESSORS another number of processors than 2: 4 show what a function of two may not have.
#
# Where the processor lends nothing to virtual machines it is emulated, and its times say nothing. There
# HEARTH_VM_KERNEL=user runs Linux as processes of this machine (User Mode Linux, of Debian 12's package
# user-mode-linux), with the same Debian: at the machine's own speed on one processor, but each call of the
# system and each new page costs more, and nftables is not there, so that sandboxes have no internet.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
suite=${HEARTH_VM_SUITE:-bookworm}
cache=$root/.cache/vm/$suite
memory=${HEARTH_VM_MEMORY:-8G}
user_modules=/usr/lib/uml/modules

fail() {
  echo "vm:cgroup2: $1" >&2
  exit 69
}
[ $# -gt 0 ] || fail "say what to run: npm run vm:cgroup2 -- 'bin/hearth doctor'"
[ "$(id -u)" = 0 ] || fail 'needs root, as debootstrap makes the disk'
case ${HEARTH_VM_KERNEL:-} in
  '') machine=qemu-system-x86_64 package=qemu-system-x86 ;;
  user) machine=linux.uml package=user-mode-linux ;;
  *) fail 'HEARTH_VM_KERNEL is user, or not set' ;;
esac
is_equipped() {
  for program in "$machine" debootstrap mkfs.ext4; do
    command -v "$program" >/dev/null || return 1
  done
}
install_packages() {
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
if ! is_equipped; then
  echo "vm:cgroup2: installing $package, debootstrap and e2fsprogs ..." >&2
  install_packages "$package" debootstrap e2fsprogs >/dev/null || true
  is_equipped || fail "$package, debootstrap or e2fsprogs is missing, and apt-get did not bring it"
fi

# Debian, its kernel, and the unit that runs the command.
make_system() {
  packages=systemd-sysv,dbus,libpam-systemd,sudo,kmod,initramfs-tools,linux-image-amd64
  packages=$packages,python3,gcc,libc6-dev,nftables,iproute2,e2fsprogs,procps,curl,git,runc,crun,ruby
  rm -rf "$cache"
  mkdir -p "$cache/tree"
  debootstrap --variant=minbase --include="$packages" "$suite" "$cache/tree" >"$cache/log" ||
    fail "debootstrap failed: see $cache/log"
  cat >"$cache/tree/etc/systemd/system/hearth-vm.service" <<'UNIT'
[Service]
Delegate=yes
TasksMax=infinity
ExecStart=/usr/local/sbin/hearth-vm
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
[Install]
WantedBy=multi-user.target
UNIT
  cat >"$cache/tree/usr/local/sbin/hearth-vm" <<'PROGRAM'
#!/bin/sh
stty -F /dev/ttyS1 raw -echo
checkout=$(sed -n 's/.*hearth.checkout=\([^ ]*\).*/\1/p' /proc/cmdline)
mkdir -p "$checkout"
mount /dev/vdb "$checkout"
cd "$checkout"
bin/with-node sh ./.vm-command
status=$?
echo "$status" >/dev/ttyS2
poweroff --force
PROGRAM
  chmod 755 "$cache/tree/usr/local/sbin/hearth-vm"
  ln -s ../hearth-vm.service "$cache/tree/etc/systemd/system/multi-user.target.wants/"
  echo '/dev/vda / ext4 rw 0 1' >"$cache/tree/etc/fstab"
  cp "$cache"/tree/boot/vmlinuz-* "$cache/vmlinuz"
  cp "$cache"/tree/boot/initrd.img-* "$cache/initrd"
  make_disk "$cache/tree" "$cache/system.ext4"
  rm -rf "$cache/tree"
}

# Without checksums, which User Mode Linux takes for wrong.
make_disk() {
  rm -f "$2" && truncate -s 16G "$2" && mkfs.ext4 -q -F -O ^has_journal,^metadata_csum -d "$1" "$2"
}

# The same Debian for a kernel that names its disks otherwise, and has modules of its own.
make_user_system() {
  cp --sparse=always "$cache/system.ext4" "$1"
  tune2fs -O ^metadata_csum "$1" >/dev/null 2>&1 || true
  e2fsck -fy "$1" >/dev/null 2>&1 || true
  mkdir -p "$1.tree"
  mount -o loop "$1" "$1.tree"
  cp -a "$user_modules"/* "$1.tree/lib/modules/"
  : >"$1.tree/etc/fstab"
  sed -i 's,^mount /dev/vdb,modprobe -a loop veth sch_tbf overlay\nmount /dev/ubdb,' \
    "$1.tree/usr/local/sbin/hearth-vm"
  umount "$1.tree"
  rmdir "$1.tree"
}

[ -e "$cache/system.ext4" ] || make_system

# The checkout, by hard links, without its history and what other machines left.
stage=$root/.cache/vm/stage.$$
trap 'umount "$stage.system.ext4.tree" 2>/dev/null || true; rm -rf "$stage" "$stage".*' EXIT
trap 'exit 130' INT TERM
mkdir -p "$stage/.cache"
for entry in "$root"/* "$root"/.[!.]* "$root"/.cache/*; do
  case $entry in */.git | */.cache | */.cache/vm) continue ;; esac
  cp -al "$entry" "$stage/${entry#"$root"/}"
done
printf '%s\n' "$*" >"$stage/.vm-command"
make_disk "$stage" "$stage.ext4"

run_emulated() {
  # Ten to a hundred times slower where the processor lends nothing.
  accelerator='tcg,thread=multi'
  if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then accelerator=kvm; fi
  qemu-system-x86_64 -accel "$accelerator" -cpu max -smp "${HEARTH_VM_PROCESSORS:-2}" -m "$memory" \
    -kernel "$cache/vmlinuz" -initrd "$cache/initrd" \
    -append "root=/dev/vda rw quiet console=ttyS0 hearth.checkout=$root" \
    -drive "file=$cache/system.ext4,format=raw,if=virtio,snapshot=on" \
    -drive "file=$stage.ext4,format=raw,if=virtio,snapshot=on" \
    -nic none -device virtio-rng-pci -display none -no-reboot \
    -serial "file:$cache/console" -serial stdio -serial "file:$stage.status" </dev/null
}

run_user() {
  make_user_system "$stage.system.ext4"
  linux.uml mem="$memory" root=/dev/ubda rw quiet hearth.checkout="$root" \
    ubda="$stage.system.ext4" ubdb="$stage.ext4" umid="hearth-vm-$$" \
    con=null con0=null,fd:3 ssl=null ssl1=null,fd:4 ssl2=null,fd:5 \
    </dev/null 3>"$cache/console" 4>&1 5>"$stage.status" >>"$cache/console" 2>&1 || true
}

if [ "$machine" = linux.uml ]; then run_user; else run_emulated; fi
status=$(tr -dc 0-9 <"$stage.status")
[ -n "$status" ] || fail "the machine ended before its command: see $cache/console"
exit "$status"
