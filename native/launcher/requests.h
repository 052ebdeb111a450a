/* What the server may ask for, one verb each; the table stands in requests.c. */
#ifndef HEARTH_REQUESTS_H
#define HEARTH_REQUESTS_H

#include "channel.h"
#include "sandbox.h"

/* A frame_handler whose context is a struct sandboxes. */
void request_handle(void *context, struct fields fields);
/* The sandbox that a launch waited for is built, or could not be. */
void request_resume_launch(struct sandboxes *all, struct sandbox *sandbox);
/* A sandbox's fork is there, or, where `why` is given, is not: answers its launch. */
void request_end_fork(struct sandboxes *all, struct sandbox *sandbox, const char *why);
void request_fail_launch(struct sandbox *sandbox, const char *why);

#endif
