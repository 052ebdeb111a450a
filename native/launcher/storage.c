#define _GNU_SOURCE
#include "storage.h"

#include <errno.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "mounts.h"
#include "sys.h"

#ifndef LOOP_CONFIGURE
#define LOOP_CONFIGURE 0x4C0A
struct loop_config {
  uint32_t fd;
  uint32_t block_size;
  struct loop_info64 info;
  uint64_t reserved[8];
};
#endif

#define BLOCK_BYTES 4096u
#define BLOCKS_IN_MIB 256u
#define SUPERBLOCK_OFFSET 1024
/* Offsets in the superblock of two counts of blocks: kept for root alone, and free. */
#define RESERVED_OFFSET (SUPERBLOCK_OFFSET + 8)
#define FREE_OFFSET (SUPERBLOCK_OFFSET + 12)
#define LOOP_ATTEMPTS 64
#define LOOP_PAUSE_NS 1000000

/* What ext4 keeps back when it is mounted, whatever is free: 2 % but at most so many blocks. */
#define KEPT_BLOCKS_MAX 4096u
#define KEPT_MIB_MAX (KEPT_BLOCKS_MAX / BLOCKS_IN_MIB)

/* And what it needs for itself: inode tables of 1/64, bitmaps, group descriptors. */
static uint64_t image_mib(uint64_t usable_mib) {
  return usable_mib + usable_mib / 48 + 2 + KEPT_MIB_MAX;
}

static int format(const char *path) {
  /*
   * No journal: nothing of it is read after a crash. No checksums: the count below is written by
   * hand. One inode for 16 KiB. Tables are zeroed when they are first used.
   */
  const char *const arguments[] = {
      "mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-i", "16384", "-I", "256",
      "-O", "^has_journal,^resize_inode,^metadata_csum,uninit_bg,extent,flex_bg,sparse_super",
      "-E", "lazy_itable_init=1,nodiscard", path, NULL};
  if (run_program(arguments, NULL) == 0) return 0;
  errno = ENOENT;
  return fail("format %s with mkfs.ext4", path);
}

/* Reserves for root what is free beyond the promised size, so that ENOSPC comes at its end. */
static int trim(int image, unsigned usable_mib) {
  uint32_t free_blocks = 0;
  if (pread(image, &free_blocks, sizeof free_blocks, FREE_OFFSET) < 0) return fail("read the image");
  uint32_t kept = (uint32_t)(image_mib(usable_mib) * BLOCKS_IN_MIB / 50);
  uint32_t usable = usable_mib * BLOCKS_IN_MIB + (kept < KEPT_BLOCKS_MAX ? kept : KEPT_BLOCKS_MAX);
  uint32_t reserved = free_blocks > usable ? free_blocks - usable : 0;
  if (pwrite(image, &reserved, sizeof reserved, RESERVED_OFFSET) < 0) return fail("trim the image");
  return 0;
}

static int remember_pieces(struct storage_template *template, int image) {
  off_t end = 0;
  while (template->piece_count < STORAGE_PIECES_MAX) {
    off_t start = lseek(image, end, SEEK_DATA);
    if (start < 0) return errno == ENXIO ? 0 : fail("look for data in the image");
    end = lseek(image, start, SEEK_HOLE);
    size_t length = (size_t)(end - start);
    char *bytes = malloc(length);
    if (bytes == NULL || pread(image, bytes, length, start) != (ssize_t)length) {
      free(bytes);
      return fail("read the image");
    }
    template->pieces[template->piece_count++] = (struct storage_piece){start, length, bytes};
  }
  errno = EFBIG;
  return fail("the image has too many pieces");
}

/* A free number may be taken by another before it is configured: then the next is asked for. */
static int loop_attach(int image, char *path, size_t path_bytes) {
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return fail("open /dev/loop-control");
  for (int attempt = 0; attempt < LOOP_ATTEMPTS; attempt++) {
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) break;
    snprintf(path, path_bytes, "/dev/loop%d", number);
    int device = open(path, O_RDWR | O_CLOEXEC);
    if (device < 0) break;
    struct loop_config config = {
        .fd = (uint32_t)image,
        .block_size = BLOCK_BYTES,
        /*
         * Through the page cache: most images are gone before anything of them reached the disk,
         * while direct requests would wait for it at each mount. What is cached twice is given
         * back when memory is wanted.
         */
        .info.lo_flags = LO_FLAGS_AUTOCLEAR,
    };
    if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
      close(control);
      return device;
    }
    close(device);
    if (errno != EBUSY) break;
    /* One that is just being let go of is free by its number, but still held: it takes a moment. */
    nanosleep(&(struct timespec){.tv_nsec = LOOP_PAUSE_NS}, NULL);
  }
  fail("attach a loop device");
  close(control);
  return -1;
}

