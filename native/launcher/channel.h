/*
 * The talk with the server. Descriptor 4 carries frames both ways: four bytes of length, then
 * fields that each end with NUL (nothing of a process's arguments or environment may hold one).
 * Descriptor 3 is Node's own channel between processes, and only ever hands over sockets.
 */
#ifndef HEARTH_CHANNEL_H
#define HEARTH_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_HANDLES_FD 3
#define CHANNEL_FRAMES_FD 4
#define FRAME_BYTES_MAX (1u << 20)

/* What is left of a frame; `next` moves over the fields. */
struct fields {
  const char *next;
  const char *end;
};

/* The next field, or "" when there are no more. */
const char *field_text(struct fields *fields);
uint64_t field_number(struct fields *fields);

/* Called for each frame that arrived whole. */
typedef void frame_handler(void *context, struct fields fields);
/* Reads what is there; false when the server has gone or speaks nonsense. */
bool channel_read(frame_handler *handler, void *context);
/* Reads away what Node acknowledges; false when the server has gone. */
bool channel_drain_handles(void);

/* Sends fields: a format whose '|' become the ends of fields. */
void channel_send(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Hands a listening socket over; the server gets `{serial, port}` with it. */
int channel_send_listener(int listener, uint32_t serial, unsigned port);
/* Hands over a connection that a sandbox made; the server gets `{serial, port}` with it. */
int channel_send_runtime(int connection, uint32_t serial, unsigned port);
/* Hands a connection over; the server gets `{connection}`, the id of its request, with it. */
int channel_send_connection(int connection, const char *id);

#endif
