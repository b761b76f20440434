/* The list of what a layer changes: what the whole list (layer.c) and one that goes on (watch.c) share. */
#pragma once

#include "layer.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct walk {
  char path[PATH_MAX * 4];
  size_t length; /* of the path; 0 for the root */
  int depth;
  unsigned long left; /* changes that are told still */
  size_t told;        /* bytes of those that were */
  bool is_cut;        /* there are more than are told */
  /* Told of each folder of the upper, before what is in it is read; NULL for nobody. */
  void (*entered)(const char *path, int folder);
};

/* Tells all changes of the layer. */
void walk_root(struct walk *walk, struct pair root);

/* Tells those of the entry at PATH, and of all below it; nothing where the upper has no such entry. */
void walk_entry(struct walk *walk, struct pair root, const char *path);
