// A process whose main thread ends while two others run on: one writes a number that grows into the
// file that is named first (or only counts), one sleeps.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *file;

static void *count(void *unused) {
  (void)unused;
  // Memory that is resident, to be seen from outside.
  memset(malloc(16 << 20), 1, 16 << 20);
  for (unsigned long number = 1;; number++) {
    if (!file || number % 100000) continue;
    char text[32];
    int length = snprintf(text, sizeof text, "%lu\n", number);
    int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (write(descriptor, text, length) < 0) abort();
    close(descriptor);
  }
}

static void *rest(void *unused) {
  for (;;) pause();
  return unused;
}

int main(int count_of_words, char **words) {
  pthread_t thread;
  if (count_of_words > 1) file = words[1];
  if (pthread_create(&thread, 0, rest, 0) || pthread_create(&thread, 0, count, 0)) return 1;
  pthread_exit(0);
}