static int image_mount(int image) {
  char path[32];
  int device = loop_attach(image, path, sizeof path);
  if (device < 0) return -1;
  struct mount_option options[] = {
      {"source", path},
      {"noinit_itable", NULL},
      /* What a function syncs is written to the image: the machine's disk need not be waited for. */
      {"nobarrier", NULL},
  };
  int tree = mount_new("ext4", options, sizeof options / sizeof options[0]);
  close(device);
  return tree;
}

/* A directory that no function expects in its /tmp; once here, and not in every copy. */
static int tidy(int image) {
  int tree = image_mount(image);
  if (tree < 0) return -1;
  int result = unlinkat(tree, "lost+found", AT_REMOVEDIR);
  close(tree);
  return result < 0 ? fail("remove lost+found") : 0;
}

static void template_forget(struct storage_template *template) {
  for (int i = 0; i < template->piece_count; i++) free(template->pieces[i].bytes);
  *template = (struct storage_template){0};
}

static int template_make(struct storage_template *template, unsigned mib) {
  char path[PATH_BYTES_MAX];
  template->mib = mib;
  template->image_bytes = (off_t)image_mib(mib) << 20;
  /* In memory: the launcher waits for it, and a disk may be kept busy by any function. */
  int image = memfd_create("template", MFD_CLOEXEC);
  if (image < 0 || ftruncate(image, template->image_bytes) < 0) {
    close_fd(&image);
    return fail("make room for an image");
  }
  path_format(path, "/proc/%d/fd/%d", getpid(), image);
  int result = format(path);
  if (result == 0) result = trim(image, mib) < 0 || tidy(image) < 0 ? -1 : remember_pieces(template, image);
  close(image);
  return result;
}

static const struct storage_template *template_find(struct storage *storage, unsigned mib) {
  for (unsigned i = 0; i < STORAGE_TEMPLATES_MAX; i++) {
    if (storage->templates[i].mib == mib) return &storage->templates[i];
  }
  unsigned turn = mib == STORAGE_MIB_MIN ? 0 : 1 + storage->template_next++ % (STORAGE_TEMPLATES_MAX - 1);
  struct storage_template *template = &storage->templates[turn];
  template_forget(template);
  if (template_make(template, mib) == 0) return template;
  template_forget(template);
  return NULL;
}

static int image_create(const struct storage *storage, const struct storage_template *template) {
  int image = open(storage->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (image < 0) return fail("create a file in %s", storage->directory);
  bool has_failed = ftruncate(image, template->image_bytes) < 0;
  for (int i = 0; i < template->piece_count && !has_failed; i++) {
    const struct storage_piece *piece = &template->pieces[i];
    has_failed = pwrite(image, piece->bytes, piece->length, piece->offset) < 0;
  }
  if (!has_failed) return image;
  fail("write the image of a /tmp");
  close(image);
  return -1;
}

int storage_create(struct storage *storage, unsigned mib, uid_t uid) {
  const struct storage_template *template = template_find(storage, mib);
  if (template == NULL) return -1;
  int image = image_create(storage, template);
  if (image < 0) return -1;
  /* From here on the device keeps the file, the mount the device, and the sandbox the mount. */
  int tree = image_mount(image);
  close(image);
  if (tree < 0) return -1;
  if (fchownat(tree, "", uid, uid, AT_EMPTY_PATH) == 0) return tree;
  fail("give /tmp to its user");
  close(tree);
  return -1;
}

int storage_open(struct storage *storage, const char *directory) {
  memset(storage, 0, sizeof *storage);
  snprintf(storage->directory, sizeof storage->directory, "%s", directory);
  if (directory_make(directory, 0700) < 0) return -1;
  int probe = storage_create(storage, STORAGE_MIB_MIN, 0);
  if (probe < 0) return -1;
  close(probe);
  storage->has_quota = true;
  return 0;
}
