#define _GNU_SOURCE
#include "channel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sys.h"

/* Frames that arrived in part. One channel for each process, hence one buffer. */
static char *received;
static size_t received_length;
static size_t received_room;

const char *field_text(struct fields *fields) {
  if (fields->next >= fields->end) return "";
  const char *text = fields->next;
  fields->next += strnlen(text, (size_t)(fields->end - text)) + 1;
  return text;
}

uint64_t field_number(struct fields *fields) { return strtoull(field_text(fields), NULL, 10); }

static size_t frame_length(const char *at) {
  uint32_t length;
  memcpy(&length, at, sizeof length);
  return length;
}

static bool make_room(void) {
  if (received_room - received_length >= 65536) return true;
  size_t room = received_room == 0 ? 131072 : received_room * 2;
  char *bytes = realloc(received, room);
  if (bytes == NULL) return false;
  received = bytes;
  received_room = room;
  return true;
}

bool channel_read(frame_handler *handler, void *context) {
  if (!make_room()) return false;
  ssize_t count = recv(CHANNEL_FRAMES_FD, received + received_length,
                       received_room - received_length, MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  received_length += (size_t)count;
  size_t start = 0;
  while (received_length - start >= 4) {
    size_t length = frame_length(received + start);
    /* A frame that does not end in NUL could be read past its end. */
    if (length == 0 || length > FRAME_BYTES_MAX) return false;
    if (received_length - start - 4 < length) break;
    const char *body = received + start + 4;
    if (body[length - 1] != '\0') return false;
    handler(context, (struct fields){body, body + length});
    start += 4 + length;
  }
  received_length -= start;
  memmove(received, received + start, received_length);
  return true;
}

bool channel_drain_handles(void) {
  char bytes[4096];
  ssize_t count = recv(CHANNEL_HANDLES_FD, bytes, sizeof bytes, MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void channel_send(const char *format, ...) {
  char frame[2048];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(frame + 4, sizeof frame - 4, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof frame - 4) abort();
  for (char *at = frame + 4; at < frame + 4 + length; at++) {
    if (*at == '|') *at = '\0';
  }
  uint32_t bytes = (uint32_t)length + 1;
  memcpy(frame, &bytes, sizeof bytes);
  /* The server's end is read to the last; if it is gone, the loop sees that too. */
  size_t sent = 0;
  while (sent < bytes + 4) {
    ssize_t count = send(CHANNEL_FRAMES_FD, frame + sent, bytes + 4 - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    sent += (size_t)count;
  }
}

/* Hands a descriptor over in the words of Node's own messages between processes. */
static int send_handle(int handle, const char *text, size_t length) {
  /* One message, one descriptor: the kernel never joins two such in one read of Node's. */
  int result = message_send(CHANNEL_HANDLES_FD, text, length, &handle, 1, 0);
  return result < 0 ? fail("hand a socket over") : 0;
}

static int send_of_sandbox(int handle, const char *type, uint32_t serial, unsigned port) {
  char text[160];
  int length = snprintf(text, sizeof text,
                        "{\"cmd\":\"NODE_HANDLE\",\"type\":\"%s\","
                        "\"msg\":{\"serial\":%u,\"port\":%u}}\n",
                        type, serial, port);
  return send_handle(handle, text, (size_t)length);
}

int channel_send_listener(int listener, uint32_t serial, unsigned port) {
  return send_of_sandbox(listener, "net.Server", serial, port);
}

int channel_send_runtime(int connection, uint32_t serial, unsigned port) {
  return send_of_sandbox(connection, "net.Socket", serial, port);
}

int channel_send_connection(int connection, const char *id) {
  char text[160];
  int length = snprintf(text, sizeof text,
                        "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\","
                        "\"msg\":{\"connection\":%llu}}\n",
                        strtoull(id, NULL, 10));
  return send_handle(connection, text, (size_t)length);
}
