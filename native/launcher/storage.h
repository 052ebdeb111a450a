/*
 * /tmp: for each sandbox a file system of exactly its size, in a sparse file without a name. It is
 * copied from an image that was formatted once (its metadata are some sixty kilobytes), so that
 * making one takes about a millisecond, and grown while it is mounted when more is asked for.
 * Without a name in any directory, nothing is left of it after whatever kind of death.
 */
#ifndef HEARTH_STORAGE_H
#define HEARTH_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STORAGE_MIB_MIN 512u
#define STORAGE_PIECES_MAX 64

struct storage_piece {
  off_t offset;
  size_t length;
  char *bytes;
};

struct storage {
  /* False where there are no loop devices or no mkfs.ext4: /tmp is then a plain directory. */
  bool has_quota;
  char directory[512];
  off_t image_bytes;
  int piece_count;
  struct storage_piece pieces[STORAGE_PIECES_MAX];
};

int storage_open(struct storage *storage, const char *directory);
/* A file of the smallest size, formatted; its descriptor or -1. */
int storage_create(const struct storage *storage);
/* Shows a file as a block device and mounts it, detached; the tree's descriptor or -1. */
int storage_mount(int image);
/* Grows a mounted file system to so many MiB; `mounted` is a descriptor of its root. */
int storage_grow(int image, int mounted, unsigned mib);

#endif
