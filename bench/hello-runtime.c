/*
 * A custom runtime as small as one can be: asks for an event, answers it, asks for the next. An event
 * with `untilMs`, milliseconds since 1970, is held until then; the answer tells when it began, and where.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define NEXT "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n"
#define HELLO "{\"hello\":\"Ada\"}"

static char message[65536];

/* The head of one reply, as a text; the answer is its body, as a text. */
static const char *receive(int connection) {
  size_t bytes = 0;
  char *end = NULL;
  while (end == NULL) {
    ssize_t more = read(connection, message + bytes, sizeof message - 1 - bytes);
    if (more <= 0) exit(0);
    bytes += (size_t)more;
    message[bytes] = '\0';
    end = strstr(message, "\r\n\r\n");
  }
  char *length = strcasestr(message, "\r\ncontent-length:");
  size_t whole = (size_t)(end + 4 - message) + (length ? strtoul(length + 17, NULL, 10) : 0);
  while (bytes < whole) {
    ssize_t more = read(connection, message + bytes, sizeof message - 1 - bytes);
    if (more <= 0) exit(0);
    bytes += (size_t)more;
  }
  *end = '\0';
  message[whole] = '\0';
  return end + 4;
}

static unsigned long long milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

/* Writes what the event is answered with. */
static void handle(const char *event, char *answer, size_t size) {
  const char *until = strstr(event, "\"untilMs\":");
  if (until == NULL) {
    snprintf(answer, size, HELLO);
    return;
  }
  unsigned long long began = milliseconds_now();
  unsigned long long end = strtoull(until + strlen("\"untilMs\":"), NULL, 10);
  if (end > began) usleep((useconds_t)(end - began) * 1000);
  snprintf(answer, size, "{\"began\":%llu,\"id\":\"%s\"}", began,
           getenv("AWS_LAMBDA_LOG_STREAM_NAME"));
}

static void transmit(int connection, const char *text) {
  size_t bytes = strlen(text);
  if (write(connection, text, bytes) != (ssize_t)bytes) exit(1);
}

int main(void) {
  char host[64] = "";
  unsigned port = 0;
  const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
  if (api == NULL || sscanf(api, "%63[^:]:%u", host, &port) != 2) return 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return 1;
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) return 1;
  for (;;) {
    transmit(connection, NEXT);
    const char *event = receive(connection);
    char *id = strcasestr(message, "\r\nlambda-runtime-aws-request-id: ");
    if (id == NULL) return 1;
    id += strlen("\r\nlambda-runtime-aws-request-id: ");
    id[strcspn(id, "\r")] = '\0';
    char result[256];
    handle(event, result, sizeof result);
    char answer[512];
    snprintf(answer, sizeof answer,
             "POST /2018-06-01/runtime/invocation/%.64s/response HTTP/1.1\r\nHost: runtime\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             id, strlen(result), result);
    transmit(connection, answer);
    receive(connection);
  }
}
