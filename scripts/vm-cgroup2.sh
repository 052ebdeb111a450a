#!/bin/sh
# Runs a command as root in a virtual machine: Debian's kernel and systemd, control groups of version 2 alone.
#   npm run vm:cgroup2 -- 'node --test test/attack/resets.test.ts'
# The checkout stands there at the path that it has here; what is written in the machine is forgotten with it.
# The command is a unit with Delegate=yes; for other groups let it use systemd-run. Downloads Debian once.
# HEARTH_VM_SUITE names another release of Debian (trixie), HEARTH_VM_MEMORY another size than 8G,
# HEARTH_VM_PROCESSORS another number of processors than 2: 4 show what a function of two may not have.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
suite=${HEARTH_VM_SUITE:-bookworm}
cache=$root/.cache/vm/$suite

fail() {
  echo "vm:cgroup2: $1" >&2
  exit 69
}
[ $# -gt 0 ] || fail "say what to run: npm run vm:cgroup2 -- 'bin/hearth doctor'"
[ "$(id -u)" = 0 ] || fail 'needs root, as debootstrap makes the disk'
for program in qemu-system-x86_64 debootstrap mkfs.ext4; do
  command -v "$program" >/dev/null ||
    fail "$program is missing: apt-get install qemu-system-x86 debootstrap e2fsprogs"
done

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

make_disk() {
  rm -f "$2" && truncate -s 16G "$2" && mkfs.ext4 -q -F -O ^has_journal -d "$1" "$2"
}

[ -e "$cache/system.ext4" ] || make_system

# The checkout, by hard links, without its history and what other machines left.
stage=$root/.cache/vm/stage.$$
trap 'rm -rf "$stage" "$stage".*' EXIT
trap 'exit 130' INT TERM
mkdir -p "$stage/.cache"
for entry in "$root"/* "$root"/.[!.]* "$root"/.cache/*; do
  case $entry in */.git | */.cache | */.cache/vm) continue ;; esac
  cp -al "$entry" "$stage/${entry#"$root"/}"
done
printf '%s\n' "$*" >"$stage/.vm-command"
make_disk "$stage" "$stage.ext4"

# Emulated where the processor lends nothing: ten to a hundred times slower.
accelerator='tcg,thread=multi'
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then accelerator=kvm; fi
qemu-system-x86_64 -accel "$accelerator" -cpu max -smp "${HEARTH_VM_PROCESSORS:-2}" -m "${HEARTH_VM_MEMORY:-8G}" \
  -kernel "$cache/vmlinuz" -initrd "$cache/initrd" \
  -append "root=/dev/vda rw quiet console=ttyS0 hearth.checkout=$root" \
  -drive "file=$cache/system.ext4,format=raw,if=virtio,snapshot=on" \
  -drive "file=$stage.ext4,format=raw,if=virtio,snapshot=on" \
  -nic none -device virtio-rng-pci -display none -no-reboot \
  -serial "file:$cache/console" -serial stdio -serial "file:$stage.status" </dev/null
status=$(tr -dc 0-9 <"$stage.status")
[ -n "$status" ] || fail "the machine ended before its command: see $cache/console"
exit "$status"
