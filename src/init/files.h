/* Files, links and nodes of a start, and the names of its namespaces. Each carries one step out, or ends the start. */
#pragma once

#include "plan.h"

/* On the host: one write(2) of the text and a newline; a folder (0755). */
void write_file(const struct step *step);
void make_host_folder(const struct step *step);

/* In the container, below ROOT. */
void create_files(int root, const struct step *step);
/* One write(2) of the text and a newline to a file of the kernel's that is there. */
void register_format(int root, const struct step *step);
void create_folder(int root, const struct step *step);
void make_links(int root, const struct step *step);
void make_node(int root, const struct step *step);
void change_owner(int root, const struct step *step);

/* Of the namespaces that this process is in. */
void set_name(const struct step *step);
void bring_loopback_up(const struct step *step);

/* Writes all of TEXT to the file in one write(2). Returns 0, or -1 with errno. */
int write_text(const char *file, const char *text, size_t length);
