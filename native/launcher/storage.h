/*
 * /tmp: for each sandbox a file system of exactly its size, in a sparse file without a name. It is
 * copied from an image that was formatted once for its size (the metadata are some sixty
 * kilobytes), so that making one takes about a millisecond. Without a name in any directory,
 * nothing is left of it after whatever kind of death.
 */
#ifndef HEARTH_STORAGE_H
#define HEARTH_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STORAGE_MIB_MIN 512u
#define STORAGE_PIECES_MAX 128
#define STORAGE_TEMPLATES_MAX 8

struct storage_piece {
  off_t offset;
  size_t length;
  char *bytes;
};

struct storage_template {
  /* 0 while it is empty. */
  unsigned mib;
  off_t image_bytes;
  int piece_count;
  struct storage_piece pieces[STORAGE_PIECES_MAX];
};

struct storage {
  /* False where there are no loop devices or no mkfs.ext4: /tmp is then a plain directory. */
  bool has_quota;
  char directory[512];
  /* The sizes that were asked for; the first is STORAGE_MIB_MIN, the others take turns. */
  struct storage_template templates[STORAGE_TEMPLATES_MAX];
  unsigned template_next;
};

int storage_open(struct storage *storage, const char *directory);
/* A file system of so many MiB for one user, mounted nowhere yet; the tree's descriptor or -1. */
int storage_create(struct storage *storage, unsigned mib, uid_t uid);

#endif
