#include "CWeftTestMessages.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const ProtobufCMessageDescriptor *weft_test_descriptor(const char *name) {
  const ProtobufCMessageDescriptor *all[] = {
    &weft__layout__scalars__descriptor,  &weft__layout__lists__descriptor,     &weft__layout__maps__descriptor,
    &weft__layout__choice__descriptor,   &weft__layout__presence__descriptor,  &weft__layout__tree__descriptor,
    &weft__layout__scattered__descriptor, &weft__layout__person__descriptor,   &weft__layout2__old__descriptor,
    &weft__stock__scalars__descriptor,   &weft__stock__lists__descriptor,      &weft__stock__maps__descriptor,
    &weft__stock__choice__descriptor,    &weft__stock__presence__descriptor,   &weft__stock__tree__descriptor,
    &weft__stock__scattered__descriptor, &weft__stock__person__descriptor,     &weft__stock2__old__descriptor,
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(all[i]->name, name) == 0) return all[i];
  }
  return NULL;
}

typedef struct call {
  const ProtobufCMessageDescriptor *type;
  const uint8_t *data;
  size_t length;
} call;

static void *unpack(void *argument) {
  call *c = argument;
  protobuf_c_message_unpack(c->type, NULL, c->length, c->data);
  return NULL;
}

int weft_test_stock_unpack_in_child(
  const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t length, size_t stack) {
  pid_t child = fork();
  if (child == 0) {
    call c = {type, data, length};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack);
    if (pthread_create(&thread, &attributes, unpack, &c)) _exit(3);
    pthread_join(thread, NULL);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}
